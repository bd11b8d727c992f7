//! What the life of a case, as router tells it, does to its clocks.

use jiff::Timestamp;
use redress_policy::{ClockId, ClockRules, MeasureId, Milestone, Moment, PauseId};
use redress_sla::{Cause, Change};
use redress_wire::{
    Payload,
    router::{CaseEvent, Visibility, case_event::Change as Happened},
    sla_monitor::CaseClocks,
};

use crate::{
    clock::{facts, set_of},
    record::payloads,
};

/// The moments that a change of the case is, in order.
pub(crate) fn moments(change: &Happened) -> Vec<Moment> {
    let milestone = match change {
        Happened::PlanProposed(plan) if plan.adjusts > 0 => {
            return vec![Milestone::PlanProposed.into(), Milestone::Adjusted.into()];
        }
        Happened::MeasureRecorded(measure) => {
            return vec![Moment::Measure(MeasureId::new(&measure.measure))];
        }
        Happened::NoteAdded(note) if note.visibility() == Visibility::Customer => {
            Milestone::CustomerInformed
        }
        Happened::Accepted(_) => Milestone::Accepted,
        Happened::TransferredUp(_) => Milestone::TransferredUp,
        Happened::JointHandlingStarted(_) => Milestone::JointHandlingStarted,
        Happened::Verified(_) => Milestone::Verified,
        Happened::InvestigationCompleted(_) => Milestone::Investigated,
        Happened::PlanProposed(_) => Milestone::PlanProposed,
        Happened::PlanApproved(_) => Milestone::PlanApproved,
        Happened::PlanOffered(_) => Milestone::Offered,
        Happened::ConsentGiven(_) => Milestone::CustomerAgreed,
        Happened::ConsentRefused(_) => Milestone::ConsentRefused,
        Happened::DeclaredUnmeetable(_) => Milestone::Unmeetable,
        Happened::PlanExecuted(_) => Milestone::Executed,
        Happened::ResultConfirmed(_) => Milestone::CustomerConfirmed,
        Happened::SatisfactionRecorded(_) => Milestone::SatisfactionRecorded,
        Happened::Closed(_) => Milestone::Closed,
        Happened::Reopened(_) => Milestone::Reopened,
        Happened::Held(_) => Milestone::Held,
        Happened::Resumed(_) => Milestone::Resumed,
        Happened::Withdrawn(_) => Milestone::Withdrawn,
        Happened::Rejected(_) => Milestone::Rejected,
        Happened::Merged(_) => Milestone::Merged,
        Happened::Archived(_) => Milestone::Archived,
        _ => return Vec::new(),
    };
    vec![milestone.into()]
}

/// What follows for the clocks of the case; its row has the change folded already.
pub(crate) fn follow(
    rules: &ClockRules,
    row: &CaseClocks,
    event: &CaseEvent,
    at: Timestamp,
) -> Vec<Payload> {
    let Some(change) = &event.change else {
        return Vec::new();
    };
    let facts = facts(row);
    let mut set = set_of(row, rules);
    let mut changes: Vec<Change> = match change {
        Happened::Held(held) => set.hold(rules, &PauseId::new(&held.pause), at),
        Happened::Resumed(_) => set.resume(rules, &facts, at),
        Happened::TriageCorrected(_) => set.retarget(rules, &facts, Cause::TriageCorrected, at),
        Happened::Extended(extended) => {
            let only = (!extended.clock.is_empty()).then(|| ClockId::new(&extended.clock));
            let by = extended.by.parse();
            by.map_or_else(
                |_| Vec::new(),
                |by| set.extend(rules, &facts, only.as_ref(), by, at),
            )
        }
        _ => Vec::new(),
    };
    for moment in moments(change) {
        changes.extend(set.reach(rules, &facts, &moment, at));
    }
    payloads(row, rules.version(), &changes)
}
