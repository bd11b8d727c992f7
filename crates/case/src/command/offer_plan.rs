//! Tells the customer the plan; again, if they were not reached.

use crate::command::Step;
use crate::desk::Desk;
use crate::input::MEANS;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, approval, input};

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

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        let missing = approval::not_asked(desk);
        if missing.is_empty() {
            return Ok(());
        }
        Err(desk.lacking(missing))
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::one_of("means", &self.means, &MEANS)?;
        Ok(vec![Change::PlanOffered {
            plan: desk.case.plans,
            means: self.means.clone(),
            text: self.text.clone(),
        }])
    }
}
