//! The approver is partial and will not approve in this case.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, approval, input};

/// The approver is partial and will not approve in this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecuseApprover {
    /// Why.
    pub reason: Text,
}

impl Step for RecuseApprover {
    const STAGES: Stages = Stages::of(&[Stage::PlanProposed]);
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        approval::turn(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        let (plan, asked, _) = approval::turn(desk)?;
        let (case, policy) = (desk.case, desk.cx.policy);
        let mut recused = case.recused.clone();
        recused.insert(desk.cx.actor.id.clone());
        let mut changes = vec![Change::ApproverRecused {
            plan: plan.number,
            level: asked.level.clone(),
            reason: self.reason.clone(),
        }];
        changes.extend(approval::pass_over(
            plan.clone(),
            &recused,
            case,
            policy,
            desk.now(),
        ));
        Ok(changes)
    }
}
