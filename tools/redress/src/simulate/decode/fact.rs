//! Facts of a case's life. Texts in them are left as they are.

use redress_calendar::Span;
use redress_policy::{ClockId, CommandName, MeasureId, Moment, Need, PauseId, PlannedRedress};
use redress_what_if::{Correction, Note, Planned, What};
use redress_wire::customer::SealedText;
use redress_wire::moment::moments;
use redress_wire::router::{self, CaseEvent, case_event::Change};

/// Tells what a fact means: the command that led to it, what it changes, what it brings.
pub(super) fn tell(fact: &CaseEvent, say: &mut dyn FnMut(What<'_>)) {
    let Some(change) = &fact.change else {
        return;
    };
    if let Some(command) = command(change) {
        say(What::Asked(command));
    }
    match change {
        Change::Held(held) => say(What::Held(&PauseId::new(&held.pause))),
        Change::Resumed(_) => say(What::Resumed),
        Change::Extended(extended) => extend(extended, say),
        Change::TriageCorrected(corrected) => {
            say(What::Corrected(correction(fact, corrected)));
            say(What::HandedTo(&fact.department));
        }
        Change::Assigned(_) | Change::TransferredUp(_) | Change::JointHandlingStarted(_) => {
            say(What::HandedTo(&fact.department));
        }
        Change::PlanProposed(plan) => propose(plan, say),
        _ => {}
    }
    let names = moments(change);
    for moment in names.iter().filter_map(|name| Moment::read(name)) {
        say(What::Reached(&moment));
    }
    if let Some(note) = note(change) {
        say(What::Noted(&note));
    }
}

fn extend(extended: &router::CaseExtended, say: &mut dyn FnMut(What<'_>)) {
    let clock = (!extended.clock.is_empty()).then(|| ClockId::new(&extended.clock));
    if let Ok(by) = extended.by.parse::<Span>() {
        let clock = clock.as_ref();
        say(What::Extended { clock, by });
    }
}

fn correction<'a>(fact: &'a CaseEvent, before: &router::TriageCorrected) -> Correction<'a> {
    let other = |before: &str, now: &'a str| (before != now).then_some(now);
    Correction {
        category: other(&before.category_before, &fact.category),
        urgency: other(&before.urgency_before, &fact.urgency),
        severity: other(&before.severity_before, &fact.severity),
    }
}

fn propose(plan: &router::PlanProposed, say: &mut dyn FnMut(What<'_>)) {
    let amount = |redress: &router::Redress| {
        let units = redress.amount.as_ref().map_or(0, |it| it.minor_units);
        u64::try_from(units).unwrap_or(0)
    };
    let redress: Vec<PlannedRedress<'_>> = plan
        .redress
        .iter()
        .map(|redress| PlannedRedress {
            kind: &redress.kind,
            minor_units: amount(redress),
        })
        .collect();
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.step.as_str()).collect();
    let levels: Vec<&str> = plan.levels.iter().map(|it| it.level.as_str()).collect();
    say(What::Proposed(Planned {
        redress: &redress,
        steps: &steps,
        levels: Some(&levels),
    }));
}

/// The command that led to a change; `None` for what follows by itself.
fn command(change: &Change) -> Option<CommandName> {
    Some(match change {
        Change::Assigned(_) => CommandName::Assign,
        Change::Accepted(_) => CommandName::Accept,
        Change::TransferredUp(_) => CommandName::TransferUp,
        Change::JointHandlingStarted(_) => CommandName::StartJointHandling,
        Change::Verified(_) => CommandName::Verify,
        Change::FindingRecorded(_) => CommandName::RecordFinding,
        Change::RootCauseRecorded(_) => CommandName::RecordRootCause,
        Change::FiveWOneHRecorded(_) => CommandName::RecordFiveWOneH,
        Change::ResponsibilityAssessed(_) => CommandName::AssessResponsibility,
        Change::InvestigationCompleted(_) => CommandName::CompleteInvestigation,
        Change::PlanProposed(plan) if plan.adjusts > 0 => CommandName::AdjustPlan,
        Change::PlanProposed(_) => CommandName::ProposePlan,
        Change::ApprovalGiven(_) => CommandName::ApprovePlan,
        Change::ApprovalRefused(_) => CommandName::RefusePlan,
        Change::ApproverRecused(_) => CommandName::RecuseApprover,
        Change::PlanOffered(_) => CommandName::OfferPlan,
        Change::ConsentGiven(_) => CommandName::RecordConsent,
        Change::ConsentRefused(_) => CommandName::RecordRefusal,
        Change::DeclaredUnmeetable(_) => CommandName::DeclareUnmeetable,
        Change::StepExecuted(_) => CommandName::ExecuteStep,
        Change::ResultConfirmed(_) => CommandName::ConfirmResult,
        Change::SatisfactionRecorded(_) => CommandName::RecordSatisfaction,
        Change::ExtensionRequested(_) => CommandName::RequestExtension,
        Change::ExtensionApproved(_) => CommandName::ApproveExtension,
        Change::ExtensionRefused(_) => CommandName::RefuseExtension,
        Change::Closed(_) => CommandName::Close,
        Change::Withdrawn(_) => CommandName::Withdraw,
        Change::Rejected(_) => CommandName::Reject,
        Change::TriageCorrected(_) => CommandName::CorrectTriage,
        Change::Merged(_) => CommandName::Merge,
        Change::Archived(_) => CommandName::Archive,
        Change::MeasureRecorded(_) => CommandName::RecordMeasure,
        Change::EightDCompiled(_) => CommandName::CompileEightD,
        _ => return None,
    })
}

/// What a change puts into the record, beside what its moment does.
fn note(change: &Change) -> Option<Note> {
    Some(match change {
        Change::FindingRecorded(_) => Note::There(Need::Finding),
        Change::FiveWOneHRecorded(recorded) => Note::Questions(questions(recorded)),
        Change::RootCauseRecorded(recorded) => Note::RootCause {
            whys: !recorded.whys.is_empty(),
            occurrence: is_there(recorded.occurrence.as_ref()),
            escape: is_there(recorded.escape.as_ref()),
        },
        Change::ResponsibilityAssessed(assessed) => Note::Responsibility {
            anybody: !assessed.parties.is_empty(),
        },
        Change::EightDCompiled(_) => Note::There(Need::EightD),
        Change::MeasureRecorded(measure) => {
            Note::There(Need::Measure(MeasureId::new(&measure.measure)))
        }
        Change::CorrectiveActionRecorded(_) => Note::Action,
        Change::CorrectiveActionVerified(verified) => Note::ActionVerified {
            action: verified.action,
            effective: verified.effective,
        },
        _ => return None,
    })
}

fn questions(recorded: &router::FiveWOneHRecorded) -> [bool; 6] {
    let Some(it) = &recorded.answers else {
        return [false; 6];
    };
    let answers = [
        &it.who,
        &it.what,
        &it.when,
        &it.why,
        &it.r#where,
        &it.how_many,
    ];
    answers.map(|answer| is_there(answer.as_ref()))
}

/// Whether there is a text, sealed or not.
fn is_there(text: Option<&SealedText>) -> bool {
    text.is_some_and(|text| !text.payload.is_empty())
}

#[cfg(test)]
mod tests {
    use redress_wire::router::{CaseExtended, PlanProposed, Redress, TriageCorrected};

    use super::*;

    fn heard(fact: &CaseEvent) -> Vec<String> {
        let mut heard = Vec::new();
        tell(fact, &mut |what| heard.push(format!("{what:?}")));
        heard
    }

    fn of(change: Change) -> CaseEvent {
        CaseEvent {
            department: "finance".to_owned(),
            category: "billing".to_owned(),
            urgency: "normal".to_owned(),
            severity: "ordinary".to_owned(),
            change: Some(change),
            ..CaseEvent::default()
        }
    }

    #[test]
    fn only_what_people_changed_is_a_correction() {
        let corrected = TriageCorrected {
            category_before: "other".to_owned(),
            urgency_before: "normal".to_owned(),
            severity_before: "ordinary".to_owned(),
            ..TriageCorrected::default()
        };
        let heard = heard(&of(Change::TriageCorrected(corrected)));
        assert!(
            heard[1].contains("category: Some(\"billing\")"),
            "{heard:?}"
        );
        assert!(heard[1].contains("urgency: None"), "{heard:?}");
        assert_eq!(heard[2], "HandedTo(\"finance\")");
    }

    #[test]
    fn a_new_plan_after_a_refusal_is_an_adjustment_as_well() {
        let plan = PlanProposed {
            plan: 2,
            adjusts: 1,
            redress: vec![Redress {
                kind: "apology".to_owned(),
                amount: None,
            }],
            ..PlanProposed::default()
        };
        let heard = heard(&of(Change::PlanProposed(plan)));
        assert_eq!(heard[0], "Asked(AdjustPlan)");
        assert!(heard[1].starts_with("Proposed"), "{heard:?}");
        assert_eq!(heard.len(), 4, "plan proposed, and adjusted: {heard:?}");
    }

    #[test]
    fn an_extension_is_read_as_policies_write_it() {
        let extended = CaseExtended {
            clock: "result".to_owned(),
            by: "5 working days".to_owned(),
            ..CaseExtended::default()
        };
        let heard = heard(&of(Change::Extended(extended)));
        assert!(heard[0].starts_with("Extended"), "{heard:?}");
    }

    #[test]
    fn a_change_of_a_newer_release_means_nothing() {
        assert_eq!(heard(&CaseEvent::default()).len(), 0);
    }
}
