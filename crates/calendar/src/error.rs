//! What can be wrong with a calendar's text, and what a calendar cannot answer.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::hours::Hours;

/// What is wrong with a calendar's or a day list's text, and with which part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct SpecFault {
    /// Which part.
    pub part: Part,
    /// What is wrong with it.
    #[source]
    pub error: SpecError,
}

/// A part of a calendar's text, so that whoever read it from a file can name the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// All of it.
    Whole,
    /// `zone`.
    Zone,
    /// `from` and `to`.
    Validity,
    /// The shared lists of days.
    Lists,
    /// A day of the ordinary week.
    Weekday(Weekday),
    /// One of the periods, counted from 0, and the day of its week if it is about one.
    Period(usize, Option<Weekday>),
    /// One of the holidays, counted from 0.
    Holiday(usize),
    /// One of the make-up days, counted from 0.
    MakeUpDay(usize),
    /// One of the half days, counted from 0.
    HalfDay(usize),
}

/// Why a [`CalendarSpec`](crate::CalendarSpec) is not a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The time zone is not in the time zone database.
    #[error("unknown time zone {zone:?}: write an IANA name such as \"Asia/Shanghai\"")]
    UnknownZone {
        /// The name as written.
        zone: String,
    },
    /// The validity ends before it begins.
    #[error("the calendar ends on {to}, before it begins on {from}: swap `from` and `to`")]
    BackwardValidity {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// The validity is longer than a table may be, or lies outside of the years 1900 to 2200.
    #[error(
        "the calendar's validity {from} to {to} is too wide: keep it within 1900 to 2200 and \
         at most {limit} days long"
    )]
    TooWide {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
        /// The most days a calendar may cover.
        limit: u32,
    },
    /// Two spans of one day share time.
    #[error("{day}: {first} and {second} overlap: join them or move one")]
    OverlappingHours {
        /// The weekday or the date, as written in the calendar.
        day: String,
        /// The earlier span.
        first: Hours,
        /// The later span.
        second: Hours,
    },
    /// A special day (half day, make-up day) says that it has spans, and names none.
    #[error("{day}: no spans: write at least one, or list the date under `holidays`")]
    NoHours {
        /// The date.
        day: Date,
    },
    /// A range of holidays ends before it begins.
    #[error("the holidays end on {to}, before they begin on {from}: swap `from` and `to`")]
    BackwardHolidays {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// A holiday does not say when it is, or says it twice.
    #[error("holiday {name:?}: write either `date`, or `from` and `to`, or `every`")]
    HolidayWithoutDate {
        /// The holiday's name, empty if it has none.
        name: String,
    },
    /// A holiday, make-up day or half day lies outside of the validity; mostly a wrong year.
    #[error("{day} lies outside of the calendar ({from} to {to}): correct the year or remove it")]
    OutsideValidity {
        /// The date.
        day: Date,
        /// First day of the calendar.
        from: Date,
        /// Last day of the calendar.
        to: Date,
    },
    /// One date is written under two headings, or twice under one that carries spans.
    #[error("{day} is listed as {first} and as {second}: keep one of them")]
    ConflictingDay {
        /// The date.
        day: Date,
        /// The heading it was found under first.
        first: &'static str,
        /// The heading it was found under again.
        second: &'static str,
    },
    /// A period ends before it begins.
    #[error("the period ends on {to}, before it begins on {from}: swap `from` and `to`")]
    BackwardPeriod {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Two periods share days.
    #[error("the periods from {first} and from {second} overlap: a day has one week only")]
    OverlappingPeriods {
        /// First day of the earlier one.
        first: Date,
        /// First day of the later one.
        second: Date,
    },
    /// A make-up day has no spans of its own, and no weekday has any to lend.
    #[error(
        "no weekday has working time that make-up day {day}{} could copy: give the week spans, or \
         such days their own",
        others(*more)
    )]
    NothingToCopy {
        /// The first such date.
        day: Date,
        /// How many more there are.
        more: usize,
    },
    /// Not a single second of working time in the whole validity.
    #[error("the calendar has no working time: give at least one day of the week spans")]
    NoWorkingTime,
}

fn others(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    }
}

/// Why a calendar has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The question starts before the first day that the calendar knows.
    #[error("{at} is before the calendar's first day {first}: set an earlier `from`")]
    BeforeBeginning {
        /// The instant asked about.
        at: Timestamp,
        /// The calendar's first day.
        first: Date,
    },
    /// The answer lies after the last day that the calendar knows.
    #[error("the answer lies after the calendar's last day {last}: extend the calendar (`to`)")]
    PastEnd {
        /// The calendar's last day.
        last: Date,
    },
    /// The answer lies before the first day that the calendar knows.
    #[error("the answer lies before the calendar's first day {first}: set an earlier `from`")]
    AnswerBeforeBeginning {
        /// The calendar's first day.
        first: Date,
    },
    /// The span is longer than time can be counted.
    #[error("{span} is out of range: write a shorter span")]
    SpanTooLong {
        /// The span asked for.
        span: crate::Span,
    },
}
