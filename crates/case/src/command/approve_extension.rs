//! Approves the extension that somebody else asks for: the deadline moves.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, extension};

/// Approves the extension that somebody else asks for: the deadline moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveExtension {
    /// The request that was looked at; 0: the current one.
    pub request: u32,
    /// In words.
    pub text: Text,
}

impl Step for ApproveExtension {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        extension::turn(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let (asked, on_behalf_of) = extension::turn(desk)?;
        extension::same_request(asked, self.request)?;
        let clock = asked.clock.as_ref();
        // The policy may have changed since it was asked for.
        let span = extension::check(desk, clock, &asked.by, &asked.reason, &asked.evidence)?;
        extension::within_own_limit(desk, span)?;
        Ok(vec![
            Change::ExtensionApproved {
                request: asked.number,
                requester: asked.requester.clone(),
                on_behalf_of,
                text: self.text.clone(),
            },
            Change::Extended {
                clock: asked.clock.clone(),
                by: asked.by.clone(),
                reason: asked.reason.clone(),
                evidence: asked.evidence.clone(),
                approved_by: Some(desk.cx.actor.id.clone()),
            },
        ])
    }
}
