//! A level approves.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// A level approves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovePlan {
    /// The plan that was looked at; 0: the current one.
    pub plan: u32,
    /// In words.
    pub text: Text,
}

impl Step for ApprovePlan {
    const STAGES: Stages = Stages::of(&[Stage::PlanProposed]);
}
