//! Lengths of time on a calendar, and how much of them a pause takes.

use jiff::{SignedDuration, Timestamp};
use redress_calendar::{Calendar, CalendarError, Counting, Span, Unit};
use redress_policy::{Allowance, CalendarId, ClockRules};

use crate::clock::Pause;
use crate::start::FaultCause;

/// What pauses have taken so far, in the unit of a clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) time: SignedDuration,
    pub(crate) days: u64,
}

pub(crate) fn calendar<'a>(
    rules: &'a ClockRules,
    id: &CalendarId,
) -> Result<&'a Calendar, FaultCause> {
    rules
        .calendar(id)
        .ok_or_else(|| FaultCause::UnknownCalendar(id.clone()))
}

fn asked(of: &Allowance) -> impl Fn(CalendarError) -> FaultCause {
    move |error| FaultCause::Calendar {
        calendar: of.calendar.clone(),
        error,
    }
}

fn seconds(amount: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(amount).unwrap_or(i64::MAX))
}

/// When a length that begins at an instant is over, if pauses have taken so much of it.
pub(crate) fn end_of(
    rules: &ClockRules,
    of: &Allowance,
    start: Timestamp,
    taken: Taken,
) -> Result<Timestamp, FaultCause> {
    let too_long = || asked(of)(CalendarError::SpanTooLong { span: of.span });
    let time = || {
        seconds(of.span.amount)
            .checked_add(taken.time)
            .ok_or_else(too_long)
    };
    match of.span.unit {
        // Wall time needs no calendar, so it survives a policy without one.
        Unit::Wall => start.checked_add(time()?).map_err(|_| too_long()),
        Unit::WorkingTime => calendar(rules, &of.calendar)?
            .add_work(start, time()?)
            .map_err(asked(of)),
        Unit::WorkingDays | Unit::CalendarDays => {
            let amount = of.span.amount.saturating_add(taken.days);
            let span = Span { amount, ..of.span };
            calendar(rules, &of.calendar)?
                .due(start, span, of.counting)
                .map_err(asked(of))
        }
    }
}

/// The instant from which a length runs until an end.
pub(crate) fn start_of(
    rules: &ClockRules,
    of: &Allowance,
    end: Timestamp,
) -> Result<Timestamp, FaultCause> {
    if of.span.unit == Unit::Wall {
        let too_long = |_| asked(of)(CalendarError::SpanTooLong { span: of.span });
        return end.checked_sub(seconds(of.span.amount)).map_err(too_long);
    }
    calendar(rules, &of.calendar)?
        .before(end, of.span, of.counting)
        .map_err(asked(of))
}

/// Where a clock's own days begin to count: one of working days at the same time of day that
/// starts outside of working time begins when work does.
fn begins(
    calendar: &Calendar,
    of: &Allowance,
    start: Timestamp,
) -> Result<Timestamp, CalendarError> {
    let same_time = of.span.unit == Unit::WorkingDays && of.counting == Counting::SameTime;
    if !same_time || is_closing(calendar, start) {
        return Ok(start);
    }
    calendar.opening_from(start)
}

/// Whether work ends at an instant and does not begin there: closing time is still of its day.
pub(crate) fn is_closing(calendar: &Calendar, at: Timestamp) -> bool {
    calendar
        .closing_until(at)
        .is_ok_and(|closing| closing == at)
        && !calendar.is_working(at)
}

/// What a pause takes of a clock that started at an instant: real time, working time, or the days
/// that the pause passes into.
pub(crate) fn taken_by(
    rules: &ClockRules,
    of: &Allowance,
    start: Timestamp,
    pause: &Pause,
) -> Result<Taken, FaultCause> {
    let (since, until) = (pause.since.max(start), pause.until);
    if until <= since {
        return Ok(Taken::default());
    }
    if of.span.unit == Unit::Wall {
        return Ok(Taken {
            time: until.duration_since(since),
            days: 0,
        });
    }
    let calendar = calendar(rules, &of.calendar)?;
    let taken = || -> Result<Taken, CalendarError> {
        Ok(match of.span.unit {
            Unit::Wall => Taken::default(),
            Unit::WorkingTime => Taken {
                time: calendar.elapsed(since, until)?,
                days: 0,
            },
            Unit::WorkingDays => {
                let since = since.max(begins(calendar, of, start)?);
                let days = calendar.working_days_between(since, until.max(since))?;
                Taken {
                    days: days.unsigned_abs(),
                    ..Taken::default()
                }
            }
            Unit::CalendarDays => {
                let days = (calendar.date_of(until) - calendar.date_of(since)).get_days();
                Taken {
                    days: u64::from(days.unsigned_abs()),
                    ..Taken::default()
                }
            }
        })
    };
    taken().map_err(asked(of))
}

impl Taken {
    pub(crate) fn and(self, more: Self) -> Self {
        Self {
            time: self.time.saturating_add(more.time),
            days: self.days.saturating_add(more.days),
        }
    }
}
