//! Begins second processing.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Begins second processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopen {
    /// Why.
    pub reason: Text,
}

impl Step for Reopen {
    const STAGES: Stages = Stages::REOPENABLE;
}
