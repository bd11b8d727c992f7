//! The customer does not want the plan.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

/// The customer does not want the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRefusal {
    /// Why.
    pub reason: Text,
}

impl Step for RecordRefusal {
    const STAGES: Stages = Stages::of(&[Stage::Offered]);

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        Ok(vec![Change::ConsentRefused {
            plan: desk.case.plans,
            reason: self.reason.clone(),
        }])
    }
}
