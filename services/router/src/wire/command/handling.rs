//! Who has the case, and what lies over its stages.

use redress_case::{
    Accept, AddNote, ApproveExtension, Assign, Command, CorrectTriage, Extend, Hold, Merge,
    RefuseExtension, RequestExtension, Resume, StartJointHandling, Text, TransferUp,
};
use redress_wire::router::{self as wire, CaseWish, case_command::Command as Wire};

use super::{Read, other};
use crate::wire::{
    Fault,
    value::{given, ids, time_given, visibility_from},
};

pub(super) fn from_wire(command: &Wire, wish: &CaseWish) -> Read {
    Ok(Some(match command {
        Wire::Assign(assign) => Command::Assign(Assign {
            department: given(&assign.department),
            handler: given(&assign.handler),
            reason: Text::of("reason", &assign.reason)?,
        }),
        Wire::Accept(wire::Accept {}) => Command::Accept(Accept),
        Wire::TransferUp(transfer) => Command::TransferUp(TransferUp {
            reason: Text::of("reason", &transfer.reason)?,
        }),
        Wire::StartJointHandling(joint) => Command::StartJointHandling(StartJointHandling {
            lead: given(&joint.lead_department),
            supporting: ids(&joint.supporting_departments),
        }),
        Wire::CorrectTriage(correct) => Command::CorrectTriage(CorrectTriage {
            category: given(&correct.category),
            urgency: given(&correct.urgency),
            severity: given(&correct.severity),
            reason: Text::of("reason", &correct.reason)?,
        }),
        Wire::Merge(merge) => Command::Merge(Merge {
            into: other(wish, "into", &merge.into)?,
        }),
        Wire::AddNote(note) => Command::AddNote(AddNote {
            visibility: visibility_from(note.visibility).ok_or_else(|| {
                Fault::unknown("visibility", "VISIBILITY_INTERNAL, VISIBILITY_CUSTOMER")
            })?,
            text: Text::of("text", &note.text)?,
        }),
        other => return overlay(other),
    }))
}

fn overlay(command: &Wire) -> Read {
    Ok(Some(match command {
        Wire::Hold(hold) => {
            let until = hold.until.as_ref();
            let until = until.map(|at| time_given("until", at.seconds, at.nanos));
            Command::Hold(Hold {
                pause: hold.pause.trim().into(),
                reason: Text::of("reason", &hold.reason)?,
                evidence: hold.evidence.trim().to_owned(),
                until: until.transpose()?,
            })
        }
        Wire::Resume(wire::Resume {}) => Command::Resume(Resume),
        Wire::Extend(extend) => Command::Extend(Extend {
            clock: given(&extend.clock),
            by: extend.by.trim().to_owned(),
            reason: Text::of("reason", &extend.reason)?,
            evidence: extend.evidence.trim().to_owned(),
            approved_by: given(&extend.approved_by),
        }),
        Wire::RequestExtension(request) => Command::RequestExtension(RequestExtension {
            clock: given(&request.clock),
            by: request.by.trim().to_owned(),
            reason: Text::of("reason", &request.reason)?,
            evidence: request.evidence.trim().to_owned(),
        }),
        Wire::ApproveExtension(approve) => Command::ApproveExtension(ApproveExtension {
            request: approve.request,
            text: Text::of("text", &approve.text)?,
        }),
        Wire::RefuseExtension(refuse) => Command::RefuseExtension(RefuseExtension {
            request: refuse.request,
            reason: Text::of("reason", &refuse.reason)?,
        }),
        _ => return Ok(None),
    }))
}
