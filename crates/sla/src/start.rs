//! Starting a clock.

use jiff::Timestamp;
use redress_calendar::CalendarError;
use redress_policy::{CalendarId, ClockId, ClockRules, StepId};

use crate::clock::{Clock, ClockState, Pause};
use crate::lay::{Course, Terms, lay};

/// A time that could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("clock {clock}{}: {cause}", of_step(step.as_ref()))]
pub struct ClockFault {
    /// Which clock.
    pub clock: ClockId,
    /// Which step of its ladder; none if it is the clock's end.
    pub step: Option<StepId>,
    /// Why.
    pub cause: FaultCause,
}

fn of_step(step: Option<&StepId>) -> String {
    step.map_or_else(String::new, |step| format!(", step {step}"))
}

/// Why a clock's time could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultCause {
    /// The calendar has no answer, mostly because it ends too soon.
    #[error("calendar {calendar}: {error}")]
    Calendar {
        /// Which calendar.
        calendar: CalendarId,
        /// What it said.
        error: CalendarError,
    },
    /// The policy has no such calendar.
    #[error("the policy has no calendar {0}: add it or name another")]
    UnknownCalendar(CalendarId),
}

/// The clocks that begin with a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClocksStarted {
    /// In the policy's order; some are met already.
    pub clocks: Vec<Clock>,
    /// Clocks that should run and have no end, and ladders that lack a step: wake somebody.
    pub faults: Vec<ClockFault>,
}

/// A clock that starts at an instant; pauses that it has had since, if that is past.
pub(crate) fn start(
    rules: &ClockRules,
    terms: Terms<'_>,
    at: Timestamp,
    pauses: Vec<Pause>,
    faults: &mut Vec<ClockFault>,
) -> Option<Clock> {
    let course = Course {
        started_at: at,
        pauses: &pauses,
        extensions: &[],
    };
    let laid = match lay(rules, terms, course, faults) {
        Ok(laid) => laid,
        Err(cause) => {
            faults.push(ClockFault {
                clock: terms.clock.clone(),
                step: None,
                cause,
            });
            return None;
        }
    };
    let mut clock = Clock {
        id: terms.clock.clone(),
        started_at: at,
        due_at: laid.due_at,
        warn_at: Vec::new(),
        steps: Vec::new(),
        allowance: terms.allowance.clone(),
        pauses,
        extensions: Vec::new(),
        state: ClockState::Running,
        warned: 0,
        breached: false,
    };
    laid.give(&mut clock, at);
    Some(clock)
}
