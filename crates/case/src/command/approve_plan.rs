//! A level approves.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, approval};

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

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        approval::turn(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        approval::same_plan(desk, self.plan)?;
        let (plan, asked, on_behalf_of) = approval::turn(desk)?;
        let actor = &desk.cx.actor.id;
        let mut after = plan.clone();
        after.approve(&asked.level, actor, desk.now());
        let mut changes = vec![Change::ApprovalGiven {
            plan: plan.number,
            level: asked.level.clone(),
            on_behalf_of,
            text: self.text.clone(),
        }];
        if after.level().is_none() {
            changes.push(Change::PlanApproved { plan: plan.number });
        } else {
            let (case, policy) = (desk.case, desk.cx.policy);
            changes.extend(approval::pass_over(
                after,
                &case.recused,
                case,
                policy,
                desk.now(),
            ));
        }
        Ok(changes)
    }
}
