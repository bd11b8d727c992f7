//! Hands the case to the level above, the only way the first responsible person may.

use redress_policy::{Person, PersonId};

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Hands the case to the level above, the only way the first responsible person may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferUp {
    /// Why.
    pub reason: Text,
}

impl Step for TransferUp {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        superior(desk).map(drop)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        let superior = superior(desk)?;
        let own = superior.department.clone();
        Ok(vec![Change::TransferredUp {
            department: own.unwrap_or_else(|| desk.case.department.clone()),
            handler: superior.id.clone(),
            reason: self.reason.clone(),
        }])
    }
}

/// Who stands above the one who has the case; for somebody whom the policy no longer knows, above
/// their department's people.
fn superior<'d>(desk: &Desk<'d>) -> Result<&'d Person, Rejection> {
    let (staff, case) = (desk.staff(), desk.case);
    let line = match staff.person(&case.handler) {
        Some(_) => staff.line(&case.handler),
        None => staff.line_of(&case.department),
    };
    let nobody = || {
        let id = case.handler.clone();
        desk.instead(TransferUpRejection::NobodyAbove { id })
    };
    line.first().copied().ok_or_else(nobody)
}

rejections! {
    /// Why a case is not handed upwards.
    TransferUpRejection {
        NobodyAbove { id: PersonId } => NotAllowedNow "nobody_above"
            "nobody stands above {id}"
            "{id} 之上没有上级",
    }
}
