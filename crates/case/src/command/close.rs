//! Closes the case with a written notice that answers every item.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// Closes the case with a written notice that answers every item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// By email, sms, letter, phone.
    pub means: String,
    /// One for each item of the complaint.
    pub answers: Vec<Text>,
    /// The notice.
    pub text: Text,
}

impl Step for Close {
    const STAGES: Stages = Stages::of(&[
        Stage::CustomerConfirmed,
        Stage::Withdrawn,
        Stage::Rejected,
        Stage::Unmeetable,
    ]);
}
