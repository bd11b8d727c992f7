//! Who has the case, and what lies over its stages.

use redress_case::{Change, Triage};
use redress_complaint::ComplaintId;
use redress_wire::router::{self as wire, CaseEvent, case_event::Change as Wire};

use crate::wire::value::{
    given, ids, micros, open, seal, time, told, visibility_from, visibility_to, words,
};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::Assigned { reason, .. } => {
            Wire::Assigned(wire::CaseAssigned { reason: seal(reason) })
        }
        Change::Accepted => Wire::Accepted(wire::CaseAccepted {}),
        Change::TransferredUp { reason, .. } => {
            Wire::TransferredUp(wire::CaseTransferredUp { reason: seal(reason) })
        }
        Change::JointHandlingStarted { lead, supporting } => {
            Wire::JointHandlingStarted(wire::JointHandlingStarted {
                lead_department: lead.as_str().to_owned(),
                supporting_departments: words(supporting),
            })
        }
        Change::Held { pause, reason, evidence, until } => Wire::Held(wire::CaseHeld {
            pause: pause.as_str().to_owned(),
            reason: seal(reason),
            evidence: evidence.clone(),
            until_us: micros(*until),
        }),
        Change::Resumed { pause } => {
            Wire::Resumed(wire::CaseResumed { pause: pause.as_str().to_owned() })
        }
        Change::Extended { clock, by, reason, evidence, approved_by } => {
            Wire::Extended(wire::CaseExtended {
                clock: told(clock.as_ref()),
                by: by.clone(),
                reason: seal(reason),
                evidence: evidence.clone(),
                approved_by: told(approved_by.as_ref()),
            })
        }
        Change::TriageCorrected { before, reason, rank, wide_impact, .. } => {
            let before = before.as_ref();
            Wire::TriageCorrected(wire::TriageCorrected {
                category_before: told(before.map(|triage| &triage.category)),
                urgency_before: told(before.map(|triage| &triage.urgency)),
                severity_before: told(before.map(|triage| &triage.severity)),
                reason: seal(reason),
                rank: *rank,
                wide_impact: *wide_impact,
            })
        }
        Change::Merged { into, number } => Wire::Merged(wire::CaseMerged {
            into_complaint_id: into.as_bytes().to_vec(),
            into_number: number.clone(),
        }),
        Change::NoteAdded { visibility, text } => Wire::NoteAdded(wire::NoteAdded {
            visibility: visibility_to(*visibility).into(),
            text: seal(text),
        }),
        Change::Refused { command, reason } => Wire::CommandRefused(wire::CommandRefused {
            command: command.clone(),
            reason: reason.clone(),
        }),
        _ => return None,
    })
}

/// Who has the case and how it is triaged after the change stands around it.
#[rustfmt::skip]
pub(super) fn from_wire(change: &Wire, around: &CaseEvent) -> Option<Change> {
    Some(match change {
        Wire::Assigned(assigned) => Change::Assigned {
            department: around.department.as_str().into(),
            handler: around.handler.as_str().into(),
            reason: open(assigned.reason.as_ref()),
        },
        Wire::Accepted(wire::CaseAccepted {}) => Change::Accepted,
        Wire::TransferredUp(transferred) => Change::TransferredUp {
            department: around.department.as_str().into(),
            handler: around.handler.as_str().into(),
            reason: open(transferred.reason.as_ref()),
        },
        Wire::JointHandlingStarted(started) => Change::JointHandlingStarted {
            lead: started.lead_department.as_str().into(),
            supporting: ids(&started.supporting_departments),
        },
        Wire::Held(held) => Change::Held {
            pause: held.pause.as_str().into(),
            reason: open(held.reason.as_ref()),
            evidence: held.evidence.clone(),
            until: time(held.until_us),
        },
        Wire::Resumed(resumed) => Change::Resumed { pause: resumed.pause.as_str().into() },
        Wire::Extended(extended) => Change::Extended {
            clock: given(&extended.clock),
            by: extended.by.clone(),
            reason: open(extended.reason.as_ref()),
            evidence: extended.evidence.clone(),
            approved_by: given(&extended.approved_by),
        },
        Wire::TriageCorrected(corrected) => Change::TriageCorrected {
            before: Some(Triage {
                category: corrected.category_before.as_str().into(),
                urgency: corrected.urgency_before.as_str().into(),
                severity: corrected.severity_before.as_str().into(),
            }),
            now: Triage {
                category: around.category.as_str().into(),
                urgency: around.urgency.as_str().into(),
                severity: around.severity.as_str().into(),
            },
            reason: open(corrected.reason.as_ref()),
            rank: corrected.rank,
            wide_impact: corrected.wide_impact,
        },
        Wire::Merged(merged) => Change::Merged {
            into: ComplaintId::try_from(&merged.into_complaint_id[..]).ok()?,
            number: merged.into_number.clone(),
        },
        Wire::NoteAdded(added) => Change::NoteAdded {
            visibility: visibility_from(added.visibility)?,
            text: open(added.text.as_ref()),
        },
        Wire::CommandRefused(refused) => Change::Refused {
            command: refused.command.clone(),
            reason: refused.reason.clone(),
        },
        _ => return None,
    })
}
