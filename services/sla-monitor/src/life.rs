//! What the life of a case, as router tells it, does to its clocks.

use jiff::Timestamp;
use redress_policy::{ClockId, ClockRules, Moment, PauseId};
use redress_sla::{Cause, Change};
use redress_wire::{
    Payload,
    router::{CaseEvent, case_event::Change as Happened},
    sla_monitor::CaseClocks,
};

use crate::{
    clock::{facts, set_of},
    record::payloads,
};

/// The moments that a change of the case is, in order.
fn moments(change: &Happened) -> impl Iterator<Item = Moment> {
    let names = redress_wire::moment::moments(change);
    names.into_iter().filter_map(|name| Moment::read(&name))
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

#[cfg(test)]
mod tests {
    use redress_policy::Milestone;
    use redress_wire::router::{self, Visibility};

    use super::*;

    /// One change of each sort that is a moment; the compiler knows no more of them than we do, so
    /// the names are held against the policy's here.
    fn changes() -> Vec<Happened> {
        macro_rules! plain {
            ($($change:ident)*) => { vec![$(Happened::$change(Default::default())),*] };
        }
        let mut changes = plain!(
            Accepted TransferredUp JointHandlingStarted Verified InvestigationCompleted
            PlanProposed PlanApproved PlanOffered ConsentGiven ConsentRefused DeclaredUnmeetable
            PlanExecuted ResultConfirmed SatisfactionRecorded Closed Reopened Held Resumed
            Withdrawn Rejected Merged Archived MeasureRecorded
        );
        changes.push(Happened::PlanProposed(router::PlanProposed {
            adjusts: 1,
            ..router::PlanProposed::default()
        }));
        let mut note = router::NoteAdded::default();
        note.set_visibility(Visibility::Customer);
        changes.push(Happened::NoteAdded(note));
        changes
    }

    #[test]
    fn every_moment_of_a_change_is_one_that_policies_know_and_none_is_missing() {
        let mut reached = Vec::new();
        for change in changes() {
            let names = redress_wire::moment::moments(&change);
            assert!(!names.is_empty(), "{change:?}");
            for name in names {
                let moment = Moment::read(&name).unwrap_or_else(|| panic!("{name}"));
                reached.push(moment.milestone());
            }
        }
        let intake = [
            Milestone::Received,
            Milestone::Registered,
            Milestone::Acknowledged,
            Milestone::Routed,
        ];
        for milestone in Milestone::ALL.iter().filter(|one| !intake.contains(one)) {
            assert!(reached.contains(milestone), "{milestone} is no change's");
        }
    }
}
