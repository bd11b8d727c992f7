//! What this platform answers to a vector.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use redress_calendar::{Calendar, CalendarError, Unit};

use super::vector::{Pause, Refused, Vector};

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// An instant.
    At(Timestamp),
    /// A date; the time of day does not matter.
    On(Date),
    /// Working time; negative if the end is before the start.
    Worked(SignedDuration),
    /// Working days, both ends included; negative if the end is before the start.
    Days(i64),
    /// Yes or no.
    Is(bool),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The calendar is refused.
    #[error("the calendar is refused: {0}")]
    Calendar(#[from] Refused),
    /// The calendar knows none.
    #[error("{0}")]
    Unknown(#[from] CalendarError),
    /// The vector lacks what its kind needs, or it is not understood.
    #[error("`{0}` is missing or not understood")]
    Field(&'static str),
    /// Nothing of this kind is known.
    #[error("vectors of this kind are not known")]
    Kind,
    /// As an allowance, a span must be more than nothing.
    #[error("a span must be greater than zero")]
    NotPositive,
}

/// So many years around the question are looked at, until the answer lies inside: all widths that a
/// calendar may have (60 years).
const YEARS_AROUND: [i64; 3] = [2, 8, 29];

/// The answer, and the calendar that gave it.
pub(super) fn answer(vector: &Vector) -> Result<(Answer, Calendar), NoAnswer> {
    let mut last = NoAnswer::Kind;
    for years in YEARS_AROUND {
        let calendar = around(vector, years)?;
        match ask(vector, &calendar) {
            Ok(answer) => return Ok((answer, calendar)),
            Err(error @ NoAnswer::Unknown(_)) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn around(vector: &Vector, years: i64) -> Result<Calendar, NoAnswer> {
    // The date in the calendar's zone differs by a day at most.
    let date = |text: &str| text.get(..10).and_then(|date| date.parse::<Date>().ok());
    let start = date(&vector.start).ok_or(NoAnswer::Field("start"))?;
    let end = vector.end.as_deref().and_then(date).unwrap_or(start);
    let (first, last) = (start.min(end), start.max(end));
    let from = first.saturating_sub(years.years());
    let to = last.saturating_add(years.years());
    Ok(vector.calendar.build(from, to)?)
}

/// An instant: with an offset, or on the calendar's clocks.
fn at(calendar: &Calendar, text: &str, field: &'static str) -> Result<Timestamp, NoAnswer> {
    let local = || {
        let reading: DateTime = text.parse().ok()?;
        calendar.instant_of(reading.date(), reading.time())
    };
    let instant = text.parse().ok().or_else(local);
    instant.ok_or(NoAnswer::Field(field))
}

fn duration(seconds: f64) -> SignedDuration {
    SignedDuration::from_nanos((seconds * 1e9).round() as i64)
}

fn ask(vector: &Vector, calendar: &Calendar) -> Result<Answer, NoAnswer> {
    let start = at(calendar, &vector.start, "start")?;
    let end = || {
        let end = vector.end.as_deref().ok_or(NoAnswer::Field("end"))?;
        at(calendar, end, "end")
    };
    let work = || {
        let seconds = vector.working_seconds.map(duration);
        seconds.ok_or(NoAnswer::Field("working_seconds"))
    };
    Ok(match vector.kind.as_str() {
        "add" => Answer::At(add(calendar, start, work()?, &vector.pauses)?),
        "subtract" => Answer::At(subtract(calendar, start, work()?, &vector.pauses)?),
        "between" => Answer::Worked(between(calendar, start, end()?, &vector.pauses)?),
        "workdays_between" => {
            let end = end()?;
            let (first, last) = (start.min(end), start.max(end));
            let days = calendar.working_days_between(first, last)?
                + i64::from(calendar.is_working_day(calendar.date_of(first)));
            Answer::Days(if end < start { -days } else { days })
        }
        "is_working_time" => Answer::Is(calendar.is_working(start)),
        "is_working_day" => Answer::Is(calendar.is_working_day(calendar.date_of(start))),
        kind if kind.starts_with("add_days") => step(vector, calendar, start)?,
        "error" => {
            let days = vector.working_days.map(|days| days > 0);
            let positive = vector.working_seconds.map(|seconds| seconds > 0.0).or(days);
            if positive == Some(false) {
                return Err(NoAnswer::NotPositive);
            }
            // Whatever it asks: that there is an answer is the difference.
            match (&vector.end, vector.working_days) {
                (Some(_), _) => Answer::Worked(between(calendar, start, end()?, &vector.pauses)?),
                (None, Some(days)) => {
                    Answer::On(calendar.working_day(calendar.date_of(start), days)?)
                }
                (None, None) => Answer::At(add(calendar, start, work()?, &vector.pauses)?),
            }
        }
        _ => return Err(NoAnswer::Kind),
    })
}

/// Working days are stepped over; what becomes of the time of day depends on the kind.
fn step(vector: &Vector, calendar: &Calendar, start: Timestamp) -> Result<Answer, NoAnswer> {
    let days = vector.working_days.ok_or(NoAnswer::Field("working_days"))?;
    let reading = calendar.zone().to_datetime(start);
    let goal = calendar.working_day(reading.date(), days)?;
    let same_time = || {
        let at = calendar.instant_of(goal, reading.time());
        at.ok_or(NoAnswer::Field("start"))
    };
    Ok(match vector.kind.as_str() {
        "add_days" => Answer::At(calendar.opening_from(same_time()?)?),
        "add_days_date" => Answer::At(same_time()?),
        "add_days_date_only" => Answer::On(goal),
        "add_days_eod" => {
            let day = calendar.day(goal);
            let close = day.and_then(|day| day.open.last().map(|open| open.to));
            Answer::At(close.ok_or(NoAnswer::Field("working_days"))?)
        }
        _ => return Err(NoAnswer::Kind),
    })
}

/// Pauses in order, none overlapping another, without those that end before they begin.
fn merged(calendar: &Calendar, pauses: &[Pause]) -> Result<Vec<(Timestamp, Timestamp)>, NoAnswer> {
    let mut read = Vec::new();
    for pause in pauses {
        let from = at(calendar, &pause.from, "pauses")?;
        let to = at(calendar, &pause.to, "pauses")?;
        read.extend((from < to).then_some((from, to)));
    }
    read.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in read {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    Ok(merged)
}

/// No work at all rolls forward into working time. Pauses postpone as they do for clocks: what was
/// left when a pause began is left when it ends.
fn add(
    calendar: &Calendar,
    start: Timestamp,
    work: SignedDuration,
    pauses: &[Pause],
) -> Result<Timestamp, NoAnswer> {
    if work.is_zero() {
        return Ok(calendar.opening_from(start)?);
    }
    let mut due = calendar.add_work(start, work)?;
    for (from, to) in merged(calendar, pauses)? {
        due = calendar.postpone(due, from.max(start), to, Unit::WorkingTime)?;
    }
    Ok(due)
}

fn subtract(
    calendar: &Calendar,
    end: Timestamp,
    work: SignedDuration,
    pauses: &[Pause],
) -> Result<Timestamp, NoAnswer> {
    if work.is_zero() {
        return Ok(calendar.closing_until(end)?);
    }
    let mut begin = calendar.add_work(end, -work)?;
    for (from, to) in merged(calendar, pauses)?.into_iter().rev() {
        let to = to.min(end);
        if begin < to {
            let left = calendar.elapsed(begin, to)?;
            begin = calendar.add_work(from, -left)?;
        }
    }
    Ok(begin)
}

fn between(
    calendar: &Calendar,
    start: Timestamp,
    end: Timestamp,
    pauses: &[Pause],
) -> Result<SignedDuration, NoAnswer> {
    let mut worked = calendar.elapsed(start, end)?;
    for (from, to) in merged(calendar, pauses)? {
        let (from, to) = (from.max(start), to.min(end));
        if from < to {
            worked -= calendar.elapsed(from, to)?;
        }
    }
    Ok(worked)
}
