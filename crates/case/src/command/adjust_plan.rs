//! A new plan after the customer refused the last.

use crate::Stage;
use crate::command::{ProposePlan, Step};
use crate::stage::Stages;

/// A new plan after the customer refused the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustPlan {
    /// The new plan, whole.
    pub plan: ProposePlan,
}

impl Step for AdjustPlan {
    const STAGES: Stages = Stages::of(&[Stage::ConsentRefused]);
}
