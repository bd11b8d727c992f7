//! What is to be done and what the customer gets.

use redress_policy::Need;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{
    Change, CurrentPlan, Missing, Money, Plan, PlanStep, Redress, Rejection, Stage, Text, approval,
    gate, input,
};

/// What is to be done and what the customer gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposePlan {
    /// What is to be done, by whom, until when.
    pub steps: Vec<PlanStep>,
    /// What the customer gets.
    pub redress: Vec<Redress>,
    /// The plan in words.
    pub text: Text,
    /// Similar closed cases that were looked at, by number.
    pub similar: Vec<String>,
}

impl Step for ProposePlan {
    /// Until the customer was told of a plan, another may take its place.
    const STAGES: Stages = Stages::of(&[
        Stage::Investigated,
        Stage::PlanProposed,
        Stage::PlanApproved,
        Stage::Reopened,
    ]);

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        if desk.case.record.investigated {
            return Ok(());
        }
        let missing = Missing::new("the investigation completed", "完成调查");
        gate::demand(desk, &[Need::Verification])?;
        Err(desk.lacking(vec![missing]))
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        self.propose(desk, 0)
    }
}

impl ProposePlan {
    /// The plan and whom it waits for; within the proposer's authority it is approved at once.
    pub(crate) fn propose(&self, desk: &Desk<'_>, adjusts: u32) -> Result<Vec<Change>, Rejection> {
        self.check_steps(desk)?;
        for redress in &self.redress {
            check_redress(desk, redress)?;
        }
        input::few("redress", &self.redress)?;
        self.check_chain(desk)?;
        let plan = Plan {
            number: desk.case.plans.saturating_add(1),
            adjusts,
            steps: self.steps.clone(),
            redress: self.redress.clone(),
            levels: approval::levels(desk, &self.redress),
            text: self.text.clone(),
            similar: self.similar.clone(),
        };
        let (case, policy, now) = (desk.case, desk.cx.policy, desk.now());
        let mut changes = vec![Change::PlanProposed(plan.clone())];
        if plan.levels.is_empty() {
            changes.push(Change::PlanApproved { plan: plan.number });
        } else {
            let proposed = CurrentPlan::proposed(&plan, &desk.cx.actor.id, now);
            changes.extend(approval::pass_over(
                proposed,
                &case.recused,
                case,
                policy,
                now,
            ));
        }
        Ok(changes)
    }

    fn check_steps(&self, desk: &Desk<'_>) -> Result<(), Rejection> {
        if self.steps.is_empty() {
            return Err(PlanRejection::NoStep {}.into());
        }
        input::few("steps", &self.steps)?;
        input::together(self.steps.iter().map(|step| &step.text))?;
        for step in &self.steps {
            input::word("steps.step", &step.step)?;
            input::owner(desk, "steps.owner", &step.owner)?;
            input::ahead(desk, "steps.due_at", step.due_at)?;
        }
        input::few("similar", &self.similar)?;
        for number in &self.similar {
            input::word("similar", number)?;
        }
        Ok(())
    }

    /// The steps that the form of its redress demands, in their order.
    fn check_chain(&self, desk: &Desk<'_>) -> Result<(), PlanRejection> {
        let planned = approval::planned(&self.redress);
        let facts = approval::facts(desk.case, &planned);
        let needed = desk.cx.policy.approvals().needed(&facts);
        let missing = needed.missing_steps(self.steps.iter().map(|step| step.step.as_str()));
        if missing.is_empty() {
            return Ok(());
        }
        let listed = |steps: &[&redress_policy::PlanStepId]| {
            steps
                .iter()
                .map(|step| step.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (missing, chain) = (listed(&missing), listed(&needed.steps));
        Err(PlanRejection::ChainIncomplete { missing, chain })
    }
}

/// The kind is the policy's, and has an amount in the house's currency if it has a price.
fn check_redress(desk: &Desk<'_>, redress: &Redress) -> Result<(), Rejection> {
    let kind = redress.kind.as_str();
    let known = input::entry("redress.kind", kind, &desk.procedures().redress)?;
    let kind = kind.to_owned();
    match &redress.amount {
        None if known.priced => Err(PlanRejection::NoAmount { kind }.into()),
        Some(_) if !known.priced => Err(PlanRejection::NoPrice { kind }.into()),
        Some(amount) => check_currency(desk, amount),
        None => Ok(()),
    }
}

fn check_currency(desk: &Desk<'_>, amount: &Money) -> Result<(), Rejection> {
    let house = desk.cx.policy.approvals().currency.code();
    if amount.currency() == house {
        return Ok(());
    }
    let found = input::clip(amount.currency());
    Err(PlanRejection::OtherCurrency { found, house }.into())
}

rejections! {
    /// Why a plan is not taken.
    PlanRejection {
        NoStep {} => Invalid "no_step"
            "the plan has no step: say what is to be done, by whom, until when"
            "方案没有步骤:请填写做什么、由谁做、何时完成",
        NoAmount { kind: String } => Invalid "amount_missing"
            "{kind} has a price: say the amount"
            "{kind} 须填写金额",
        NoPrice { kind: String } => Invalid "amount_not_expected"
            "{kind} has no price: leave the amount out, or add a compensation"
            "{kind} 不计价:请去掉金额,或另加补偿",
        OtherCurrency { found: String, house: &'static str } => Invalid "other_currency"
            "the amount is in {found}, the house decides in {house}: convert it"
            "金额币种为 {found},本单位以 {house} 审批:请换算",
        ChainIncomplete { missing: String, chain: String } => Invalid "steps_missing"
            "the form demands the steps {chain} in this order: {missing} not there in its place"
            "申请单要求依次具备步骤 {chain}:缺少或顺序不符的有 {missing}",
    }
}
