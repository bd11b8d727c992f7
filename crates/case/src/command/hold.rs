//! Puts the case on hold.

use jiff::{SignedDuration, Timestamp};
use redress_policy::{PauseId, PauseReason, Reach};

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::{Bad, rejections};
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Puts the case on hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// For which reason of the policy.
    pub pause: PauseId,
    /// Why, in words.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
    /// When it resumes by itself; `None`: when told, or when the actor's limit is reached.
    pub until: Option<Timestamp>,
}

impl Step for Hold {
    const STAGES: Stages = Stages::WITH_HANDLER;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let pause = input::entry("pause", self.pause.as_str(), desk.cx.policy.pauses())?;
        input::given("reason", &self.reason)?;
        input::short("evidence", &self.evidence)?;
        if pause.needs_evidence && self.evidence.trim().is_empty() {
            let pause = pause.id.clone();
            return Err(HoldRejection::NoEvidence { pause }.into());
        }
        if let Some(until) = self.until.filter(|until| *until <= desk.now()) {
            let field = "until";
            return Err(Bad::Past { field, at: until }.into());
        }
        Ok(vec![Change::Held {
            pause: self.pause.clone(),
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            until: self.until_when(desk, pause)?,
        }])
    }
}

impl Hold {
    /// When it ends by itself. Pauses for one reason add up: taking many short ones is no way
    /// around the limit.
    fn until_when(
        &self,
        desk: &Desk<'_>,
        pause: &PauseReason,
    ) -> Result<Option<Timestamp>, HoldRejection> {
        let Some(limit) = limit(desk, pause) else {
            return Ok(self.until);
        };
        let used = desk.case.paused.get(&pause.id).copied().unwrap_or_default();
        let left = limit.saturating_sub(used);
        let latest = desk.now().saturating_add(left).unwrap_or(Timestamp::MAX);
        let above = left <= SignedDuration::ZERO || self.until.is_some_and(|u| u > latest);
        if above {
            let role = desk.cx.actor.role.to_string();
            let (hours, used) = (limit.as_hours(), used.as_hours());
            return Err(HoldRejection::AboveLimit { role, hours, used });
        }
        Ok(Some(self.until.unwrap_or(latest)))
    }
}

/// How long the actor may let a case pause for a reason without somebody above: for the first
/// responsible person neither longer than the role nor than the pause allows; who stands above may
/// go beyond the pause's longest as far as the role reaches. At the top nobody is left to ask.
fn limit(desk: &Desk<'_>, pause: &PauseReason) -> Option<SignedDuration> {
    let staff = desk.staff();
    if staff.line(&desk.cx.actor.id).is_empty() {
        return None;
    }
    let role = staff.role(&desk.cx.actor.role)?;
    let of_role = role
        .hold_days
        .map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    match (role.reach, of_role, pause.longest) {
        (Reach::OwnCase, Some(role), Some(pause)) => Some(role.min(pause)),
        (_, of_role, of_pause) => of_role.or(of_pause),
    }
}

rejections! {
    /// Why a case is not put on hold.
    HoldRejection {
        NoEvidence { pause: PauseId } => Invalid "evidence_missing"
            "{pause} has to be proven: attach the evidence and name it"
            "{pause} 须提供证据:请上传并填写",
        AboveLimit { role: String, hours: i64, used: i64 } => NoRight "above_limit"
            "{role} may pause a case {hours} h for this reason, {used} h are used: ask a superior"
            "角色 {role} 因此原因最多可暂停 {hours} 小时,已用 {used} 小时:请由上级批准并操作",
    }
}
