//! The preliminary verification.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

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

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        if !(self.authentic && self.reasonable) {
            input::given("text", &self.text)?;
        }
        Ok(vec![Change::Verified {
            authentic: self.authentic,
            reasonable: self.reasonable,
            text: self.text.clone(),
        }])
    }
}
