//! Why it happened, and why it was not caught.

use crate::command::Step;
use crate::stage::Stages;
use crate::{BranchId, Text};

/// Why it happened, and why it was not caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRootCause {
    /// The branch of the fishbone (人机料法环测).
    pub branch: BranchId,
    /// The chain of whys, first the nearest.
    pub whys: Vec<Text>,
    /// Why it happened.
    pub occurrence: Text,
    /// Why it was not caught.
    pub escape: Text,
}

impl Step for RecordRootCause {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
