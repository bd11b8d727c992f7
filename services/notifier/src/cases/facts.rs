//! What is kept of a case's life: where it stands, the plan proposed last, the extension asked for
//! last, and what letters that are still to be written tell. Other texts stay in the log.
//!
//! Facts come several at once after a pause, and are folded before the first is told of: so what
//! they replace is kept as well, until all that tells of it is planned and has gone out.

use redress_policy::Occasion;
use redress_wire::{
    notifier::{CaseRow, DeliveryRow, ExtensionTold, Matter, PlanTold},
    router::{ApprovalEscalated, CaseEvent, PlanProposed, Visibility, case_event::Change},
};

use crate::words::{GIVEN_UP, PLANNED};

/// Folds one fact.
pub(super) fn fold(case: &mut CaseRow, fact: &CaseEvent) {
    stand(case, fact);
    let Some(change) = &fact.change else {
        return;
    };
    case.matters.extend(matter(fact.version, change));
    match change {
        Change::PlanProposed(proposed) => {
            let by = fact.actor.as_ref().map(|actor| actor.id.clone());
            let before = case.plan.replace(plan(proposed, by));
            case.earlier_plans.extend(before);
        }
        Change::ApproverRecused(recused) => {
            let actor = fact.actor.as_ref().map(|actor| actor.id.clone());
            if let Some(plan) = plan_of(case, recused.plan) {
                plan.not_asked.extend(actor);
            }
        }
        Change::ApprovalEscalated(escalated) => {
            if let Some(plan) = plan_of(case, escalated.plan) {
                ask_above(plan, escalated);
            }
        }
        Change::PlanExecuted(executed) => {
            if let Some(plan) = plan_of(case, executed.plan) {
                plan.executed = true;
            }
        }
        Change::ExtensionRequested(asked) => {
            let before = case.extension.replace(ExtensionTold {
                clock: asked.clock.clone(),
                by: asked.by.clone(),
                request: asked.request,
            });
            case.earlier_extensions.extend(before);
        }
        Change::Reopened(_) => case.reopened_version = fact.version,
        Change::SatisfactionRecorded(_) => case.satisfaction_version = fact.version,
        _ => {}
    }
}

fn stand(case: &mut CaseRow, fact: &CaseEvent) {
    case.department.clone_from(&fact.department);
    case.handler.clone_from(&fact.handler);
    case.category.clone_from(&fact.category);
    case.urgency.clone_from(&fact.urgency);
    case.severity.clone_from(&fact.severity);
    if let Some(Change::TriageCorrected(corrected)) = &fact.change {
        case.wide_impact = corrected.wide_impact;
    }
}

fn plan_of(case: &mut CaseRow, number: u32) -> Option<&mut PlanTold> {
    let mut plans = case.plan.iter_mut().chain(&mut case.earlier_plans);
    plans.find(|plan| plan.plan == number)
}

/// The plan of that number, also one that another has taken the place of since.
pub(crate) fn told_plan(case: &CaseRow, number: u32) -> Option<&PlanTold> {
    let mut plans = case.plan.iter().chain(&case.earlier_plans);
    plans.find(|plan| plan.plan == number)
}

/// What was asked for in that request; in rows that do not count them, in the last one.
pub(crate) fn told_extension(case: &CaseRow, request: u32) -> Option<&ExtensionTold> {
    let asked = || case.extension.iter().chain(&case.earlier_extensions);
    let counted = asked().find(|asked| asked.request == request);
    counted.or_else(|| asked().find(|asked| asked.request == 0))
}

fn plan(proposed: &PlanProposed, by: Option<String>) -> PlanTold {
    let last_step = proposed.steps.iter().map(|step| step.due_at_us).max();
    PlanTold {
        plan: proposed.plan,
        redress: proposed.redress.clone(),
        due_at_us: last_step.unwrap_or_default(),
        levels: proposed.levels.clone(),
        not_asked: by.into_iter().collect(),
        executed: false,
    }
}

fn ask_above(plan: &mut PlanTold, escalated: &ApprovalEscalated) {
    let silent = plan.levels.iter_mut().find(|l| l.level == escalated.level);
    if let (Some(silent), Some(above)) = (silent, &escalated.to) {
        silent.clone_from(above);
    }
}

/// What the change says to the customer, if it says something.
fn matter(version: u64, change: &Change) -> Option<Matter> {
    let of = |occasion: Occasion| Matter {
        version,
        occasion: occasion.as_str().to_owned(),
        ..Matter::default()
    };
    let (reason, text) = match change {
        Change::PlanOffered(c) => (None, c.text.clone()),
        Change::Extended(c) => (c.reason.clone(), None),
        Change::NoteAdded(c) if c.visibility() == Visibility::Customer => (None, c.text.clone()),
        Change::Held(c) => (c.reason.clone(), None),
        Change::Rejected(c) => (c.reason.clone(), None),
        Change::DeclaredUnmeetable(c) => (c.reason.clone(), None),
        Change::Closed(c) => (None, c.text.clone()),
        Change::RecallOpened(c) => (None, c.text.clone()),
        Change::RecallJoined(c) => (None, c.text.clone()),
        Change::Merged(_) | Change::SatisfactionRecorded(_) => (None, None),
        _ => return None,
    };
    let mut matter = Matter {
        reason,
        text,
        ..of(occasion(change)?)
    };
    match change {
        Change::Held(c) => matter.pause.clone_from(&c.pause),
        Change::Rejected(c) => matter.appeal.clone_from(&c.appeal),
        Change::DeclaredUnmeetable(c) => matter.apology.clone_from(&c.apology),
        Change::Closed(c) => matter.answers.clone_from(&c.answers),
        Change::RecallOpened(c) => matter.batch_no.clone_from(&c.batch_no),
        Change::RecallJoined(c) => matter.batch_no.clone_from(&c.batch_no),
        Change::Merged(c) => matter.other_number.clone_from(&c.into_number),
        Change::SatisfactionRecorded(c) => matter.satisfaction = c.satisfaction,
        _ => {}
    }
    Some(matter)
}

/// The policy's word for a change that people may be told of; approvals and surveys follow from
/// several and have none of their own.
pub(crate) fn occasion(change: &Change) -> Option<Occasion> {
    Some(match change {
        Change::Assigned(_) => Occasion::Assigned,
        Change::Accepted(_) => Occasion::Accepted,
        Change::TransferredUp(_) => Occasion::TransferredUp,
        Change::JointHandlingStarted(_) => Occasion::JointHandling,
        Change::PlanProposed(_) => Occasion::PlanProposed,
        Change::ApprovalRefused(_) => Occasion::ApprovalRefused,
        Change::PlanApproved(_) => Occasion::PlanApproved,
        Change::PlanOffered(_) => Occasion::PlanOffered,
        Change::ConsentGiven(_) => Occasion::ConsentGiven,
        Change::ConsentRefused(_) => Occasion::ConsentRefused,
        Change::DeclaredUnmeetable(_) => Occasion::Unmeetable,
        Change::PlanExecuted(_) => Occasion::Executed,
        Change::SatisfactionRecorded(_) => Occasion::SatisfactionRecorded,
        Change::Closed(_) => Occasion::Closed,
        Change::Reopened(_) => Occasion::Reopened,
        Change::Held(_) => Occasion::Held,
        Change::Resumed(_) => Occasion::Resumed,
        Change::Extended(_) => Occasion::Extended,
        Change::ExtensionApproved(_) => Occasion::ExtensionApproved,
        Change::ExtensionRefused(_) => Occasion::ExtensionRefused,
        Change::Withdrawn(_) => Occasion::Withdrawn,
        Change::Rejected(_) => Occasion::Rejected,
        Change::TriageCorrected(_) => Occasion::TriageCorrected,
        Change::Merged(_) => Occasion::Merged,
        Change::NoteAdded(c) if c.visibility() == Visibility::Customer => Occasion::Note,
        Change::RecallOpened(_) => Occasion::RecallOpened,
        Change::RecallJoined(_) => Occasion::RecallJoined,
        Change::RecallClosed(_) => Occasion::RecallClosed,
        _ => return None,
    })
}

/// Keeps what is still to be told. Called when a round is sealed: by then everything that follows
/// from its facts is planned. The last extension stays, it is told when its clock has moved.
pub(super) fn forget_what_is_told(case: &mut CaseRow) {
    let CaseRow {
        matters,
        deliveries,
        earlier_plans,
        earlier_extensions,
        ..
    } = case;
    let unfinished =
        |delivery: &&DeliveryRow| delivery.state == PLANNED || delivery.state == GIVEN_UP;
    let unfinished = || deliveries.iter().filter(unfinished);
    let to_be_told = |matter: &Matter| unfinished().any(|d| d.case_version == matter.version);
    earlier_plans.retain(|plan| unfinished().any(|d| d.plan == plan.plan));
    earlier_extensions.clear();
    let extended = Occasion::Extended.as_str();
    let last = matters.iter().rposition(|m| m.occasion == extended);
    let mut at = 0;
    matters.retain(|matter| {
        let keep = to_be_told(matter) || Some(at) == last;
        at += 1;
        keep
    });
}
