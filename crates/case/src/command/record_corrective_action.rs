//! Sets up a corrective or preventive action (CAPA).

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};
use jiff::Timestamp;

/// Sets up a corrective or preventive action (CAPA).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCorrectiveAction {
    /// What is to be done.
    pub text: Text,
    /// Person or department.
    pub owner: String,
    /// Until when; an action without is refused.
    pub due_at: Option<Timestamp>,
    /// Prevents others of its kind, instead of correcting this one.
    pub preventive: bool,
}

impl Step for RecordCorrectiveAction {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("text", &self.text)?;
        input::owner(desk, "owner", &self.owner)?;
        let due_at = input::ahead(desk, "due_at", self.due_at)?;
        let actions = desk.case.record.actions.len();
        if actions >= input::MOST_ENTRIES {
            let most = input::MOST_ENTRIES;
            return Err(ActionRejection::Enough { most }.into());
        }
        Ok(vec![Change::CorrectiveActionRecorded {
            action: actions as u32 + 1,
            text: self.text.clone(),
            owner: self.owner.clone(),
            due_at,
            preventive: self.preventive,
        }])
    }
}

rejections! {
    /// Why an action is not set up.
    ActionRejection {
        Enough { most: usize } => NotAllowedNow "enough_actions"
            "the case has {most} actions, which is the most: verify those first"
            "本案已有 {most} 项措施,已达上限:请先验证现有措施",
    }
}
