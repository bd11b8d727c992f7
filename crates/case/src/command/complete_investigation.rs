//! Nothing more has to be found out before a plan is made.

use redress_policy::Need;

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, gate};

/// Nothing more has to be found out before a plan is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteInvestigation;

impl Step for CompleteInvestigation {
    const STAGES: Stages = Stages::of(&[Stage::Verified, Stage::Reopened]);

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        gate::demand(desk, &[Need::Verification])
    }

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        Ok(vec![Change::InvestigationCompleted])
    }
}
