//! From a clock's start, its time, pauses and extensions to its points: the one place where a
//! clock's end is computed.

use jiff::Timestamp;
use redress_calendar::{Counting, Span, Unit};
use redress_policy::{
    Allowance, ClockId, ClockRules, EscalationStep, StepAt, StepId, Target, WarnAt,
};

use crate::clock::{Clock, Extension, Pause, Step};
use crate::length::{Taken, calendar, end_of, start_of, taken_by};
use crate::point::{MAX_STEPS, MAX_WARNINGS};
use crate::start::{ClockFault, FaultCause};

/// What the policy says of a clock of a case.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) clock: &'a ClockId,
    pub(crate) allowance: &'a Allowance,
    pub(crate) warnings: &'a [WarnAt],
    pub(crate) ladder: &'a [EscalationStep],
}

impl<'a> Terms<'a> {
    /// The terms for cases of a target.
    pub(crate) fn of(clock: &'a redress_policy::Clock, target: &'a Target) -> Self {
        Self {
            clock: &clock.id,
            allowance: &target.allowance,
            warnings: &target.warnings,
            ladder: &clock.ladder,
        }
    }
}

/// What has happened to a clock since it started.
#[derive(Clone, Copy)]
pub(crate) struct Course<'a> {
    pub(crate) started_at: Timestamp,
    pub(crate) pauses: &'a [Pause],
    pub(crate) extensions: &'a [Extension],
}

/// The points of a clock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Laid {
    pub(crate) due_at: Timestamp,
    pub(crate) warn_at: Vec<Timestamp>,
    pub(crate) steps: Vec<(StepId, Timestamp)>,
}

/// The points of a clock. Steps that cannot be computed are left out, each with a fault.
pub(crate) fn lay(
    rules: &ClockRules,
    terms: Terms<'_>,
    course: Course<'_>,
    faults: &mut Vec<ClockFault>,
) -> Result<Laid, FaultCause> {
    let due_at = end(rules, terms.allowance, course)?;
    Ok(Laid {
        due_at,
        warn_at: warnings(rules, terms, course, due_at),
        steps: steps(rules, terms, course.started_at, due_at, faults),
    })
}

/// The last instant that is on time. A pause that began when the clock was late counts nothing.
pub(crate) fn end(
    rules: &ClockRules,
    allowance: &Allowance,
    course: Course<'_>,
) -> Result<Timestamp, FaultCause> {
    let mut taken = Taken::default();
    let mut due = extended(rules, allowance, course, taken)?;
    for pause in course.pauses {
        if pause.since >= due {
            break;
        }
        taken = taken.and(taken_by(rules, allowance, course.started_at, pause)?);
        due = extended(rules, allowance, course, taken)?;
    }
    Ok(due)
}

/// The end with all extensions: those of the clock's own unit lengthen its time, others are added
/// behind it, counted as the clock counts.
fn extended(
    rules: &ClockRules,
    allowance: &Allowance,
    course: Course<'_>,
    taken: Taken,
) -> Result<Timestamp, FaultCause> {
    let same = |by: &Span| by.unit == allowance.span.unit;
    let more = course
        .extensions
        .iter()
        .map(|e| e.by)
        .filter(same)
        .map(|by| by.amount);
    let amount = more.fold(allowance.span.amount, u64::saturating_add);
    let whole = with_span(
        allowance,
        Span {
            amount,
            ..allowance.span
        },
    );
    let mut due = end_of(rules, &whole, course.started_at, taken)?;
    for extension in course.extensions.iter().filter(|e| !same(&e.by)) {
        let by = with_span(allowance, extension.by);
        due = end_of(rules, &by, due, Taken::default())?;
    }
    Ok(due)
}

fn with_span(allowance: &Allowance, span: Span) -> Allowance {
    Allowance {
        span,
        ..allowance.clone()
    }
}

fn steps(
    rules: &ClockRules,
    terms: Terms<'_>,
    start: Timestamp,
    due: Timestamp,
    faults: &mut Vec<ClockFault>,
) -> Vec<(StepId, Timestamp)> {
    let mut steps: Vec<(StepId, Timestamp)> = Vec::new();
    for step in terms.ladder.iter().take(MAX_STEPS) {
        let at = match &step.at {
            StepAt::Before(length) => start_of(rules, length, due).map(|at| at.min(due)),
            StepAt::After(length) => end_of(rules, length, due, Taken::default()),
        };
        match at {
            // A clock shorter than the step's lead has no such step.
            Ok(at) if at <= start => {}
            Ok(at) => {
                // Steps of different units may cross; a ladder is climbed in its order.
                let at = steps.last().map_or(at, |(_, before)| at.max(*before));
                steps.push((step.id.clone(), at));
            }
            Err(cause) => faults.push(ClockFault {
                clock: terms.clock.clone(),
                step: Some(step.id.clone()),
                cause,
            }),
        }
    }
    steps
}

/// The warning points between start and end. One that cannot be computed is left out: the breach
/// still comes.
fn warnings(
    rules: &ClockRules,
    terms: Terms<'_>,
    course: Course<'_>,
    due: Timestamp,
) -> Vec<Timestamp> {
    let unpaused = Course {
        pauses: &[],
        ..course
    };
    let unpaused = end(rules, terms.allowance, unpaused).unwrap_or(due);
    let point = |warning: &WarnAt| match warning {
        WarnAt::Before(length) => due.checked_sub(*length).ok(),
        WarnAt::Share(share) => {
            let of = terms.allowance;
            let at = share_point(rules, of, share.permille(), course.started_at, unpaused)?;
            postponed(rules, of, course.pauses, at)
        }
    };
    let mut points: Vec<Timestamp> = terms.warnings.iter().filter_map(point).collect();
    points.retain(|at| course.started_at < *at && *at < due);
    points.sort_unstable();
    points.dedup();
    points.truncate(MAX_WARNINGS);
    points
}

/// When so many thousandths of the time allowed are used up: of the working time in between where
/// only that counts, of real time otherwise.
fn share_point(
    rules: &ClockRules,
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
            let calendar = calendar(rules, &allowance.calendar).ok()?;
            let worked = part(i128::from(calendar.elapsed(start, due).ok()?.as_secs()));
            let span = Span::working_secs(u64::try_from(worked).ok()?);
            calendar.due(start, span, Counting::SameTime).ok()
        }
    }
}

/// A point moved on by the pauses that began before it.
fn postponed(
    rules: &ClockRules,
    allowance: &Allowance,
    pauses: &[Pause],
    at: Timestamp,
) -> Option<Timestamp> {
    let unit = allowance.span.unit;
    let mut at = at;
    for pause in pauses {
        if pause.since > at {
            break;
        }
        at = if unit == Unit::Wall {
            at.checked_add(pause.until.duration_since(pause.since))
                .ok()?
        } else {
            let calendar = calendar(rules, &allowance.calendar).ok()?;
            calendar.postpone(at, pause.since, pause.until, unit).ok()?
        };
    }
    Some(at)
}

impl Laid {
    /// Gives a clock these points, as something that happened at an instant gave it them: warnings
    /// before it are past, steps that were reached stay reached, and an end behind it makes a late
    /// clock run on time again.
    pub(crate) fn give(self, clock: &mut Clock, at: Timestamp) {
        let reached = |id: &StepId| {
            clock
                .steps
                .iter()
                .any(|step| step.reached && step.id == *id)
        };
        let steps = self.steps.into_iter().map(|(id, at)| {
            let reached = reached(&id);
            Step { id, at, reached }
        });
        let steps: Vec<Step> = steps.collect();
        clock.warned = self
            .warn_at
            .iter()
            .filter(|warning| **warning <= at)
            .count() as u8;
        clock.breached = clock.breached && self.due_at <= at;
        clock.due_at = self.due_at;
        clock.warn_at = self.warn_at;
        clock.steps = steps;
    }
}
