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
            return Err(ExecuteRejection::NoSuchStep { steps }.into());
        };
        if planned.done {
            let word = planned.step.clone();
            return Err(ExecuteRejection::Done { word }.into());
        }
        if let Some(word) = self.first_before(desk, plan) {
            return Err(ExecuteRejection::OutOfOrder { word }.into());
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
    fn first_before(&self, desk: &Desk<'_>, plan: &CurrentPlan) -> Option<String> {
        let planned = approval::planned(&plan.redress);
        let facts = approval::facts(desk.case, &planned);
        let needed = desk.cx.policy.approvals().needed(&facts);
        let of_chain = |word: &str| needed.steps.iter().any(|step| step.as_str() == word);
        let this = self.step as usize;
        if !of_chain(&plan.steps[this].step) {
            return None;
        }
        let mut before = plan.steps[..this].iter();
        let open = before.find(|step| !step.done && of_chain(&step.step));
        open.map(|step| step.step.clone())
    }
}

rejections! {
    /// Why a step is not carried out.
    ExecuteRejection {
        NoSuchStep { steps: usize } => NotFound "unknown_step"
            "there is no such step: the plan has {steps}"
            "没有该步骤:方案共 {steps} 步",
        Done { word: String } => NotAllowedNow "step_done"
            "the step {word} is done already"
            "步骤 {word} 已完成",
        OutOfOrder { word: String } => NotAllowedNow "step_out_of_order"
            "the step {word} comes first: the form's steps are carried out in their order"
            "须先完成步骤 {word}:申请单的步骤须按顺序执行",
    }
}
