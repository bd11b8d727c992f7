//! From a command to changes, or to the reason why not; from changes to facts.

use jiff::Timestamp;
use redress_policy::Policy;

use crate::desk::Desk;
use crate::rejection::Stale;
use crate::{Actor, Case, Change, Command, Fact, Rejection};

/// What stands around a command.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Who wants it.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// The rules in force.
    pub policy: &'a Policy,
    /// The caller's own id of this wish; empty: none.
    pub request_id: &'a str,
    /// The version that the caller looked at.
    pub expected_version: Option<u64>,
}

/// What follows from a command: changes in their order, or why nothing does. A request that was
/// answered before gives no change: [`Case::answered`] tells its version. A rejection may bring a
/// change to be recorded all the same.
pub fn decide(
    case: &Case,
    command: &Command,
    cx: &Circumstances<'_>,
) -> Result<Vec<Change>, Rejection> {
    let command_kind = command.kind();
    let desk = Desk {
        case,
        cx,
        command: command_kind,
    };
    if let Some(answer) = case.requests.answered(cx.request_id) {
        return match answer.command {
            Some(earlier) if earlier != command_kind => Err(Stale::Reused { earlier }.into()),
            _ => Ok(Vec::new()),
        };
    }
    carry_out(&desk, command).map_err(|rejection| desk.recorded(rejection))
}

/// Rights come first: who has none learns nothing of the case.
fn carry_out(desk: &Desk<'_>, command: &Command) -> Result<Vec<Change>, Rejection> {
    desk.right()?;
    desk.expect_version()?;
    desk.check_case()?;
    command.decide(desk)
}

/// Turns decided changes into facts, and folds them into the case.
pub fn record(case: &mut Case, changes: Vec<Change>, cx: &Circumstances<'_>) -> Vec<Fact> {
    let fact = |change| {
        let mut fact = Fact {
            version: case.version.saturating_add(1),
            actor: cx.actor.clone(),
            at: cx.now,
            request_id: cx.request_id.to_owned(),
            policy: cx.policy.version().to_owned(),
            change,
            stand: case.stand(),
        };
        case.evolve(&fact);
        fact.stand = case.stand();
        fact
    };
    changes.into_iter().map(fact).collect()
}
