//! The customer does not want the plan.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// The customer does not want the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRefusal {
    /// Why.
    pub reason: Text,
}

impl Step for RecordRefusal {
    const STAGES: Stages = Stages::of(&[Stage::Offered]);
}
