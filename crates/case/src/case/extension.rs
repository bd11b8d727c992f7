//! An extension that somebody asked for and nobody has answered.

use redress_policy::ClockId;

use super::Case;
use crate::{Change, PersonId, Text};

/// An extension that waits for somebody else's approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedExtension {
    /// Counts the requests of the case from 1.
    pub number: u32,
    /// Who asked.
    pub requester: PersonId,
    /// Which clock of the policy; `None`: every running one.
    pub clock: Option<ClockId>,
    /// By how much, as in policy files.
    pub by: String,
    /// Why. Kept until it is answered, since the customer is told it when it is granted.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
}

impl Case {
    /// What becomes of the request.
    #[rustfmt::skip]
    pub(super) fn apply_to_extension(&mut self, change: &Change, actor: &PersonId) {
        match change {
            Change::ExtensionRequested { request, clock, by, reason, evidence } => {
                self.extension_requests = self.extension_requests.max(*request);
                self.extension = Some(AskedExtension {
                    number: *request,
                    requester: actor.clone(),
                    clock: clock.clone(),
                    by: by.clone(),
                    reason: reason.clone(),
                    evidence: evidence.clone(),
                });
            }
            Change::ExtensionApproved { request, .. }
            | Change::ExtensionRefused { request, .. } => {
                self.extension = self.extension.take().filter(|asked| asked.number != *request);
            }
            _ => {}
        }
    }
}
