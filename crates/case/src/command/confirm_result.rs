//! The customer confirmed the result.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// The customer confirmed the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmResult {
    /// By phone, email, …
    pub means: String,
    /// In words.
    pub text: Text,
}

impl Step for ConfirmResult {
    const STAGES: Stages = Stages::of(&[Stage::Executed]);
}
