//! Nothing more has to be found out before a plan is made.

use crate::Stage;
use crate::command::Step;
use crate::stage::Stages;

/// Nothing more has to be found out before a plan is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteInvestigation;

impl Step for CompleteInvestigation {
    const STAGES: Stages = Stages::of(&[Stage::Verified, Stage::Reopened]);
}
