//! What was found out, and what follows from it for the house.

use redress_case::{
    AssessResponsibility, AttachProof, Command, CompileEightD, CompleteInvestigation, Evidence,
    RecordCorrectiveAction, RecordFinding, RecordFiveWOneH, RecordMeasure, RecordRootCause, Text,
    Verify, VerifyCorrectiveAction,
};
use redress_wire::router::{self as wire, case_command::Command as Wire};

use super::Read;
use crate::wire::{
    Fault,
    value::{answers_given, evidence_given, ids, time_given},
};

pub(super) fn from_wire(command: &Wire) -> Read {
    Ok(Some(match command {
        Wire::Verify(verify) => Command::Verify(Verify {
            authentic: verify.authentic,
            reasonable: verify.reasonable,
            text: Text::of("text", &verify.text)?,
        }),
        Wire::RecordFinding(finding) => Command::RecordFinding(RecordFinding {
            text: Text::of("text", &finding.text)?,
            evidence: evidence(&finding.evidence)?,
        }),
        Wire::RecordRootCause(cause) => Command::RecordRootCause(RecordRootCause {
            branch: cause.branch.trim().into(),
            whys: texts("whys", &cause.whys)?,
            occurrence: Text::of("occurrence", &cause.occurrence)?,
            escape: Text::of("escape", &cause.escape)?,
        }),
        Wire::RecordFiveWOneH(answers) => Command::RecordFiveWOneH(RecordFiveWOneH {
            answers: answers_given(answers)?,
        }),
        Wire::AssessResponsibility(assess) => Command::AssessResponsibility(AssessResponsibility {
            parties: ids(&assess.parties),
            text: Text::of("text", &assess.text)?,
        }),
        Wire::CompleteInvestigation(wire::CompleteInvestigation {}) => {
            Command::CompleteInvestigation(CompleteInvestigation)
        }
        Wire::AttachProof(attach) => {
            let proof = attach.proof.clone().unwrap_or_default();
            Command::AttachProof(AttachProof {
                proof: evidence_given(&proof)?,
            })
        }
        other => return follow_up(other),
    }))
}

fn follow_up(command: &Wire) -> Read {
    Ok(Some(match command {
        Wire::RecordCorrectiveAction(action) => {
            let due = action.due_at.as_ref();
            let due = due.map(|at| time_given("due_at", at.seconds, at.nanos));
            Command::RecordCorrectiveAction(RecordCorrectiveAction {
                text: Text::of("text", &action.text)?,
                owner: action.owner.trim().to_owned(),
                due_at: due.transpose()?,
                preventive: action.preventive,
            })
        }
        Wire::VerifyCorrectiveAction(verify) => {
            Command::VerifyCorrectiveAction(VerifyCorrectiveAction {
                action: verify.action,
                effective: verify.effective,
                text: Text::of("text", &verify.text)?,
            })
        }
        Wire::RecordMeasure(measure) => Command::RecordMeasure(RecordMeasure {
            measure: measure.measure.trim().into(),
            text: Text::of("text", &measure.text)?,
            people: measure.people.clone(),
            evidence: evidence(&measure.evidence)?,
        }),
        Wire::CompileEightD(wire::CompileEightD {}) => Command::CompileEightD(CompileEightD),
        _ => return Ok(None),
    }))
}

fn evidence(given: &[wire::EvidenceInput]) -> Result<Vec<Evidence>, Fault> {
    given.iter().map(evidence_given).collect()
}

pub(super) fn texts(field: &'static str, given: &[String]) -> Result<Vec<Text>, Fault> {
    given
        .iter()
        .map(|text| Ok(Text::of(field, text)?))
        .collect()
}
