//! Work goes on.

use crate::command::Step;
use crate::stage::Stages;

/// Work goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume;

impl Step for Resume {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;
}
