//! Sets up a corrective or preventive action (CAPA).

use jiff::Timestamp;

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Sets up a corrective or preventive action (CAPA).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCorrectiveAction {
    /// What is to be done.
    pub text: Text,
    /// Person or department.
    pub owner: String,
    /// Until when; an action without is refused.
    pub due_at: Option<Timestamp>,
    /// Prevents others of its kind, instead of correcting this one.
    pub preventive: bool,
}

impl Step for RecordCorrectiveAction {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
