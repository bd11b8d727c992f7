//! Why it happened, and why it was not caught.

use redress_policy::BranchId;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::Bad;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Why it happened, and why it was not caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRootCause {
    /// The branch of the fishbone (人机料法环测).
    pub branch: BranchId,
    /// The chain of whys, first the nearest.
    pub whys: Vec<Text>,
    /// Why it happened.
    pub occurrence: Text,
    /// Why it was not caught.
    pub escape: Text,
}

impl Step for RecordRootCause {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::entry("branch", self.branch.as_str(), &desk.procedures().branches)?;
        input::texts("whys", &self.whys)?;
        let nothing = self.occurrence.is_empty() && self.escape.is_empty();
        if nothing && self.whys.is_empty() {
            return Err(Bad::NoText {
                field: "occurrence",
            }
            .into());
        }
        Ok(vec![Change::RootCauseRecorded {
            branch: self.branch.clone(),
            whys: self.whys.clone(),
            occurrence: self.occurrence.clone(),
            escape: self.escape.clone(),
        }])
    }
}
