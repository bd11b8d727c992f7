//! Compiles the 8D report from what the record holds.

use crate::command::Step;
use crate::stage::Stages;

/// Compiles the 8D report from what the record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileEightD;

impl Step for CompileEightD {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
