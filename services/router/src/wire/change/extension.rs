//! Extensions that somebody else has to approve.

use redress_case::Change;
use redress_wire::router::{self as wire, case_event::Change as Wire};

use crate::wire::value::{given, open, seal, told};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::ExtensionRequested { request, clock, by, reason, evidence } => {
            Wire::ExtensionRequested(wire::ExtensionRequested {
                request: *request,
                clock: told(clock.as_ref()),
                by: by.clone(),
                reason: seal(reason),
                evidence: evidence.clone(),
            })
        }
        Change::ExtensionApproved { request, on_behalf_of, text } => {
            Wire::ExtensionApproved(wire::ExtensionApproved {
                request: *request,
                on_behalf_of: told(on_behalf_of.as_ref()),
                text: seal(text),
            })
        }
        Change::ExtensionRefused { request, on_behalf_of, reason } => {
            Wire::ExtensionRefused(wire::ExtensionRefused {
                request: *request,
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
        },
        Wire::ExtensionApproved(approved) => Change::ExtensionApproved {
            request: approved.request,
            on_behalf_of: given(&approved.on_behalf_of),
            text: open(approved.text.as_ref()),
        },
        Wire::ExtensionRefused(refused) => Change::ExtensionRefused {
            request: refused.request,
            on_behalf_of: given(&refused.on_behalf_of),
            reason: open(refused.reason.as_ref()),
        },
        _ => return None,
    })
}
