//! The calendar: open spans in order, with the working time before each.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::amount::{Counting, Span, Unit};
use crate::day::Label;
use crate::error::CalendarError;
use crate::hints::Hints;

/// A business calendar, checked and ready to be asked. Made with [`Calendar::build`].
#[derive(Clone)]
pub struct Calendar {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) zone: TimeZone,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// The days for which the holidays are known.
    pub(crate) announced: (Date, Date),
    /// The instants where the validity begins and ends, in nanoseconds since 1970.
    pub(crate) begins: i64,
    pub(crate) ends: i64,
    /// In order, apart from one another, never empty.
    pub(crate) open: Vec<Open>,
    /// Where in `open` an instant is to be looked for.
    pub(crate) by_end: Hints,
    /// Where in `open` an amount of work is to be looked for.
    pub(crate) by_work: Hints,
    /// The dates with working time, in order.
    pub(crate) days: Vec<WorkDay>,
    /// The days that are not ordinary.
    pub(crate) labels: BTreeMap<Date, Label>,
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

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Nanoseconds since 1970, at the edge of the range for instants outside of it (1677 to 2262).
pub(crate) fn nanos(at: Timestamp) -> i64 {
    let whole = at.as_second().checked_mul(NANOS_PER_SECOND);
    let exact = whole.and_then(|whole| whole.checked_add(i64::from(at.subsec_nanosecond())));
    exact.unwrap_or(if at < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    })
}

pub(crate) fn instant(nanos: i64) -> Timestamp {
    let (second, rest) = (
        nanos.div_euclid(NANOS_PER_SECOND),
        nanos.rem_euclid(NANOS_PER_SECOND),
    );
    // All of i64 lies inside of the range of instants (years -9999 to 9999).
    Timestamp::new(second, rest as i32).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for Calendar {
    /// Without the table, which has thousands of rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("zone", &self.zone.iana_name())
            .field("from", &self.from)
            .field("to", &self.to)
            .field("working_days", &self.days.len())
            .finish_non_exhaustive()
    }
}

impl Calendar {
    /// What people call the calendar, if it has a name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Which edition of the calendar this is, if it says so.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The calendar's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// First and last day that the calendar knows.
    pub fn validity(&self) -> (Date, Date) {
        (self.from, self.to)
    }

    /// First and last day for which holidays and make-up days are known. Outside of it, but inside
    /// of the validity, only the week counts: an answer there may change when the next year's days
    /// are announced.
    pub fn announced(&self) -> (Date, Date) {
        self.announced
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

    /// The instant that lies so much working time after `start`, or before it if negative. Full at
    /// closing time, it stays at closing time; backwards, at opening time.
    ///
    /// No time at all is over at `start`; [`Calendar::opening_from`] moves into working time.
    pub fn add_work(
        &self,
        start: Timestamp,
        work: SignedDuration,
    ) -> Result<Timestamp, CalendarError> {
        // More than an i64 of nanoseconds (292 years) is past every calendar's end.
        let nanos = i64::try_from(work.as_nanos());
        match nanos.unwrap_or(if work.is_negative() {
            -i64::MAX
        } else {
            i64::MAX
        }) {
            0 => self.inside(start).map(|_| start),
            back if back < 0 => self.before_work(start, back.saturating_neg()),
            work => self.after_work(start, work),
        }
    }

    /// The latest instant from which so many nanoseconds of working time remain until `end`.
    pub(crate) fn before_work(
        &self,
        end: Timestamp,
        work: i64,
    ) -> Result<Timestamp, CalendarError> {
        let worked = self.worked(self.inside(end)?).checked_sub(work);
        let worked = worked
            .filter(|left| *left >= 0)
            .ok_or(CalendarError::AnswerBeforeBeginning { first: self.from })?;
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
        let (from, to) = self.by_work.range(goal);
        let index = from + self.open[from..to].partition_point(|open| full(open) < goal);
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
        let (from, to) = self.by_end.range(at);
        from + self.open[from..to].partition_point(|open| open.end <= at)
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

pub(crate) fn nanos_of(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000_000_000)
}
