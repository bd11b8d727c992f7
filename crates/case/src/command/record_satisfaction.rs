//! How satisfied the customer is; dissatisfied leads to second processing.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Satisfaction, Text};

/// How satisfied the customer is; dissatisfied leads to second processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSatisfaction {
    /// How.
    pub satisfaction: Satisfaction,
    /// In words.
    pub text: Text,
}

impl Step for RecordSatisfaction {
    const STAGES: Stages = Stages::AFTER_EXECUTION;
}
