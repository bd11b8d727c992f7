//! What is to be done and what the customer gets.

use crate::command::Step;
use crate::stage::Stages;
use crate::{PlanStep, Redress, Stage, Text};

/// What is to be done and what the customer gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposePlan {
    /// What is to be done, by whom, until when.
    pub steps: Vec<PlanStep>,
    /// What the customer gets.
    pub redress: Vec<Redress>,
    /// The plan in words.
    pub text: Text,
    /// Similar closed cases that were looked at, by number.
    pub similar: Vec<String>,
}

impl Step for ProposePlan {
    const STAGES: Stages = Stages::of(&[Stage::Investigated, Stage::Reopened]);
}
