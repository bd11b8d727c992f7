//! Starting clocks: from policy and facts to points in time.

use jiff::{SignedDuration, Timestamp};
use redress_calendar::{Calendar, CalendarError, Counting, Span, Unit};
use redress_policy::{
    Allowance, CalendarId, CaseFacts, Clock, ClockId, Milestone, Policy, Target, WarnAt,
};

use crate::clock::{MAX_STEPS, MAX_WARNINGS};

/// The clocks that a milestone started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClocksStarted {
    /// Version of the policy that they were started under.
    pub policy_version: String,
    /// In the policy's order.
    pub clocks: Vec<ClockStarted>,
    /// Clocks that should run and have no end, and ladders that have no step: wake somebody.
    pub faults: Vec<ClockFault>,
}

/// A clock with all its points in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockStarted {
    /// Which clock of the policy.
    pub clock: ClockId,
    /// When it began to run.
    pub started_at: Timestamp,
    /// The last instant that is on time.
    pub due_at: Timestamp,
    /// Warning points, ascending, after the start and before the end; at most 15.
    pub warn_at: Vec<Timestamp>,
    /// Steps of the ladder, in the policy's order, not before the end; at most 15.
    pub escalate_at: Vec<Timestamp>,
    /// What the time allowed is counted in.
    pub unit: Unit,
    /// By which calendar.
    pub calendar: CalendarId,
}

/// A time that could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("clock {clock}: {cause}")]
pub struct ClockFault {
    /// Which clock.
    pub clock: ClockId,
    /// Why.
    pub cause: FaultCause,
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

/// The clocks that a milestone at an instant starts for a case. Of each clock's targets the first
/// that covers the case counts; without one the clock does not run.
pub fn start_clocks(
    policy: &Policy,
    case: &CaseFacts<'_>,
    milestone: Milestone,
    at: Timestamp,
) -> ClocksStarted {
    let policy_version = policy.version().to_owned();
    let mut started = ClocksStarted {
        policy_version,
        clocks: Vec::new(),
        faults: Vec::new(),
    };
    for clock in policy
        .clocks()
        .iter()
        .filter(|clock| clock.start == milestone)
    {
        let Some(target) = clock.target(case) else {
            continue;
        };
        match start(policy, clock, target, at, &mut started.faults) {
            Ok(clock) => started.clocks.push(clock),
            Err(why) => started.faults.push(ClockFault {
                clock: clock.id.clone(),
                cause: why,
            }),
        }
    }
    started
}

fn start(
    policy: &Policy,
    clock: &Clock,
    target: &Target,
    at: Timestamp,
    faults: &mut Vec<ClockFault>,
) -> Result<ClockStarted, FaultCause> {
    let allowance = &target.allowance;
    let due_at = end_of(policy, allowance, at)?;
    let mut escalate_at = Vec::new();
    for step in clock.ladder.iter().take(MAX_STEPS) {
        match end_of(policy, &step.after, due_at) {
            Ok(at) => escalate_at.push(at),
            Err(cause) => {
                faults.push(ClockFault {
                    clock: clock.id.clone(),
                    cause,
                });
                break;
            }
        }
    }
    // Steps of different units may cross; a ladder is climbed in its order.
    for index in 1..escalate_at.len() {
        escalate_at[index] = escalate_at[index].max(escalate_at[index - 1]);
    }
    Ok(ClockStarted {
        clock: clock.id.clone(),
        started_at: at,
        due_at,
        warn_at: warnings(policy, target, at, due_at),
        escalate_at,
        unit: allowance.span.unit,
        calendar: allowance.calendar.clone(),
    })
}

fn calendar<'a>(policy: &'a Policy, id: &CalendarId) -> Result<&'a Calendar, FaultCause> {
    policy
        .calendar(id)
        .ok_or_else(|| FaultCause::UnknownCalendar(id.clone()))
}

fn end_of(policy: &Policy, of: &Allowance, at: Timestamp) -> Result<Timestamp, FaultCause> {
    let asked = |error| FaultCause::Calendar {
        calendar: of.calendar.clone(),
        error,
    };
    if of.span.unit == Unit::Wall {
        // Wall time needs no calendar, so it survives a policy without one.
        let length = SignedDuration::from_secs(i64::try_from(of.span.amount).unwrap_or(i64::MAX));
        let too_long = |_| asked(CalendarError::SpanTooLong { span: of.span });
        return at.checked_add(length).map_err(too_long);
    }
    calendar(policy, &of.calendar)?
        .due(at, of.span, of.counting)
        .map_err(asked)
}

/// The warning points between start and end. One that cannot be computed is left out: the breach
/// still comes.
fn warnings(policy: &Policy, target: &Target, start: Timestamp, due: Timestamp) -> Vec<Timestamp> {
    let point = |warning: &WarnAt| match warning {
        WarnAt::Before(length) => due.checked_sub(*length).ok(),
        WarnAt::Share(share) => {
            share_point(policy, &target.allowance, share.permille(), start, due)
        }
    };
    let mut points: Vec<Timestamp> = target.warnings.iter().filter_map(point).collect();
    points.retain(|at| start < *at && *at < due);
    points.sort_unstable();
    points.dedup();
    points.truncate(MAX_WARNINGS);
    points
}

/// When so many thousandths of the time allowed are used up: of the working time in between where
/// only that counts, of real time otherwise.
fn share_point(
    policy: &Policy,
    allowance: &Allowance,
    permille: u16,
    start: Timestamp,
    due: Timestamp,
) -> Option<Timestamp> {
    let part = |whole: i128| whole * i128::from(permille) / 1000;
    match allowance.span.unit {
        Unit::Wall | Unit::CalendarDays => {
            let real = part(due.as_nanosecond() - start.as_nanosecond());
            Timestamp::from_nanosecond(start.as_nanosecond() + real).ok()
        }
        Unit::WorkingTime | Unit::WorkingDays => {
            let calendar = policy.calendar(&allowance.calendar)?;
            let worked = part(i128::from(calendar.elapsed(start, due).ok()?.as_secs()));
            let span = Span::working_secs(u64::try_from(worked).ok()?);
            calendar.due(start, span, Counting::SameTime).ok()
        }
    }
}
