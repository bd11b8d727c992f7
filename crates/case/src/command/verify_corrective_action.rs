//! Says whether an action works.

use redress_policy::Need;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, gate, input};

/// Says whether an action works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyCorrectiveAction {
    /// Which, from 1.
    pub action: u32,
    /// Whether it does.
    pub effective: bool,
    /// In words.
    pub text: Text,
}

impl Step for VerifyCorrectiveAction {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        gate::demand(desk, &[Need::CorrectiveAction])
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("text", &self.text)?;
        let (action, actions) = (self.action, desk.case.record.actions.len());
        if action == 0 || action as usize > actions {
            return Err(EffectRejection::NoSuchAction { action, actions }.into());
        }
        Ok(vec![Change::CorrectiveActionVerified {
            action,
            effective: self.effective,
            text: self.text.clone(),
        }])
    }
}

rejections! {
    /// Why an effect is not verified.
    EffectRejection {
        NoSuchAction { action: u32, actions: usize } => NotFound "unknown_action"
            "the case has no action {action}: it has {actions}, counted from 1"
            "本案没有第 {action} 项措施:共 {actions} 项,从 1 起计",
    }
}
