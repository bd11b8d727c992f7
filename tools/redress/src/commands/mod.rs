//! One file for each command.

mod apart;
pub(crate) mod aside;
pub(crate) mod calendar;
pub(crate) mod clocks;
pub(crate) mod completions;
pub(crate) mod deliveries;
pub(crate) mod doctor;
mod figures;
mod findings;
pub(crate) mod list;
mod pages;
pub(crate) mod policy;
pub(crate) mod provision;
pub(crate) mod replay;
pub(crate) mod show;
pub(crate) mod sla;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod watch;

pub(crate) use list::{Ended, localized, name_or_id, table as table_of_cases};
pub(crate) use pages::walk;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Exit code 0.
    Fine,
    /// Problems were found or complaints refused: exit code 1.
    Problems,
}

/// The command line makes no sense: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(String);

impl Usage {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
