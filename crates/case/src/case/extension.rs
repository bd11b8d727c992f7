//! An extension that somebody asked for and nobody has answered.

use jiff::{SignedDuration, Timestamp};
use redress_policy::ClockId;

use super::Case;
use crate::{ApprovalLevel, Change, PersonId, Text};

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
    /// Who is asked; `None` if the request does not say.
    pub asked: Option<ApprovalLevel>,
    /// When the level above is asked instead; `None`: never.
    pub due_at: Option<Timestamp>,
    /// Since when that level is asked.
    since: Timestamp,
}

impl AskedExtension {
    /// While the case was on hold, nobody had to answer.
    pub(super) fn postpone(&mut self, held_since: Timestamp, until: Timestamp) {
        let held = until.duration_since(held_since.max(self.since));
        if let Some(due_at) = &mut self.due_at {
            let later = due_at.saturating_add(held.max(SignedDuration::ZERO));
            *due_at = later.unwrap_or(Timestamp::MAX);
        }
    }
}

impl Case {
    /// What becomes of the request.
    #[rustfmt::skip]
    pub(super) fn apply_to_extension(&mut self, change: &Change, actor: &PersonId, at: Timestamp) {
        match change {
            Change::ExtensionRequested { request, clock, by, reason, evidence, asked, .. } => {
                self.extension_requests = self.extension_requests.max(*request);
                self.extension = Some(AskedExtension {
                    number: *request,
                    requester: actor.clone(),
                    clock: clock.clone(),
                    by: by.clone(),
                    reason: reason.clone(),
                    evidence: evidence.clone(),
                    asked: asked.clone(),
                    due_at: asked.as_ref().and_then(|level| level.answer_by),
                    since: at,
                });
            }
            Change::ExtensionEscalated { request, to, .. } => {
                let asked = self.extension.as_mut();
                if let Some(asked) = asked.filter(|asked| asked.number == *request) {
                    (asked.due_at, asked.since) = (to.answer_by, at);
                    asked.asked = Some(to.clone());
                }
            }
            Change::ExtensionApproved { request, .. }
            | Change::ExtensionRefused { request, .. } => {
                self.extension = self.extension.take().filter(|asked| asked.number != *request);
            }
            _ => {}
        }
    }
}
