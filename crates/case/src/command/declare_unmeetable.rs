//! What the customer wishes cannot be met: reason and apology.

use redress_policy::Need;

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, gate, input};

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

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        gate::demand(desk, &[Need::Verification])
    }

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        input::given("apology", &self.apology)?;
        Ok(vec![Change::DeclaredUnmeetable {
            reason: self.reason.clone(),
            apology: self.apology.clone(),
        }])
    }
}
