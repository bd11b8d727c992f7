//! What a calendar knows of single days, for tables that explain a deadline.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::table::{Calendar, instant, nanos};

/// What sort of day a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// As its weekday says.
    Ordinary,
    /// Nobody works.
    Holiday,
    /// Works to make up for a holiday (调休).
    MakeUp,
    /// Works other hours than its weekday's.
    HalfDay,
}

/// A day that is not ordinary.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) kind: DayKind,
    pub(crate) name: Option<Box<str>>,
}

/// A stretch of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSpan {
    /// When work begins.
    pub from: Timestamp,
    /// When work ends.
    pub to: Timestamp,
}

/// A day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day<'a> {
    /// Which one.
    pub date: Date,
    /// What sort of day it is.
    pub kind: DayKind,
    /// Why it is not ordinary, if the calendar says so.
    pub name: Option<&'a str>,
    /// Its working time in order; empty on a day off.
    pub open: Vec<OpenSpan>,
}

impl Calendar {
    /// A day of the calendar; `None` outside of its validity.
    pub fn day(&self, date: Date) -> Option<Day<'_>> {
        let (first, last) = self.validity();
        if !(first..=last).contains(&date) {
            return None;
        }
        let label = self.labels.get(&date);
        let found = self.days.binary_search_by_key(&date, |day| day.date);
        let spans = found.map_or(&[][..], |at| {
            let day = &self.days[at];
            &self.open[day.first as usize..day.end as usize]
        });
        let open = spans.iter().map(|open| OpenSpan {
            from: instant(open.start),
            to: instant(open.end),
        });
        Some(Day {
            date,
            kind: label.map_or(DayKind::Ordinary, |label| label.kind),
            name: label.and_then(|label| label.name.as_deref()),
            open: open.collect(),
        })
    }

    /// The working time between two instants, span by span: what [`Calendar::elapsed`] adds up.
    pub fn spans(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = OpenSpan> + '_ {
        let (from, to) = (nanos(from), nanos(to));
        self.open[self.open_after(from)..]
            .iter()
            .take_while(move |open| open.start < to)
            .map(move |open| OpenSpan {
                from: instant(open.start.max(from)),
                to: instant(open.end.min(to)),
            })
    }

    /// The special days from one date to another, both included.
    pub fn special_days(&self, from: Date, to: Date) -> impl Iterator<Item = Day<'_>> + '_ {
        let labels = (from <= to).then(|| self.labels.range(from..=to));
        let dates = labels.into_iter().flatten().map(|(date, _)| *date);
        dates.filter_map(|date| self.day(date))
    }
}
