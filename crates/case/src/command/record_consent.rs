//! The customer agreed to the plan.

use crate::command::Step;
use crate::desk::Desk;
use crate::input::MEANS;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, input};

/// The customer agreed to the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordConsent {
    /// By phone, email, …
    pub means: String,
    /// Object of the proof, such as a recording; empty if none.
    pub proof: String,
}

impl Step for RecordConsent {
    const STAGES: Stages = Stages::of(&[Stage::Offered]);

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::one_of("means", &self.means, &MEANS)?;
        input::short("proof", &self.proof)?;
        Ok(vec![Change::ConsentGiven {
            plan: desk.case.plans,
            means: self.means.clone(),
            proof: self.proof.clone(),
        }])
    }
}
