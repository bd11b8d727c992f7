//! What can go wrong in a store, by what the caller does about it.

use thiserror::Error;

/// Why a store could not do what it was asked. Nothing is lost by any of these: the log is the
/// truth, and the rows can be folded from it again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The rows on disk cannot be trusted. Discard the partition and replay it.
    #[error("the store is damaged: {detail}")]
    Damaged {
        /// What was found.
        detail: String,
    },
    /// The medium refused (full, read-only, gone). The rows in memory are whole; try again later.
    #[error("the store cannot be used: {detail}")]
    Unavailable {
        /// What the medium said.
        detail: String,
    },
}

impl StoreError {
    /// A [`StoreError::Damaged`] with this finding.
    pub fn damaged(detail: impl Into<String>) -> Self {
        Self::Damaged {
            detail: detail.into(),
        }
    }

    /// A [`StoreError::Unavailable`] with this cause.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::Unavailable {
            detail: detail.into(),
        }
    }

    /// Whether only discarding and replaying helps.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }
}
