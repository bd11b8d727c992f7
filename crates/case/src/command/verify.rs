//! The preliminary verification.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// The preliminary verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// Whether it is authentic.
    pub authentic: bool,
    /// Whether it is reasonable.
    pub reasonable: bool,
    /// In words.
    pub text: Text,
}

impl Step for Verify {
    const STAGES: Stages = Stages::VERIFIABLE;
}
