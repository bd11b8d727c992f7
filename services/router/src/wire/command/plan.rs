//! The plan: propose, approve, offer, agree to, carry out.

use redress_case::{
    AdjustPlan, ApprovePlan, Command, DeclareUnmeetable, ExecuteStep, OfferPlan, ProposePlan,
    RecordConsent, RecordRefusal, RecuseApprover, RefusePlan, Text,
};
use redress_wire::router::{self as wire, case_command::Command as Wire};

use super::Read;
use crate::wire::{
    Fault,
    value::{redress_given, step_given},
};

pub(super) fn from_wire(command: &Wire) -> Read {
    Ok(Some(match command {
        Wire::ProposePlan(plan) => Command::ProposePlan(proposed(plan)?),
        Wire::AdjustPlan(adjust) => {
            let plan = adjust.plan.as_ref().ok_or_else(|| Fault::missing("plan"))?;
            Command::AdjustPlan(AdjustPlan {
                plan: proposed(plan)?,
            })
        }
        Wire::ApprovePlan(approve) => Command::ApprovePlan(ApprovePlan {
            plan: approve.plan,
            text: Text::of("text", &approve.text)?,
        }),
        Wire::RefusePlan(refuse) => Command::RefusePlan(RefusePlan {
            plan: refuse.plan,
            reason: Text::of("reason", &refuse.reason)?,
        }),
        Wire::RecuseApprover(recuse) => Command::RecuseApprover(RecuseApprover {
            reason: Text::of("reason", &recuse.reason)?,
        }),
        other => return to_customer(other),
    }))
}

fn to_customer(command: &Wire) -> Read {
    Ok(Some(match command {
        Wire::OfferPlan(offer) => Command::OfferPlan(OfferPlan {
            means: offer.means.trim().to_owned(),
            text: Text::of("text", &offer.text)?,
        }),
        Wire::RecordConsent(consent) => Command::RecordConsent(RecordConsent {
            means: consent.means.trim().to_owned(),
            proof: consent.proof.trim().to_owned(),
        }),
        Wire::RecordRefusal(refusal) => Command::RecordRefusal(RecordRefusal {
            reason: Text::of("reason", &refusal.reason)?,
        }),
        Wire::DeclareUnmeetable(declare) => Command::DeclareUnmeetable(DeclareUnmeetable {
            reason: Text::of("reason", &declare.reason)?,
            apology: Text::of("apology", &declare.apology)?,
        }),
        Wire::ExecuteStep(execute) => Command::ExecuteStep(ExecuteStep {
            step: execute.step,
            text: Text::of("text", &execute.text)?,
        }),
        _ => return Ok(None),
    }))
}

fn proposed(plan: &wire::ProposePlan) -> Result<ProposePlan, Fault> {
    Ok(ProposePlan {
        steps: plan
            .steps
            .iter()
            .map(step_given)
            .collect::<Result<_, _>>()?,
        redress: plan
            .redress
            .iter()
            .map(redress_given)
            .collect::<Result<_, _>>()?,
        text: Text::of("text", &plan.text)?,
        similar: plan.similar.clone(),
    })
}
