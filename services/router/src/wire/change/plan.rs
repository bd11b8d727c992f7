//! The plan: proposed, approved, offered, agreed to, carried out.

use redress_case::{Change, Plan};
use redress_wire::router::{self as wire, case_event::Change as Wire};

use crate::wire::value::{
    given, level_from, level_to, open, redress_from, redress_to, seal, step_from, step_to, told,
};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::PlanProposed(plan) => Wire::PlanProposed(plan_to(plan)),
        Change::ApprovalGiven { plan, level, on_behalf_of, text } => {
            Wire::ApprovalGiven(wire::ApprovalGiven {
                plan: *plan,
                level: level.as_str().to_owned(),
                on_behalf_of: told(on_behalf_of.as_ref()),
                text: seal(text),
            })
        }
        Change::ApprovalRefused { plan, level, on_behalf_of, reason } => {
            Wire::ApprovalRefused(wire::ApprovalRefused {
                plan: *plan,
                level: level.as_str().to_owned(),
                on_behalf_of: told(on_behalf_of.as_ref()),
                reason: seal(reason),
            })
        }
        Change::ApproverRecused { plan, level, reason } => {
            Wire::ApproverRecused(wire::ApproverRecused {
                plan: *plan,
                level: level.as_str().to_owned(),
                reason: seal(reason),
            })
        }
        Change::ApprovalEscalated { plan, level, to } => {
            Wire::ApprovalEscalated(wire::ApprovalEscalated {
                plan: *plan,
                level: level.as_str().to_owned(),
                to: Some(level_to(to)),
            })
        }
        Change::PlanApproved { plan } => Wire::PlanApproved(wire::PlanApproved { plan: *plan }),
        other => return to_customer(other),
    })
}

#[rustfmt::skip]
fn to_customer(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::PlanOffered { plan, means, text } => Wire::PlanOffered(wire::PlanOffered {
            plan: *plan,
            means: means.clone(),
            text: seal(text),
        }),
        Change::ConsentGiven { plan, means, proof } => Wire::ConsentGiven(wire::ConsentGiven {
            plan: *plan,
            means: means.clone(),
            proof: proof.clone(),
        }),
        Change::ConsentRefused { plan, reason } => Wire::ConsentRefused(wire::ConsentRefused {
            plan: *plan,
            reason: seal(reason),
        }),
        Change::DeclaredUnmeetable { reason, apology } => {
            Wire::DeclaredUnmeetable(wire::DeclaredUnmeetable {
                reason: seal(reason),
                apology: seal(apology),
            })
        }
        Change::StepExecuted { plan, step, text } => Wire::StepExecuted(wire::StepExecuted {
            plan: *plan,
            step: *step,
            text: seal(text),
        }),
        Change::PlanExecuted { plan } => Wire::PlanExecuted(wire::PlanExecuted { plan: *plan }),
        _ => return None,
    })
}

fn plan_to(plan: &Plan) -> wire::PlanProposed {
    wire::PlanProposed {
        plan: plan.number,
        adjusts: plan.adjusts,
        steps: plan.steps.iter().map(step_to).collect(),
        redress: plan.redress.iter().map(redress_to).collect(),
        levels: plan.levels.iter().map(level_to).collect(),
        text: seal(&plan.text),
        similar: plan.similar.clone(),
    }
}

fn plan_from(plan: &wire::PlanProposed) -> Plan {
    Plan {
        number: plan.plan,
        adjusts: plan.adjusts,
        steps: plan.steps.iter().map(step_from).collect(),
        redress: plan.redress.iter().map(redress_from).collect(),
        levels: plan.levels.iter().map(level_from).collect(),
        text: open(plan.text.as_ref()),
        similar: plan.similar.clone(),
    }
}

pub(super) fn from_wire(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::PlanProposed(plan) => Change::PlanProposed(plan_from(plan)),
        Wire::ApprovalGiven(approval) => Change::ApprovalGiven {
            plan: approval.plan,
            level: approval.level.as_str().into(),
            on_behalf_of: given(&approval.on_behalf_of),
            text: open(approval.text.as_ref()),
        },
        Wire::ApprovalRefused(refused) => Change::ApprovalRefused {
            plan: refused.plan,
            level: refused.level.as_str().into(),
            on_behalf_of: given(&refused.on_behalf_of),
            reason: open(refused.reason.as_ref()),
        },
        Wire::ApproverRecused(recused) => Change::ApproverRecused {
            plan: recused.plan,
            level: recused.level.as_str().into(),
            reason: open(recused.reason.as_ref()),
        },
        Wire::ApprovalEscalated(escalated) => Change::ApprovalEscalated {
            plan: escalated.plan,
            level: escalated.level.as_str().into(),
            to: level_from(escalated.to.as_ref()?),
        },
        Wire::PlanApproved(approved) => Change::PlanApproved {
            plan: approved.plan,
        },
        other => return from_customer(other),
    })
}

fn from_customer(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::PlanOffered(offered) => Change::PlanOffered {
            plan: offered.plan,
            means: offered.means.clone(),
            text: open(offered.text.as_ref()),
        },
        Wire::ConsentGiven(consent) => Change::ConsentGiven {
            plan: consent.plan,
            means: consent.means.clone(),
            proof: consent.proof.clone(),
        },
        Wire::ConsentRefused(refused) => Change::ConsentRefused {
            plan: refused.plan,
            reason: open(refused.reason.as_ref()),
        },
        Wire::DeclaredUnmeetable(declared) => Change::DeclaredUnmeetable {
            reason: open(declared.reason.as_ref()),
            apology: open(declared.apology.as_ref()),
        },
        Wire::StepExecuted(executed) => Change::StepExecuted {
            plan: executed.plan,
            step: executed.step,
            text: open(executed.text.as_ref()),
        },
        Wire::PlanExecuted(executed) => Change::PlanExecuted {
            plan: executed.plan,
        },
        _ => return None,
    })
}
