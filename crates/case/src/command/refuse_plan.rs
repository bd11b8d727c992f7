//! A level refuses: another plan has to be proposed.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// A level refuses: another plan has to be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusePlan {
    /// The plan that was looked at; 0: the current one.
    pub plan: u32,
    /// Why.
    pub reason: Text,
}

impl Step for RefusePlan {
    const STAGES: Stages = Stages::of(&[Stage::PlanProposed]);
}
