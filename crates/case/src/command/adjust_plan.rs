//! A new plan after the customer refused the last.

use crate::command::{ProposePlan, Step};
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage};

/// A new plan after the customer refused the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustPlan {
    /// The new plan, whole.
    pub plan: ProposePlan,
}

impl Step for AdjustPlan {
    const STAGES: Stages = Stages::of(&[Stage::ConsentRefused]);

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        self.plan.propose(desk, desk.case.plans)
    }
}
