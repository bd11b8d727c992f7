//! Keeps the case; nobody works on it again.

use crate::Stage;
use crate::command::Step;
use crate::stage::Stages;

/// Keeps the case; nobody works on it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive;

impl Step for Archive {
    const STAGES: Stages = Stages::of(&[Stage::Closed, Stage::Merged]);
}
