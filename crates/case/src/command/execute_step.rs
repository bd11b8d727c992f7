//! A step of the plan is done.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// A step of the plan is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecuteStep {
    /// Index in the plan, from 0.
    pub step: u32,
    /// In words.
    pub text: Text,
}

impl Step for ExecuteStep {
    const STAGES: Stages = Stages::EXECUTION;
}
