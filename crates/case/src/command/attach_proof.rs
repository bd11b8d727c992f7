//! Adds a proof to the case.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Evidence, Stage};

/// Adds a proof to the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachProof {
    /// Which.
    pub proof: Evidence,
}

impl Step for AttachProof {
    const STAGES: Stages = Stages::ALL.without(&[Stage::Archived, Stage::Merged]);
    const WHILE_HELD: bool = true;
}
