//! Why a partition cannot be gone on with.

use crate::{ChainBroken, block::BlockError};

/// What stands in the way will not go away while this process runs.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The log is damaged, or is another one.
    #[error("{0}")]
    Damaged(String),
    /// The log was trimmed, and what it lacks is nowhere to be had.
    #[error("{0}")]
    Trimmed(String),
    /// A newer release recorded something that this one does not know.
    #[error("{0}")]
    TooNew(String),
}

impl From<BlockError> for Halt {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::TooNew { .. } => Self::TooNew(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

impl From<ChainBroken> for Halt {
    fn from(broken: ChainBroken) -> Self {
        Self::Damaged(broken.to_string())
    }
}
