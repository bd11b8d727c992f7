//! Ends the recall that this case leads.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// Ends the recall that this case leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseRecall {
    /// The closing report.
    pub report: Text,
    /// Cases of the batch, this one not counted; as found by the caller.
    pub affected: u64,
    /// Of them ended.
    pub finished: u64,
}

impl Step for CloseRecall {
    const STAGES: Stages = Stages::ALL.without(&[Stage::Archived]);
    const WHILE_HELD: bool = true;
}
