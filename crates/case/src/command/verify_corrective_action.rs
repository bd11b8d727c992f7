//! Says whether an action works.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Says whether an action works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyCorrectiveAction {
    /// Which, from 1.
    pub action: u32,
    /// Whether it does.
    pub effective: bool,
    /// In words.
    pub text: Text,
}

impl Step for VerifyCorrectiveAction {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
