//! The customer confirmed the result.

use crate::command::Step;
use crate::desk::Desk;
use crate::input::MEANS;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

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

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::one_of("means", &self.means, &MEANS)?;
        Ok(vec![Change::ResultConfirmed {
            means: self.means.clone(),
            text: self.text.clone(),
        }])
    }
}
