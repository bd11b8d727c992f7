//! Why a clock ends when it ends: the calculation, row by row.

mod days;
mod time;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_calendar::{Calendar, DayKind, Span, Unit};
use redress_policy::{Allowance, ClockRules, PauseId};

use crate::clock::{Clock, ClockState, Pause};
use crate::lay::{Course, end};
use crate::length::calendar;
use crate::start::FaultCause;

/// The calculation of a clock's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// In the order of time.
    pub rows: Vec<Row>,
    /// What the rows count together: seconds of time units, days of others. Equal to the allowance
    /// unless the clock stands still.
    pub counted: u64,
}

/// A stretch of time and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends; open for a pause that is not over.
    pub to: Option<Timestamp>,
    /// How much of the allowance it uses up: seconds or days.
    pub counted: u64,
}

/// What a stretch of time is to a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// It counts.
    Counted {
        /// Days that are not ordinary, such as a make-up working day (调休), with their names.
        special: Option<SpecialDay>,
    },
    /// A time without work, so nothing counts: nights, weekends.
    Off,
    /// Holidays, so nothing counts.
    Holiday {
        /// As the calendar calls them.
        name: Option<String>,
    },
    /// The day of the start, of which nothing counts by the rule of counting.
    NotCounted,
    /// The clock stood still.
    Paused {
        /// Why, as in the policy.
        reason: PauseId,
    },
    /// More time was given.
    Extended {
        /// How much.
        by: Span,
        /// When.
        at: Timestamp,
    },
}

/// A working day that its weekday does not explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// What sort of day.
    pub kind: DayKind,
    /// As the calendar calls it.
    pub name: Option<String>,
}

/// The calculation of a clock's end.
///
/// # Errors
/// The calendar that the clock runs by is not in these rules, or is another one by now.
pub fn explain(rules: &ClockRules, clock: &Clock) -> Result<Explanation, FaultCause> {
    let of = &clock.allowance;
    let open = match &clock.state {
        ClockState::Paused { reason, since } => Some((reason, *since)),
        _ => None,
    };
    let course = Course {
        started_at: clock.started_at,
        pauses: &clock.pauses,
        extensions: &[],
    };
    let base_end = end(rules, of, course)?;
    let until = open.map_or(base_end, |(_, since)| since.min(base_end));
    let within = |pause: &&Pause| pause.since < until;
    let pauses: Vec<Pause> = clock.pauses.iter().filter(within).cloned().collect();
    let span = Counting {
        of,
        started_at: clock.started_at,
        until,
        end: base_end,
        pauses: &pauses,
    };
    let mut rows = span.rows(rules)?;
    let counted = rows.iter().map(|row| row.counted).sum();
    rows.extend(extensions(rules, clock, base_end)?);
    rows.extend(late_pauses(clock, until));
    if let Some((reason, since)) = open {
        let kind = RowKind::Paused {
            reason: reason.clone(),
        };
        rows.push(Row {
            kind,
            from: since,
            to: None,
            counted: 0,
        });
    }
    Ok(Explanation { rows, counted })
}

/// The allowance that is to be counted out, and over what time.
struct Counting<'a> {
    of: &'a Allowance,
    started_at: Timestamp,
    /// Where the counting ends: at `end`, or where a pause that is not over began.
    until: Timestamp,
    end: Timestamp,
    pauses: &'a [Pause],
}

impl Counting<'_> {
    fn rows(&self, rules: &ClockRules) -> Result<Vec<Row>, FaultCause> {
        Ok(match self.of.span.unit {
            Unit::Wall => time::wall(self),
            Unit::WorkingTime => time::working(self, calendar(rules, &self.of.calendar)?),
            Unit::WorkingDays | Unit::CalendarDays => {
                days::rows(self, calendar(rules, &self.of.calendar)?)
            }
        })
    }

    /// The stretches between start and end: running, or standing still for a reason.
    fn stretches(&self) -> Vec<(Timestamp, Timestamp, Option<&PauseId>)> {
        let mut stretches = Vec::new();
        let mut from = self.started_at;
        for pause in self.pauses {
            if from < pause.since {
                stretches.push((from, pause.since, None));
            }
            stretches.push((pause.since, pause.until, Some(&pause.reason)));
            from = pause.until;
        }
        if from < self.until {
            stretches.push((from, self.until, None));
        }
        stretches
    }
}

/// Extensions, each from the end that those before it give.
fn extensions(
    rules: &ClockRules,
    clock: &Clock,
    base_end: Timestamp,
) -> Result<Vec<Row>, FaultCause> {
    let all = &clock.extensions;
    let mut from = base_end;
    let mut rows = Vec::with_capacity(all.len());
    for (index, extension) in all.iter().enumerate() {
        let to = if index + 1 == all.len() {
            clock.due_at
        } else {
            let course = Course {
                started_at: clock.started_at,
                pauses: &clock.pauses,
                extensions: &all[..=index],
            };
            end(rules, &clock.allowance, course)?
        };
        let kind = RowKind::Extended {
            by: extension.by,
            at: extension.at,
        };
        rows.push(Row {
            kind,
            from,
            to: Some(to),
            counted: 0,
        });
        from = to;
    }
    Ok(rows)
}

/// Pauses after the end that the allowance alone gives.
fn late_pauses(clock: &Clock, until: Timestamp) -> impl Iterator<Item = Row> {
    let pauses = clock.pauses.iter();
    let late = pauses.filter(move |pause| pause.since >= until);
    late.map(|pause| Row {
        kind: RowKind::Paused {
            reason: pause.reason.clone(),
        },
        from: pause.since,
        to: Some(pause.until),
        counted: 0,
    })
}

/// What a day off is called.
fn off(calendar: &Calendar, date: Date) -> RowKind {
    match calendar.day(date) {
        Some(day) if day.kind == DayKind::Holiday => RowKind::Holiday {
            name: day.name.map(ToOwned::to_owned),
        },
        _ => RowKind::Off,
    }
}

/// What a day on which work is done is called beyond its weekday.
fn special(calendar: &Calendar, date: Date) -> Option<SpecialDay> {
    let day = calendar.day(date)?;
    let ordinary = matches!(day.kind, DayKind::Ordinary | DayKind::Holiday);
    (!ordinary).then(|| SpecialDay {
        kind: day.kind,
        name: day.name.map(ToOwned::to_owned),
    })
}
