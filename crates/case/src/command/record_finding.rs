//! Something was found out.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Evidence, Text};

/// Something was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFinding {
    /// What.
    pub text: Text,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

impl Step for RecordFinding {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
