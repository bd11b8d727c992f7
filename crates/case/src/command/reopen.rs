//! Begins second processing.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Begins second processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopen {
    /// Why.
    pub reason: Text,
}

impl Step for Reopen {
    const STAGES: Stages = Stages::REOPENABLE;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        Ok(vec![Change::Reopened {
            round: desk.case.round.saturating_add(1),
            reason: self.reason.clone(),
        }])
    }
}
