//! What happens to a case by itself: approvers who do not answer for a plan or an extension, and
//! holds that end.

use jiff::Timestamp;
use redress_policy::{MeasureId, Policy};

use crate::approval::{instead_of, pass_over};
use crate::{Case, Change, Stage, extension};

/// When something happens to the case by itself; `None`: never as it stands. While it is on hold,
/// approvers have time.
pub fn due(case: &Case) -> Option<Timestamp> {
    match &case.hold {
        Some(hold) => hold.until,
        None => [answer_due(case), extension_due(case)]
            .into_iter()
            .flatten()
            .min(),
    }
}

/// What has happened to the case by itself by now, to be recorded as done by the system. Nothing
/// before [`due`]; at or after it always something, after which [`due`] is later or never.
pub fn expire(case: &Case, now: Timestamp, policy: &Policy) -> Vec<Change> {
    let has_come = |due: Option<Timestamp>| due.is_some_and(|due| due <= now);
    if let Some(hold) = &case.hold {
        let pause = hold.pause.clone();
        let over = has_come(hold.until).then_some(Change::Resumed { pause });
        return over.into_iter().collect();
    }
    let mut changes = Vec::new();
    if has_come(answer_due(case)) {
        changes.extend(escalate(case, now, policy));
    }
    if has_come(extension_due(case)) {
        changes.extend(extension::escalate(case, now, policy));
    }
    changes
}

fn extension_due(case: &Case) -> Option<Timestamp> {
    case.extension.as_ref()?.due_at
}

fn answer_due(case: &Case) -> Option<Timestamp> {
    let waits = case.stage == Stage::PlanProposed;
    let plan = case.plan.as_ref().filter(|_| waits)?;
    plan.level()?.due_at
}

fn escalate(case: &Case, now: Timestamp, policy: &Policy) -> Vec<Change> {
    let Some(mut plan) = case.plan.clone() else {
        return Vec::new();
    };
    let Some(asked) = plan.level().map(|level| level.asked.clone()) else {
        return Vec::new();
    };
    let to = instead_of(&asked, case, policy, now);
    plan.escalate(&asked.level, &to, now);
    let mut changes = vec![Change::ApprovalEscalated {
        plan: plan.number,
        level: asked.level,
        to,
    }];
    changes.extend(pass_over(plan, &case.recused, case, policy, now));
    changes
}

/// The measures that recur while the case is open, such as the report to the executives, and when
/// each is due next: counted from the acceptance, then from the last one recorded.
pub fn periodic_due(case: &Case, policy: &Policy) -> Vec<(MeasureId, Timestamp)> {
    let accepted = case.first_accepted_at.filter(|_| !case.stage.has_ended());
    let procedure = policy.procedures().of(&case.triage.severity);
    let (Some(accepted), Some(procedure)) = (accepted, procedure) else {
        return Vec::new();
    };
    let next = |periodic: &redress_policy::Periodic| {
        let measure = case.record.measures.get(&periodic.measure);
        let last = measure
            .and_then(|measure| measure.last_at)
            .unwrap_or(accepted);
        (periodic.measure.clone(), periodic.due_at(last))
    };
    procedure.periodic.iter().map(next).collect()
}
