//! A step of the plan is done.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, CurrentPlan, Missing, Rejection, Text, approval};

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

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let plan = desk
            .case
            .plan
            .as_ref()
            .ok_or_else(|| desk.lacking(vec![Missing::new("a plan", "处理方案")]))?;
        let (step, steps) = (self.step, plan.steps.len());
        let Some(planned) = plan.steps.get(step as usize) else {
            return Err(ExecuteRejection::NoSuchStep { step, steps }.into());
        };
        if planned.done {
            let word = planned.step.clone();
            return Err(ExecuteRejection::Done { step, word }.into());
        }
        if let Some((step, word)) = self.first_before(desk, plan) {
            return Err(ExecuteRejection::OutOfOrder { step, word }.into());
        }
        let mut changes = vec![Change::StepExecuted {
            plan: plan.number,
            step,
            text: self.text.clone(),
        }];
        let done = plan.steps.iter().filter(|step| step.done).count();
        if done + 1 == steps {
            changes.push(Change::PlanExecuted { plan: plan.number });
        }
        Ok(changes)
    }
}

impl ExecuteStep {
    /// The chain of the exchange form is worked through in its order: a step of it that is not
    /// done and comes before this one of it.
    fn first_before(&self, desk: &Desk<'_>, plan: &CurrentPlan) -> Option<(usize, String)> {
        let planned = approval::planned(&plan.redress);
        let facts = approval::facts(desk.case, &planned);
        let needed = desk.cx.policy.approvals().needed(&facts);
        let of_chain = |word: &str| needed.steps.iter().any(|step| step.as_str() == word);
        let this = self.step as usize;
        if !of_chain(&plan.steps[this].step) {
            return None;
        }
        let mut before = plan.steps[..this].iter().enumerate();
        let open = before.find(|(_, step)| !step.done && of_chain(&step.step));
        open.map(|(at, step)| (at, step.step.clone()))
    }
}

rejections! {
    /// Why a step is not carried out.
    ExecuteRejection {
        NoSuchStep { step: u32, steps: usize } => NotFound "unknown_step"
            "the plan has no step {step}: it has {steps}, counted from 0"
            "方案没有第 {step} 步:共 {steps} 步,从 0 起计",
        Done { step: u32, word: String } => NotAllowedNow "step_done"
            "step {step} ({word}) is done already"
            "第 {step} 步({word})已完成",
        OutOfOrder { step: usize, word: String } => NotAllowedNow "step_out_of_order"
            "step {step} ({word}) comes first: the form's steps are carried out in their order"
            "须先完成第 {step} 步({word}):申请单的步骤须按顺序执行",
    }
}
