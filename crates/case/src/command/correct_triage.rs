//! Category, urgency or severity are others than was thought.

use redress_policy::{CategoryId, SeverityId, UrgencyId};

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Category, urgency or severity are others than was thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectTriage {
    /// `None`: as it is.
    pub category: Option<CategoryId>,
    /// `None`: as it is.
    pub urgency: Option<UrgencyId>,
    /// `None`: as it is.
    pub severity: Option<SeverityId>,
    /// Why.
    pub reason: Text,
}

impl Step for CorrectTriage {
    const STAGES: Stages = Stages::OPEN;
    const WHILE_HELD: bool = true;
}
