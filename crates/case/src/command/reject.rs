//! Rejects the complaint as unfounded: reason and appeal.

use redress_policy::Need;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, gate, input};

/// Rejects the complaint as unfounded: reason and appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Text,
    /// How the customer may appeal.
    pub appeal: Text,
}

impl Step for Reject {
    const STAGES: Stages = Stages::BEFORE_CONSENT;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        gate::demand(desk, &[Need::Verification])?;
        let record = &desk.case.record;
        if record.verification == Some((true, true)) && record.findings == 0 {
            return Err(desk.instead(RejectRejection::Founded {}));
        }
        Ok(())
    }

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("reason", &self.reason)?;
        input::given("appeal", &self.appeal)?;
        Ok(vec![Change::Rejected {
            reason: self.reason.clone(),
            appeal: self.appeal.clone(),
        }])
    }
}

rejections! {
    /// Why a complaint is not rejected.
    RejectRejection {
        Founded {} => NotAllowedNow "verified_as_founded"
            "it is verified as authentic and reasonable, and no finding says otherwise: record one"
            "已核实属实且合理,且没有相反的调查发现:请先记录调查发现",
    }
}
