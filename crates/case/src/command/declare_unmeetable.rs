//! What the customer wishes cannot be met: reason and apology.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// What the customer wishes cannot be met: reason and apology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclareUnmeetable {
    /// Why.
    pub reason: Text,
    /// How the house apologises.
    pub apology: Text,
}

impl Step for DeclareUnmeetable {
    const STAGES: Stages = Stages::BEFORE_CONSENT.and(&[Stage::CustomerAgreed, Stage::Executing]);
}
