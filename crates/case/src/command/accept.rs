//! The handler takes the case.

use crate::command::Step;
use crate::decide::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, PersonId, Rejection};

/// The handler takes the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept;

impl Step for Accept {
    const STAGES: Stages = Stages::WITH_HANDLER;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        if desk.case.accepted_by.as_ref() == Some(&desk.case.handler) {
            let by = desk.case.handler.clone();
            return Err(desk.instead(AcceptRejection::Already { by }));
        }
        Ok(vec![Change::Accepted])
    }
}

rejections! {
    /// Why a case is not accepted.
    AcceptRejection {
        Already { by: PersonId } => NotAllowedNow "already_accepted"
            "{by} has accepted the case already"
            "{by} 已受理本案",
    }
}
