//! Takes the case into a recall: its customer is told first.

use crate::command::Step;
use crate::stage::Stages;
use crate::{OtherCase, Text};

/// Takes the case into a recall: its customer is told first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRecall {
    /// The case that leads it.
    pub recall: OtherCase,
    /// Which batch.
    pub batch_no: String,
    /// What the customer is told.
    pub text: Text,
}

impl Step for JoinRecall {
    const STAGES: Stages = Stages::ALL;
    const WHILE_HELD: bool = true;
}
