//! The calendar: open spans in order, with the working time before each.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::amount::{Counting, Span, Unit};
use crate::error::CalendarError;

/// A business calendar, checked and ready to be asked. Made with `Calendar::try_from(spec)`.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub(crate) name: Option<String>,
    pub(crate) zone: TimeZone,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// The instants where the validity begins and ends, in nanoseconds since 1970.
    pub(crate) begins: i64,
    pub(crate) ends: i64,
    /// In order, apart from one another, never empty.
    pub(crate) open: Vec<Open>,
    /// The dates with working time, in order.
    pub(crate) days: Vec<WorkDay>,
}

/// A span of working time, in nanoseconds since 1970, and all working time before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) before: i64,
}

/// A date with working time, and where its spans are in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorkDay {
    pub(crate) date: Date,
    pub(crate) first: u32,
    pub(crate) end: u32,
}

/// Nanoseconds since 1970, at the edge of the range for instants outside of it (1677 to 2262).
pub(crate) fn nanos(at: Timestamp) -> i64 {
    let edge = if at < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    };
    i64::try_from(at.as_nanosecond()).unwrap_or(edge)
}

pub(crate) fn instant(nanos: i64) -> Timestamp {
    // All of i64 lies inside of the range of instants (years -9999 to 9999).
    Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::MAX)
}

impl Calendar {
    /// What people call the calendar, if it has a name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The calendar's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// First and last day that the calendar knows.
    pub fn validity(&self) -> (Date, Date) {
        (self.from, self.to)
    }

    /// The date of an instant in the calendar's time zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// Whether this instant is working time. Opening belongs to it, closing does not; nothing does
    /// outside of the validity.
    pub fn is_working(&self, at: Timestamp) -> bool {
        let at = nanos(at);
        self.open
            .get(self.open_after(at))
            .is_some_and(|open| open.start <= at)
    }

    /// When a span that begins at `start` is over.
    ///
    /// - [`Unit::Wall`]: that much real time later; the calendar does not matter.
    /// - [`Unit::WorkingTime`]: the first instant at which that much time has been worked since
    ///   `start`. Full at closing time, it stays at closing time.
    /// - [`Unit::WorkingDays`], [`Unit::CalendarDays`]: see [`Counting`]. At the same time of day,
    ///   a start outside of working time begins when work begins again, and the end is moved back
    ///   to the last working instant before it (or forward to that day's opening). A start
    ///   exactly at closing time is still of that day.
    ///
    /// A span of nothing is over at `start`.
    pub fn due(
        &self,
        start: Timestamp,
        span: Span,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        if span.amount == 0 {
            return Ok(start);
        }
        match span.unit {
            Unit::Wall => {
                let seconds = i64::try_from(span.amount).unwrap_or(i64::MAX);
                start
                    .checked_add(SignedDuration::from_secs(seconds))
                    .map_err(|_| CalendarError::SpanTooLong { span })
            }
            Unit::WorkingTime => self.after_work(start, nanos_of(span.amount)),
            Unit::WorkingDays => self.after_working_days(start, span.amount, counting),
            Unit::CalendarDays => self.after_calendar_days(start, span, counting),
        }
    }

    /// The working time between two instants; negative if `end` is before `start`.
    pub fn elapsed(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<SignedDuration, CalendarError> {
        let (from, to) = (self.inside(start)?, self.inside(end)?);
        Ok(SignedDuration::from_nanos(
            self.worked(to) - self.worked(from),
        ))
    }

    /// The latest instant from which so many seconds of working time remain until `end`: where a
    /// warning "two working hours before" belongs.
    pub fn before_work(&self, end: Timestamp, seconds: u64) -> Result<Timestamp, CalendarError> {
        let at = self.inside(end)?;
        if seconds == 0 {
            return Ok(end);
        }
        let worked = self
            .worked(at)
            .checked_sub(nanos_of(seconds))
            .filter(|left| *left >= 0);
        let worked = worked.ok_or(CalendarError::AnswerBeforeBeginning { first: self.from })?;
        // The last span that begins with no more than this already worked.
        let index = self.open.partition_point(|open| open.before <= worked) - 1;
        let open = self.open[index];
        Ok(instant(open.start + (worked - open.before)))
    }

    /// The first instant at which so many nanoseconds have been worked since `start`.
    pub(crate) fn after_work(
        &self,
        start: Timestamp,
        work: i64,
    ) -> Result<Timestamp, CalendarError> {
        let past_end = CalendarError::PastEnd { last: self.to };
        let Some(goal) = self.worked(self.inside(start)?).checked_add(work) else {
            return Err(past_end);
        };
        let full = |open: &Open| open.before + (open.end - open.start);
        let index = self.open.partition_point(|open| full(open) < goal);
        let open = self.open.get(index).ok_or(past_end)?;
        Ok(instant(open.start + (goal - open.before)))
    }

    /// Working nanoseconds from the beginning of the calendar up to an instant.
    fn worked(&self, at: i64) -> i64 {
        match (self.open.get(self.open_after(at)), self.open.last()) {
            (Some(open), _) => open.before + (at - open.start).max(0),
            (None, Some(last)) => last.before + (last.end - last.start),
            (None, None) => 0,
        }
    }

    /// Index of the first span that closes after an instant.
    pub(crate) fn open_after(&self, at: i64) -> usize {
        self.open.partition_point(|open| open.end <= at)
    }

    /// The instant in nanoseconds, if the calendar knows it.
    pub(crate) fn inside(&self, at: Timestamp) -> Result<i64, CalendarError> {
        match nanos(at) {
            early if early < self.begins => Err(CalendarError::BeforeBeginning {
                at,
                first: self.from,
            }),
            late if late > self.ends => Err(CalendarError::PastEnd { last: self.to }),
            inside => Ok(inside),
        }
    }
}

fn nanos_of(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000_000_000)
}
