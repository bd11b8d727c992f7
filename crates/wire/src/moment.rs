//! Which moments in the life of a case a change of it is, by the names that policies write.
//!
//! Whoever runs clocks by the facts of cases takes them from here, so that live, replayed and
//! tried-out clocks start and stop by the same facts.

use std::borrow::Cow;

use crate::router::{Visibility, case_event::Change};

/// The moments of a change, in order; none for most. A measure is `measure:` and its id.
pub fn moments(change: &Change) -> Vec<Cow<'static, str>> {
    let name = match change {
        Change::MeasureRecorded(measure) => {
            return vec![Cow::Owned(format!("measure:{}", measure.measure))];
        }
        Change::PlanProposed(plan) if plan.adjusts > 0 => {
            return vec![Cow::Borrowed("plan_proposed"), Cow::Borrowed("adjusted")];
        }
        Change::NoteAdded(note) if note.visibility() == Visibility::Customer => "customer_informed",
        change => match of_every(change) {
            Some(name) => name,
            None => return Vec::new(),
        },
    };
    vec![Cow::Borrowed(name)]
}

/// Changes that are the same moment whatever they say.
fn of_every(change: &Change) -> Option<&'static str> {
    Some(match change {
        Change::Accepted(_) => "accepted",
        Change::TransferredUp(_) => "transferred_up",
        Change::JointHandlingStarted(_) => "joint_handling_started",
        Change::Verified(_) => "verified",
        Change::InvestigationCompleted(_) => "investigated",
        Change::PlanProposed(_) => "plan_proposed",
        Change::PlanApproved(_) => "plan_approved",
        Change::PlanOffered(_) => "offered",
        Change::ConsentGiven(_) => "customer_agreed",
        Change::ConsentRefused(_) => "consent_refused",
        Change::DeclaredUnmeetable(_) => "unmeetable",
        Change::PlanExecuted(_) => "executed",
        Change::ResultConfirmed(_) => "customer_confirmed",
        Change::SatisfactionRecorded(_) => "satisfaction_recorded",
        Change::Closed(_) => "closed",
        Change::Reopened(_) => "reopened",
        Change::Held(_) => "held",
        Change::Resumed(_) => "resumed",
        Change::Withdrawn(_) => "withdrawn",
        Change::Rejected(_) => "rejected",
        Change::Merged(_) => "merged",
        Change::Archived(_) => "archived",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::{CaseArchived, FindingRecorded, MeasureRecorded, NoteAdded, PlanProposed};

    #[test]
    fn what_a_change_says_may_make_it_another_moment_or_none() {
        let plan = |adjusts| {
            let plan = PlanProposed {
                adjusts,
                ..PlanProposed::default()
            };
            moments(&Change::PlanProposed(plan))
        };
        assert_eq!(plan(0), ["plan_proposed"]);
        assert_eq!(plan(1), ["plan_proposed", "adjusted"]);
        let note = |visibility: Visibility| {
            let mut note = NoteAdded::default();
            note.set_visibility(visibility);
            moments(&Change::NoteAdded(note))
        };
        assert_eq!(note(Visibility::Customer), ["customer_informed"]);
        assert_eq!(note(Visibility::Internal).len(), 0);
    }

    #[test]
    fn a_measure_is_a_moment_of_its_own_and_a_finding_is_none() {
        let measure = MeasureRecorded {
            measure: "task_force".to_owned(),
            ..MeasureRecorded::default()
        };
        assert_eq!(
            moments(&Change::MeasureRecorded(measure)),
            ["measure:task_force"]
        );
        assert_eq!(
            moments(&Change::Archived(CaseArchived::default())),
            ["archived"]
        );
        let finding = Change::FindingRecorded(FindingRecorded::default());
        assert_eq!(moments(&finding).len(), 0);
    }
}
