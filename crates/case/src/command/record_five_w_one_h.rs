//! Answers some of the six questions.

use crate::FiveWOneH;
use crate::command::Step;
use crate::stage::Stages;

/// Answers some of the six questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFiveWOneH {
    /// Those that are answered; what is empty stays as it was.
    pub answers: FiveWOneH,
}

impl Step for RecordFiveWOneH {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
