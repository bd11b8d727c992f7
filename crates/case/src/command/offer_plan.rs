//! Tells the customer the plan; again, if they were not reached.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text};

/// Tells the customer the plan; again, if they were not reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferPlan {
    /// By phone, email, …
    pub means: String,
    /// In words.
    pub text: Text,
}

impl Step for OfferPlan {
    const STAGES: Stages = Stages::of(&[Stage::PlanApproved, Stage::Offered]);
}
