//! Adds a proof to the case.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Evidence, Rejection, Stage, input};

/// Adds a proof to the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachProof {
    /// Which.
    pub proof: Evidence,
}

impl Step for AttachProof {
    const STAGES: Stages = Stages::ALL.without(&[Stage::Archived, Stage::Merged]);
    const WHILE_HELD: bool = true;

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::evidence(std::slice::from_ref(&self.proof))?;
        Ok(vec![Change::ProofAttached {
            proof: self.proof.clone(),
        }])
    }
}
