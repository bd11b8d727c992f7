//! What a moment in the life of a case does to a clock.

use redress_policy::{CaseFacts, Clock, ClockId, ClockRules, Milestone, Moment};

/// How a moment ends a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What the clock measured has happened.
    Met,
    /// It is no longer asked for.
    Cancelled,
}

/// What a moment does to a clock that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    None,
    Ends(Stop),
    Resets,
}

/// What a moment does to a clock of a case that is not over.
///
/// The end of a case ends its clocks, named or not, so that none runs for ever; only those that an
/// end of the case starts (a survey after closing) run on, until it is archived or merged.
pub(crate) fn effect(
    rules: &ClockRules,
    case: &CaseFacts<'_>,
    clock: &ClockId,
    moment: &Moment,
) -> Effect {
    let named = |waits: &[Moment]| waits.iter().any(|wait| wait.is_met_by(moment));
    let clock = rules.clocks().get(clock);
    if let Some(target) = clock.and_then(|clock| clock.target(case)) {
        if named(&target.met_by) {
            return Effect::Ends(Stop::Met);
        }
        if named(&target.cancelled_by) {
            return Effect::Ends(Stop::Cancelled);
        }
        if named(&target.reset_by) {
            return Effect::Resets;
        }
    }
    if ends(clock, moment) {
        Effect::Ends(Stop::Cancelled)
    } else {
        Effect::None
    }
}

fn ends(clock: Option<&Clock>, moment: &Moment) -> bool {
    let milestone = moment.milestone();
    let after_the_end = |clock: &Clock| {
        clock
            .start
            .iter()
            .any(|start| start.milestone().ends_the_case())
    };
    let for_good = matches!(milestone, Milestone::Archived | Milestone::Merged);
    milestone.ends_the_case() && (for_good || !clock.is_some_and(after_the_end))
}

/// Whether a moment starts a clock.
pub(crate) fn starts(clock: &Clock, moment: &Moment) -> bool {
    clock.start.iter().any(|start| start.is_met_by(moment))
}
