//! What was found out, and what follows from it for the house.

use redress_case::{Change, Discipline};
use redress_wire::{
    event::timestamp,
    router::{self as wire, case_event::Change as Wire},
};

use crate::wire::value::{
    answers_from, answers_to, evidence_from, evidence_to, ids, open, opened, seal, sealed, words,
};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::Verified { authentic, reasonable, text } => Wire::Verified(wire::CaseVerified {
            authentic: *authentic,
            reasonable: *reasonable,
            text: seal(text),
        }),
        Change::FindingRecorded { text, evidence } => {
            Wire::FindingRecorded(wire::FindingRecorded {
                text: seal(text),
                evidence: evidence.iter().map(evidence_to).collect(),
            })
        }
        Change::RootCauseRecorded { branch, whys, occurrence, escape } => {
            Wire::RootCauseRecorded(wire::RootCauseRecorded {
                branch: branch.as_str().to_owned(),
                whys: sealed(whys),
                occurrence: seal(occurrence),
                escape: seal(escape),
            })
        }
        Change::FiveWOneHRecorded { answers } => {
            Wire::FiveWOneHRecorded(wire::FiveWOneHRecorded { answers: Some(answers_to(answers)) })
        }
        Change::ResponsibilityAssessed { parties, text } => {
            Wire::ResponsibilityAssessed(wire::ResponsibilityAssessed {
                parties: words(parties),
                text: seal(text),
            })
        }
        Change::InvestigationCompleted => {
            Wire::InvestigationCompleted(wire::InvestigationCompleted {})
        }
        Change::ProofAttached { proof } => {
            Wire::ProofAttached(wire::ProofAttached { proof: Some(evidence_to(proof)) })
        }
        other => return to_follow_up(other),
    })
}

#[rustfmt::skip]
fn to_follow_up(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::CorrectiveActionRecorded { action, text, owner, due_at, preventive } => {
            Wire::CorrectiveActionRecorded(wire::CorrectiveActionRecorded {
                action: *action,
                text: seal(text),
                owner: owner.clone(),
                due_at_us: due_at.as_microsecond(),
                preventive: *preventive,
            })
        }
        Change::CorrectiveActionVerified { action, effective, text } => {
            Wire::CorrectiveActionVerified(wire::CorrectiveActionVerified {
                action: *action,
                effective: *effective,
                text: seal(text),
            })
        }
        Change::MeasureRecorded { measure, text, people, evidence } => {
            Wire::MeasureRecorded(wire::MeasureRecorded {
                measure: measure.as_str().to_owned(),
                text: seal(text),
                people: people.clone(),
                evidence: evidence.iter().map(evidence_to).collect(),
            })
        }
        Change::EightDCompiled { complete, missing } => {
            let named = |of: &[Discipline]| of.iter().map(ToString::to_string).collect();
            Wire::EightDCompiled(wire::EightDCompiled {
                complete: named(complete),
                missing: named(missing),
            })
        }
        _ => return None,
    })
}

#[rustfmt::skip]
pub(super) fn from_wire(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::Verified(verified) => Change::Verified {
            authentic: verified.authentic,
            reasonable: verified.reasonable,
            text: open(verified.text.as_ref()),
        },
        Wire::FindingRecorded(recorded) => Change::FindingRecorded {
            text: open(recorded.text.as_ref()),
            evidence: recorded.evidence.iter().map(evidence_from).collect(),
        },
        Wire::RootCauseRecorded(recorded) => Change::RootCauseRecorded {
            branch: recorded.branch.as_str().into(),
            whys: opened(&recorded.whys),
            occurrence: open(recorded.occurrence.as_ref()),
            escape: open(recorded.escape.as_ref()),
        },
        Wire::FiveWOneHRecorded(recorded) => Change::FiveWOneHRecorded {
            answers: recorded.answers.as_ref().map(answers_from).unwrap_or_default(),
        },
        Wire::ResponsibilityAssessed(assessed) => Change::ResponsibilityAssessed {
            parties: ids(&assessed.parties),
            text: open(assessed.text.as_ref()),
        },
        Wire::InvestigationCompleted(wire::InvestigationCompleted {}) => {
            Change::InvestigationCompleted
        }
        Wire::ProofAttached(attached) => Change::ProofAttached {
            proof: evidence_from(&attached.proof.clone().unwrap_or_default()),
        },
        other => return from_follow_up(other),
    })
}

fn from_follow_up(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::CorrectiveActionRecorded(recorded) => Change::CorrectiveActionRecorded {
            action: recorded.action,
            text: open(recorded.text.as_ref()),
            owner: recorded.owner.clone(),
            due_at: timestamp(recorded.due_at_us),
            preventive: recorded.preventive,
        },
        Wire::CorrectiveActionVerified(verified) => Change::CorrectiveActionVerified {
            action: verified.action,
            effective: verified.effective,
            text: open(verified.text.as_ref()),
        },
        Wire::MeasureRecorded(recorded) => Change::MeasureRecorded {
            measure: recorded.measure.as_str().into(),
            text: open(recorded.text.as_ref()),
            people: recorded.people.clone(),
            evidence: recorded.evidence.iter().map(evidence_from).collect(),
        },
        Wire::EightDCompiled(compiled) => Change::EightDCompiled {
            complete: disciplines(&compiled.complete),
            missing: disciplines(&compiled.missing),
        },
        _ => return None,
    })
}

fn disciplines(named: &[String]) -> Vec<Discipline> {
    named.iter().filter_map(|name| name.parse().ok()).collect()
}
