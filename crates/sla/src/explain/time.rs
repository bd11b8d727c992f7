//! Time around the clock, and working time.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use redress_calendar::Calendar;

use super::{Counting, Row, RowKind, off, special};

/// Around the clock everything counts that is no pause.
pub(super) fn wall(counting: &Counting<'_>) -> Vec<Row> {
    let stretches = counting.stretches();
    whole(stretches.into_iter().map(|(from, to, pause)| match pause {
        Some(reason) => (paused(reason, from, to), 0),
        None => (counted(from, to, None), to.duration_since(from).as_nanos()),
    }))
}

/// Working time day by day, and what lies between that does not count.
pub(super) fn working(counting: &Counting<'_>, calendar: &Calendar) -> Vec<Row> {
    let mut rows: Vec<(Row, i128)> = Vec::new();
    for (from, to, pause) in counting.stretches() {
        match pause {
            Some(reason) => rows.push((paused(reason, from, to), 0)),
            None => rows.extend(days(calendar, from, to)),
        }
    }
    whole(rows.into_iter())
}

/// Each day's working time as one row, breaks included; days without any, joined by their names.
fn days(calendar: &Calendar, from: Timestamp, to: Timestamp) -> Vec<(Row, i128)> {
    let mut rows: Vec<(Row, i128)> = Vec::new();
    let mut date = calendar.date_of(from);
    let last = calendar.date_of(to);
    while date <= last {
        let (begins, ends) = bounds(calendar, date);
        let (begins, ends) = (begins.max(from), ends.min(to));
        let spans: Vec<_> = calendar.spans(begins, ends).collect();
        let work = spans
            .iter()
            .map(|s| s.to.duration_since(s.from).as_nanos())
            .sum();
        match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => {
                rows.push((counted(first.from, last.to, special(calendar, date)), work));
            }
            _ if begins < ends => push_off(&mut rows, off(calendar, date), begins, ends),
            _ => {}
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    rows
}

fn push_off(rows: &mut Vec<(Row, i128)>, kind: RowKind, from: Timestamp, to: Timestamp) {
    match rows.last_mut() {
        Some((row, _)) if row.kind == kind && row.to == Some(from) => row.to = Some(to),
        _ => rows.push((
            Row {
                kind,
                from,
                to: Some(to),
                counted: 0,
            },
            0,
        )),
    }
}

/// Where a date begins and ends.
pub(super) fn bounds(calendar: &Calendar, date: Date) -> (Timestamp, Timestamp) {
    let begin = |date| calendar.instant_of(date, Time::midnight());
    let begins = begin(date).unwrap_or(Timestamp::MIN);
    let ends = date
        .tomorrow()
        .ok()
        .and_then(begin)
        .unwrap_or(Timestamp::MAX);
    (begins, ends)
}

pub(super) fn counted(from: Timestamp, to: Timestamp, special: Option<super::SpecialDay>) -> Row {
    Row {
        kind: RowKind::Counted { special },
        from,
        to: Some(to),
        counted: 0,
    }
}

pub(super) fn paused(reason: &redress_policy::PauseId, from: Timestamp, to: Timestamp) -> Row {
    let kind = RowKind::Paused {
        reason: reason.clone(),
    };
    Row {
        kind,
        from,
        to: Some(to),
        counted: 0,
    }
}

/// Gives each row its whole seconds, so that they sum up as exactly as the whole does.
fn whole(rows: impl Iterator<Item = (Row, i128)>) -> Vec<Row> {
    const SECOND: i128 = 1_000_000_000;
    let mut before = 0;
    let row = |(mut row, nanos): (Row, i128)| {
        let after = before + nanos;
        let seconds = after / SECOND - before / SECOND;
        before = after;
        row.counted = u64::try_from(seconds).unwrap_or_default();
        row
    };
    rows.map(row).collect()
}
