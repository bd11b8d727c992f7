//! Cases as they go on.

use super::{CaseChanged, CaseRouted, Redress, Said, time};
use crate::{
    Payload,
    router::{self, CaseEvent, Satisfaction, case_event::Change},
};

pub(super) fn said(payload: &Payload) -> Option<Said> {
    Some(match payload {
        Payload::CaseRouted(e) => Said::of("redress.feed.v1.CaseRouted", &routed(e)),
        // Of a newer release nobody here knows what is in it.
        Payload::CaseEvent(e) => {
            let change = e.change.as_ref()?;
            Said::of("redress.feed.v1.CaseChanged", &changed(e, change))
        }
        _ => return None,
    })
}

fn routed(e: &router::CaseRouted) -> CaseRouted {
    let rules = e.reasons.iter().map(|reason| reason.rule.clone());
    CaseRouted {
        number: e.number.clone(),
        channel: e.channel.clone(),
        kind: e.kind.clone(),
        category: e.category.clone(),
        urgency: e.urgency.clone(),
        severity: e.severity.clone(),
        wide_impact: e.wide_impact,
        department: e.department.clone(),
        handler: e.handler.clone(),
        rank: e.rank,
        product: e.product.clone(),
        batch_no: e.batch_no.clone(),
        registered_at: time(e.registered_at_us),
        rules: rules.collect(),
    }
}

fn changed(e: &CaseEvent, change: &Change) -> CaseChanged {
    let actor = e.actor.clone().unwrap_or_default();
    let mut changed = CaseChanged {
        number: e.number.clone(),
        version: e.version,
        actor: actor.id,
        role: actor.role,
        state: e.state.clone(),
        department: e.department.clone(),
        handler: e.handler.clone(),
        category: e.category.clone(),
        urgency: e.urgency.clone(),
        severity: e.severity.clone(),
        ..CaseChanged::default()
    };
    if !planning(&mut changed, change) && !course(&mut changed, change) {
        investigation(&mut changed, change);
    }
    changed
}

/// Plans, approvals, consent, execution; tells whether it was one of these.
fn planning(to: &mut CaseChanged, change: &Change) -> bool {
    match change {
        Change::PlanProposed(c) => {
            to.plan = c.plan;
            to.redress = c.redress.iter().map(redress).collect();
        }
        Change::ApprovalGiven(c) => (to.plan, to.level) = (c.plan, c.level.clone()),
        Change::ApprovalRefused(c) => (to.plan, to.level) = (c.plan, c.level.clone()),
        Change::ApproverRecused(c) => (to.plan, to.level) = (c.plan, c.level.clone()),
        Change::ApprovalEscalated(c) => (to.plan, to.level) = (c.plan, c.level.clone()),
        Change::PlanApproved(c) => to.plan = c.plan,
        Change::PlanOffered(c) => (to.plan, to.means) = (c.plan, c.means.clone()),
        Change::ConsentGiven(c) => (to.plan, to.means) = (c.plan, c.means.clone()),
        Change::ConsentRefused(c) => to.plan = c.plan,
        Change::StepExecuted(c) => (to.plan, to.step) = (c.plan, c.step),
        Change::PlanExecuted(c) => to.plan = c.plan,
        Change::ResultConfirmed(c) => to.means.clone_from(&c.means),
        Change::SatisfactionRecorded(c) => to.satisfaction = satisfaction(c.satisfaction()),
        _ => return false,
    }
    true
}

/// Holds, ends, recalls; tells whether it was one of these.
fn course(to: &mut CaseChanged, change: &Change) -> bool {
    match change {
        Change::Closed(c) => to.means.clone_from(&c.means),
        Change::Reopened(c) => to.round = c.round,
        Change::Held(c) => (to.pause, to.until) = (c.pause.clone(), time(c.until_us)),
        Change::Resumed(c) => to.pause.clone_from(&c.pause),
        Change::Extended(c) => (to.clock, to.by) = (c.clock.clone(), c.by.clone()),
        Change::ExtensionRequested(c) => (to.clock, to.by) = (c.clock.clone(), c.by.clone()),
        Change::ExtensionEscalated(c) => to.level.clone_from(&c.level),
        Change::Merged(c) => to.other_number.clone_from(&c.into_number),
        Change::Archived(c) => to.until = time(c.keep_until_us),
        Change::RecallOpened(c) => to.batch_no.clone_from(&c.batch_no),
        Change::RecallJoined(c) => {
            to.batch_no.clone_from(&c.batch_no);
            to.other_number.clone_from(&c.recall_number);
        }
        Change::RecallClosed(c) => (to.affected, to.finished) = (c.affected, c.finished),
        _ => return false,
    }
    true
}

/// What has more to say than that it happened.
fn investigation(to: &mut CaseChanged, change: &Change) {
    match change {
        Change::JointHandlingStarted(c) => to.departments.clone_from(&c.supporting_departments),
        Change::ResponsibilityAssessed(c) => to.parties.clone_from(&c.parties),
        Change::CorrectiveActionRecorded(c) => {
            (to.step, to.until) = (c.action, time(c.due_at_us));
        }
        Change::CorrectiveActionVerified(c) => to.step = c.action,
        Change::MeasureRecorded(c) => to.measure.clone_from(&c.measure),
        _ => {}
    }
}

fn redress(given: &router::Redress) -> Redress {
    let amount = given.amount.as_ref();
    Redress {
        kind: given.kind.clone(),
        minor_units: amount.map(|amount| amount.minor_units),
        currency: amount
            .map(|amount| amount.currency.clone())
            .unwrap_or_default(),
    }
}

fn satisfaction(said: Satisfaction) -> String {
    let word = match said {
        Satisfaction::Unspecified => "",
        Satisfaction::Satisfied => "satisfied",
        Satisfaction::MostlySatisfied => "mostly_satisfied",
        Satisfaction::Dissatisfied => "dissatisfied",
    };
    word.to_owned()
}
