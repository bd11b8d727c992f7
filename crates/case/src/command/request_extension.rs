//! Asks for an extension that somebody else approves.

use redress_policy::ClockId;

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, extension};

/// Asks for an extension that somebody else approves. A further request takes the place of the one
/// that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestExtension {
    /// Which clock of the policy; `None`: every running one.
    pub clock: Option<ClockId>,
    /// By how much, as in policy files: `5 working days`.
    pub by: String,
    /// Why; the customer is told it once the extension is granted.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
}

impl Step for RequestExtension {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let clock = self.clock.as_ref();
        let span = extension::check(desk, clock, &self.by, &self.reason, &self.evidence)?;
        let asked = extension::first_level(desk, span)?;
        Ok(vec![Change::ExtensionRequested {
            request: desk.case.extension_requests.saturating_add(1),
            clock: self.clock.clone(),
            by: span.to_string(),
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            asked: Some(asked),
            not_asked: extension::not_asked(desk.case, &desk.cx.actor.id),
        }])
    }
}
