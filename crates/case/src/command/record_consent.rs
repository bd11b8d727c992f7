//! The customer agreed to the plan.

use crate::Stage;
use crate::command::Step;
use crate::stage::Stages;

/// The customer agreed to the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordConsent {
    /// By phone, email, …
    pub means: String,
    /// Object of the proof, such as a recording; empty if none.
    pub proof: String,
}

impl Step for RecordConsent {
    const STAGES: Stages = Stages::of(&[Stage::Offered]);
}
