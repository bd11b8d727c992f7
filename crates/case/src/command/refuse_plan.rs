//! A level refuses: another plan has to be proposed.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, approval, input};

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

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        approval::turn(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        approval::same_plan(desk, self.plan)?;
        input::given("reason", &self.reason)?;
        let (plan, asked, on_behalf_of) = approval::turn(desk)?;
        Ok(vec![Change::ApprovalRefused {
            plan: plan.number,
            level: asked.level.clone(),
            on_behalf_of,
            reason: self.reason.clone(),
        }])
    }
}
