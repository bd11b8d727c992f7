//! Extensions that somebody else has to approve.

use redress_case::{Change, PersonId};
use redress_wire::router::{self as wire, case_event::Change as Wire};

use crate::wire::value::{given, level_from, level_to, open, seal, told};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::ExtensionRequested { request, clock, by, reason, evidence, asked, not_asked } => {
            Wire::ExtensionRequested(wire::ExtensionRequested {
                request: *request,
                clock: told(clock.as_ref()),
                by: by.clone(),
                reason: seal(reason),
                evidence: evidence.clone(),
                asked: asked.as_ref().map(level_to),
                not_asked: ids(not_asked),
            })
        }
        Change::ExtensionEscalated { request, level, to, not_asked } => {
            Wire::ExtensionEscalated(wire::ExtensionEscalated {
                request: *request,
                level: level.as_str().to_owned(),
                to: Some(level_to(to)),
                not_asked: ids(not_asked),
            })
        }
        Change::ExtensionApproved { request, requester, on_behalf_of, text } => {
            Wire::ExtensionApproved(wire::ExtensionApproved {
                request: *request,
                requester: requester.as_str().to_owned(),
                on_behalf_of: told(on_behalf_of.as_ref()),
                text: seal(text),
            })
        }
        Change::ExtensionRefused { request, requester, on_behalf_of, reason } => {
            Wire::ExtensionRefused(wire::ExtensionRefused {
                request: *request,
                requester: requester.as_str().to_owned(),
                on_behalf_of: told(on_behalf_of.as_ref()),
                reason: seal(reason),
            })
        }
        _ => return None,
    })
}

pub(super) fn from_wire(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::ExtensionRequested(requested) => Change::ExtensionRequested {
            request: requested.request,
            clock: given(&requested.clock),
            by: requested.by.clone(),
            reason: open(requested.reason.as_ref()),
            evidence: requested.evidence.clone(),
            asked: requested.asked.as_ref().map(level_from),
            not_asked: people(&requested.not_asked),
        },
        Wire::ExtensionEscalated(escalated) => Change::ExtensionEscalated {
            request: escalated.request,
            level: escalated.level.as_str().into(),
            to: level_from(escalated.to.as_ref()?),
            not_asked: people(&escalated.not_asked),
        },
        Wire::ExtensionApproved(approved) => Change::ExtensionApproved {
            request: approved.request,
            requester: approved.requester.as_str().into(),
            on_behalf_of: given(&approved.on_behalf_of),
            text: open(approved.text.as_ref()),
        },
        Wire::ExtensionRefused(refused) => Change::ExtensionRefused {
            request: refused.request,
            requester: refused.requester.as_str().into(),
            on_behalf_of: given(&refused.on_behalf_of),
            reason: open(refused.reason.as_ref()),
        },
        _ => return None,
    })
}

fn ids(people: &[PersonId]) -> Vec<String> {
    people.iter().map(|id| id.as_str().to_owned()).collect()
}

fn people(ids: &[String]) -> Vec<PersonId> {
    ids.iter().map(|id| id.as_str().into()).collect()
}
