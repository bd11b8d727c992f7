//! What may be done next with a case, and what is missing for the rest.

use jiff::Timestamp;
use redress_policy::Policy;

use crate::decide::Circumstances;
use crate::desk::Desk;
use crate::{Actor, Case, CommandKind, Missing, Rejection, gate};

/// A command, and whether it is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// Which command.
    pub command: CommandKind,
    /// Whether the actor may and the case allows it, given good input.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Missing>,
    /// What the procedure demands first.
    pub missing: Vec<Missing>,
}

/// For every command: whether the actor may give it now, or why not, and what is missing.
pub fn next_steps(case: &Case, actor: &Actor, now: Timestamp, policy: &Policy) -> Vec<NextStep> {
    let cx = Circumstances {
        actor,
        now,
        policy,
        request_id: "",
        expected_version: None,
    };
    let step = |command: &CommandKind| {
        let desk = Desk {
            case,
            cx: &cx,
            command: *command,
        };
        let refused = desk.check().err();
        let reason = refused.as_ref().map(Rejection::reason);
        NextStep {
            command: *command,
            allowed: refused.is_none(),
            reason,
            missing: refused
                .map(|refused| refused.missing.into_vec())
                .unwrap_or_default(),
        }
    };
    CommandKind::ALL.iter().map(step).collect()
}

/// What the procedure still demands before the case can go on: what is missing for the commands
/// that the case allows as it stands, each thing once. Cheaper than [`next_steps`].
pub fn still_missing(case: &Case, cx: &Circumstances<'_>) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    for &command in CommandKind::ALL {
        if !case.is_possible(command) {
            continue;
        }
        for thing in gate::missing(&Desk { case, cx, command }) {
            if !missing.contains(&thing) {
                missing.push(thing);
            }
        }
    }
    missing
}
