use std::time::Duration;

use redress_wire::notifier;

/// What came of an attempt: whoever sends says whether the same may work later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver has taken it.
    Delivered,
    /// It may work later.
    Retry {
        /// What went wrong, without personal data.
        error: String,
        /// What the receiver asked for.
        after: Option<Duration>,
    },
    /// The same will never work.
    Fail(String),
}

impl Outcome {
    pub(crate) fn retry(error: impl Into<String>) -> Self {
        Self::Retry {
            error: error.into(),
            after: None,
        }
    }

    /// For the figures.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry { .. } => "retry",
            Self::Fail(_) => "failed",
        }
    }

    pub(crate) fn write(self, wire: &mut notifier::Outcome) {
        match self {
            Self::Delivered => wire.delivered = true,
            Self::Retry { error, after } => {
                wire.error = error;
                wire.retry_after_ms = after.map(|after| after.as_millis() as u32);
            }
            Self::Fail(error) => {
                wire.error = error;
                wire.permanent = true;
            }
        }
    }
}
