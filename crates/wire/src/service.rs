use std::{fmt, str::FromStr};

/// The services that keep a chain of blocks in every partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Accepts complaints.
    Intake,
    /// Triages and assigns.
    Router,
    /// Keeps the clocks.
    SlaMonitor,
    /// Tells people.
    Notifier,
    /// Counts.
    Analytics,
}

impl Service {
    /// All of them, in the order of their ports.
    pub const ALL: [Self; 5] = [
        Self::Intake,
        Self::Router,
        Self::SlaMonitor,
        Self::Notifier,
        Self::Analytics,
    ];

    /// The name in subjects, binaries and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Router => "router",
            Self::SlaMonitor => "sla-monitor",
            Self::Notifier => "notifier",
            Self::Analytics => "analytics",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the services'.
#[derive(Debug, thiserror::Error)]
#[error("there is no service {0:?}; there are intake, router, sla-monitor, notifier and analytics")]
pub struct UnknownService(String);

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(name: &str) -> Result<Self, UnknownService> {
        Self::ALL
            .into_iter()
            .find(|service| service.name() == name)
            .ok_or_else(|| UnknownService(name.to_owned()))
    }
}
