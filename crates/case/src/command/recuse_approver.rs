//! The approver is partial and will not approve in this case.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// The approver is partial and will not approve in this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecuseApprover {
    /// Why.
    pub reason: Text,
}

impl Step for RecuseApprover {
    const STAGES: Stages = Stages::of(&[Stage::PlanProposed]);
    const WHILE_HELD: bool = true;
}
