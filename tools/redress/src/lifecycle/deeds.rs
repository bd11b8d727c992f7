//! The commands that a replay gives, with the words that it gives them.

use jiff::{Timestamp, ToSpan as _};
use redress_wire::router::{
    AddNote, AssessResponsibility, Assign, Close, CompleteInvestigation, ConfirmResult,
    CorrectTriage, ExecuteStep, Hold, OfferPlan, PlanStepInput, ProposePlan, RecordConsent,
    RecordCorrectiveAction, RecordFinding, RecordFiveWOneH, RecordSatisfaction, Redress, Reopen,
    Satisfaction, Verify, VerifyCorrectiveAction, Visibility, Withdraw, case_command::Command,
};

use super::{house::Team, moves::Wait};

const MEANS: &str = "phone";
/// Shorter than the longest hold that a handler may grant alone.
const HOLD_DAYS: i64 = 2;
const PLAN_DAYS: i64 = 3;

fn in_days(now: Timestamp, days: i64) -> Option<prost_types::Timestamp> {
    let then = now.checked_add((days * 24).hours()).ok()?;
    Some(prost_types::Timestamp {
        seconds: then.as_second(),
        nanos: 0,
    })
}

pub(crate) fn note(text: &str, visibility: Visibility) -> Command {
    Command::AddNote(AddNote {
        visibility: visibility.into(),
        text: text.to_owned(),
    })
}

pub(super) fn assign(team: &Team, group: &str) -> Command {
    Command::Assign(Assign {
        department: team.department.clone(),
        handler: team.handler.clone(),
        reason: format!("handed to {group}"),
    })
}

pub(super) fn triage(urgency: &str, severity: &str) -> Command {
    Command::CorrectTriage(CorrectTriage {
        category: String::new(),
        urgency: urgency.to_owned(),
        severity: severity.to_owned(),
        reason: "as the log has it".to_owned(),
    })
}

pub(super) fn hold(wait: Wait, label: &str, now: Timestamp) -> Command {
    Command::Hold(Hold {
        pause: wait.pause().to_owned(),
        reason: label.to_owned(),
        evidence: "the event log".to_owned(),
        until: in_days(now, HOLD_DAYS),
    })
}

/// What the procedure demands before a plan.
pub(crate) fn investigation(label: &str, party: &str) -> [Command; 5] {
    let text = || label.to_owned();
    [
        Command::Verify(Verify {
            authentic: true,
            reasonable: true,
            text: text(),
        }),
        Command::RecordFinding(RecordFinding {
            text: text(),
            evidence: vec![],
        }),
        Command::RecordFiveWOneH(RecordFiveWOneH {
            who: "the caller".to_owned(),
            what: text(),
            when: "as lodged".to_owned(),
            why: "as found".to_owned(),
            r#where: "as lodged".to_owned(),
            how_many: "1".to_owned(),
        }),
        Command::AssessResponsibility(AssessResponsibility {
            parties: vec![party.to_owned()],
            text: text(),
        }),
        Command::CompleteInvestigation(CompleteInvestigation {}),
    ]
}

/// A plan of one step without a price, and what leads up to its execution.
pub(crate) fn solution(label: &str, owner: &str, now: Timestamp) -> [Command; 4] {
    let step = PlanStepInput {
        step: "solution".to_owned(),
        owner: owner.to_owned(),
        due_at: in_days(now, PLAN_DAYS),
        text: label.to_owned(),
    };
    [
        Command::ProposePlan(ProposePlan {
            steps: vec![step],
            redress: vec![Redress {
                kind: "fix".to_owned(),
                amount: None,
            }],
            text: label.to_owned(),
            similar: vec![],
        }),
        Command::OfferPlan(OfferPlan {
            means: MEANS.to_owned(),
            text: label.to_owned(),
        }),
        Command::RecordConsent(RecordConsent {
            means: MEANS.to_owned(),
            proof: String::new(),
        }),
        Command::ExecuteStep(ExecuteStep {
            step: 0,
            text: label.to_owned(),
        }),
    ]
}

pub(crate) fn confirm(label: &str) -> Command {
    Command::ConfirmResult(ConfirmResult {
        means: MEANS.to_owned(),
        text: label.to_owned(),
    })
}

pub(crate) fn close(label: &str) -> Command {
    Command::Close(Close {
        means: MEANS.to_owned(),
        answers: vec![label.to_owned()],
        text: label.to_owned(),
    })
}

pub(super) fn withdraw() -> Command {
    Command::Withdraw(Withdraw {
        reason: "closed in the log without a solution".to_owned(),
    })
}

pub(super) fn dissatisfied(label: &str) -> Command {
    Command::RecordSatisfaction(RecordSatisfaction {
        satisfaction: Satisfaction::Dissatisfied.into(),
        text: label.to_owned(),
    })
}

pub(super) fn reopen(label: &str) -> Command {
    Command::Reopen(Reopen {
        reason: label.to_owned(),
    })
}

pub(super) fn fault(label: &str, owner: &str, now: Timestamp) -> Command {
    Command::RecordCorrectiveAction(RecordCorrectiveAction {
        text: label.to_owned(),
        owner: owner.to_owned(),
        due_at: in_days(now, PLAN_DAYS),
        preventive: false,
    })
}

pub(super) fn mended(action: u32, label: &str) -> Command {
    Command::VerifyCorrectiveAction(VerifyCorrectiveAction {
        action,
        effective: true,
        text: label.to_owned(),
    })
}
