//! Refuses the extension that somebody else asks for: the deadline stays.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, extension, input};

/// Refuses the extension that somebody else asks for: the deadline stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefuseExtension {
    /// The request that was looked at; 0: the current one.
    pub request: u32,
    /// Why.
    pub reason: Text,
}

impl Step for RefuseExtension {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        extension::turn(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let (asked, on_behalf_of) = extension::turn(desk)?;
        extension::same_request(asked, self.request)?;
        input::given("reason", &self.reason)?;
        Ok(vec![Change::ExtensionRefused {
            request: asked.number,
            requester: asked.requester.clone(),
            on_behalf_of,
            reason: self.reason.clone(),
        }])
    }
}
