//! Moves a deadline, as far as the actor may without anybody.

use redress_policy::{ClockId, PersonId};

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, extension, input};

/// Moves a deadline, as far as the actor may without anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Which clock of the policy; `None`: every running one.
    pub clock: Option<ClockId>,
    /// By how much, as in policy files: `5 working days`.
    pub by: String,
    /// Why.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
    /// Who approved it, by the actor's word: recorded, and no way above the limit.
    pub approved_by: Option<PersonId>,
}

impl Step for Extend {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let clock = self.clock.as_ref();
        let span = extension::check(desk, clock, &self.by, &self.reason, &self.evidence)?;
        if let Some(id) = &self.approved_by {
            input::person(desk, id)?;
        }
        extension::within_own_limit(desk, span)?;
        Ok(vec![Change::Extended {
            clock: self.clock.clone(),
            by: span.to_string(),
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            approved_by: self.approved_by.clone(),
        }])
    }
}
