//! Moves a deadline.

use redress_policy::ClockId;

use crate::command::Step;
use crate::stage::Stages;
use crate::{PersonId, Text};

/// Moves a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Which clock of the policy; `None`: every running one.
    pub clock: Option<ClockId>,
    /// By how much, as in policy files: `5 working days`.
    pub by: String,
    /// Why.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
    /// Who approved it, if it is above the actor's limit.
    pub approved_by: Option<PersonId>,
}

impl Step for Extend {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;
}
