//! What ends a clock.

use redress_policy::{CaseFacts, ClockId, Milestone, Policy};

/// How a milestone ends a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What the clock measured has happened.
    Met,
    /// It is no longer asked for.
    Cancelled,
}

/// How a milestone ends a clock of a case under this policy, if it does.
///
/// The policy may be another one than the clock was started under. A clock that it no longer has
/// for the case is cancelled when the case is over, so that no clock runs for ever.
pub fn stop_of(
    policy: &Policy,
    case: &CaseFacts<'_>,
    clock: &ClockId,
    milestone: Milestone,
) -> Option<Stop> {
    let Some(target) = policy
        .clocks()
        .get(clock)
        .and_then(|clock| clock.target(case))
    else {
        return is_end(milestone).then_some(Stop::Cancelled);
    };
    if target.met_by.contains(&milestone) {
        return Some(Stop::Met);
    }
    target
        .cancelled_by
        .contains(&milestone)
        .then_some(Stop::Cancelled)
}

fn is_end(milestone: Milestone) -> bool {
    use Milestone::{Archived, Closed, Rejected, Unmeetable, Withdrawn};
    matches!(
        milestone,
        Closed | Withdrawn | Rejected | Unmeetable | Archived
    )
}
