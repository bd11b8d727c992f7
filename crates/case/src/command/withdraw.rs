//! The customer withdraws the complaint.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text};

/// The customer withdraws the complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdraw {
    /// Why, if they said.
    pub reason: Text,
}

impl Step for Withdraw {
    const STAGES: Stages = Stages::OPEN;
    const WHILE_HELD: bool = true;

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        Ok(vec![Change::Withdrawn {
            reason: self.reason.clone(),
        }])
    }
}
