//! Who is responsible.

use redress_policy::PartyId;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessResponsibility {
    /// The parties.
    pub parties: Vec<PartyId>,
    /// In words.
    pub text: Text,
}

impl Step for AssessResponsibility {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::few("parties", &self.parties)?;
        if self.parties.is_empty() {
            return Err(ResponsibilityRejection::NoParty {}.into());
        }
        for party in &self.parties {
            input::entry("party", party.as_str(), &desk.procedures().parties)?;
        }
        Ok(vec![Change::ResponsibilityAssessed {
            parties: self.parties.clone(),
            text: self.text.clone(),
        }])
    }
}

rejections! {
    /// Why nobody is held responsible.
    ResponsibilityRejection {
        NoParty {} => Invalid "no_party"
            "no party is named: name at least one"
            "未指明责任方:请至少指明一个",
    }
}
