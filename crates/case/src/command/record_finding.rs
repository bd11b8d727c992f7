//! Something was found out.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Evidence, Rejection, Text, input};

/// Something was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFinding {
    /// What.
    pub text: Text,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

impl Step for RecordFinding {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("text", &self.text)?;
        input::evidence(&self.evidence)?;
        Ok(vec![Change::FindingRecorded {
            text: self.text.clone(),
            evidence: self.evidence.clone(),
        }])
    }
}
