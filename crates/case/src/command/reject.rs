//! Rejects the complaint as unfounded: reason and appeal.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Rejects the complaint as unfounded: reason and appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Text,
    /// How the customer may appeal.
    pub appeal: Text,
}

impl Step for Reject {
    const STAGES: Stages = Stages::BEFORE_CONSENT;
}
