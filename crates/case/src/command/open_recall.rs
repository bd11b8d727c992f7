//! Opens the recall of a batch, led by this case.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// Opens the recall of a batch, led by this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecall {
    /// Which batch; empty: the case's own.
    pub batch_no: String,
    /// What the customers are told.
    pub text: Text,
}

impl Step for OpenRecall {
    const STAGES: Stages = Stages::WITH_HANDLER.and(&[Stage::Closed]);
    const WHILE_HELD: bool = true;
}
