//! Working days and calendar days, date by date.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use redress_calendar::{Calendar, Counting as First, Unit};

use super::time::bounds;
use super::{Counting, Row, RowKind, off, special};
use crate::length::is_closing;

/// One row for each run of dates that count, do not count, or are free for the same reason; a
/// pause takes the days that it passes into.
pub(super) fn rows(counting: &Counting<'_>, calendar: &Calendar) -> Vec<Row> {
    let first = calendar.date_of(counting.started_at);
    // An end at midnight is of the day before, unless the clock ends at the time of its start, and
    // that is not a closing time at midnight.
    let own_time = counting.of.counting == First::SameTime
        && !(counting.of.span.unit == Unit::WorkingDays
            && is_closing(calendar, counting.started_at));
    let last = |end: Timestamp| {
        if own_time {
            calendar.date_of(end)
        } else {
            closing_date(calendar, end)
        }
    };
    let (last, end) = (last(counting.until), last(counting.end));
    let begins = begins(counting, calendar);
    let mut rows: Vec<Row> = Vec::new();
    let mut date = first;
    while date <= last {
        let kind = kind(counting, calendar, date, (begins, end));
        let counts = u64::from(matches!(kind, RowKind::Counted { .. }));
        push(&mut rows, kind, bounds(calendar, date), counts);
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    clip(&mut rows, counting);
    rows
}

/// The first date that may count.
fn begins(counting: &Counting<'_>, calendar: &Calendar) -> Date {
    let start = counting.started_at;
    let date = calendar.date_of(start);
    let next = |date: Date| date.tomorrow().unwrap_or(date);
    match (counting.of.span.unit, counting.of.counting) {
        (Unit::CalendarDays, First::FirstDayCounts) => date,
        (_, First::FirstDayCounts) => {
            // A start after closing time finds nothing left of its own day.
            let open = calendar.day(date).and_then(|day| day.open.last().copied());
            if open.is_some_and(|open| start < open.to) {
                date
            } else {
                next(date)
            }
        }
        (Unit::WorkingDays, First::SameTime) => {
            let opening = calendar
                .opening_from(start)
                .map_or(date, |at| calendar.date_of(at));
            next(if is_closing(calendar, start) {
                closing_date(calendar, start)
            } else {
                opening
            })
        }
        _ => next(date),
    }
}

/// The date whose work a closing time ends.
fn closing_date(calendar: &Calendar, at: Timestamp) -> Date {
    calendar.date_of(at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at))
}

fn kind(
    counting: &Counting<'_>,
    calendar: &Calendar,
    date: Date,
    (begins, end): (Date, Date),
) -> RowKind {
    let works = calendar.is_working_day(date);
    let working_days = counting.of.span.unit == Unit::WorkingDays;
    if working_days && !works {
        return off(calendar, date);
    }
    if let Some(pause) = counting
        .pauses
        .iter()
        .find(|pause| calendar.date_of(pause.since) < date && date <= calendar.date_of(pause.until))
        && date >= begins
    {
        return RowKind::Paused {
            reason: pause.reason.clone(),
        };
    }
    // What the end is rolled over, since nobody works on it.
    let rolls = counting.of.counting == First::FromNextDayRolling && !working_days;
    let rolled = rolls && counted_by(counting, calendar, begins, date) >= counting.of.span.amount;
    if date < begins || date > end || rolled {
        return RowKind::NotCounted;
    }
    let special = working_days.then(|| special(calendar, date)).flatten();
    RowKind::Counted { special }
}

/// How many dates have counted before this one, of an allowance in calendar days.
fn counted_by(counting: &Counting<'_>, calendar: &Calendar, begins: Date, date: Date) -> u64 {
    let days = |from: Date, to: Date| u64::from((to - from).get_days().max(0).unsigned_abs());
    let all = days(begins, date);
    let paused = counting.pauses.iter().map(|pause| {
        let next = |at| calendar.date_of(at).tomorrow().unwrap_or(date);
        days(next(pause.since).max(begins), next(pause.until).min(date))
    });
    all.saturating_sub(paused.sum())
}

fn push(rows: &mut Vec<Row>, kind: RowKind, (from, to): (Timestamp, Timestamp), counted: u64) {
    match rows.last_mut() {
        Some(row) if row.kind == kind => {
            row.to = Some(to);
            row.counted += counted;
        }
        _ => rows.push(Row {
            kind,
            from,
            to: Some(to),
            counted,
        }),
    }
}

/// The first row begins where the clock starts, the last one ends where it ends.
fn clip(rows: &mut [Row], counting: &Counting<'_>) {
    if let Some(row) = rows.first_mut() {
        row.from = row.from.max(counting.started_at);
    }
    if let Some(row) = rows.last_mut() {
        row.to = row.to.map(|to| to.min(counting.until));
    }
}
