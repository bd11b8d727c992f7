//! Deadlines backwards: when something must begin so that it is over in time.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use crate::amount::{Counting, Span, Unit};
use crate::error::CalendarError;
use crate::table::{Calendar, WorkDay, instant, nanos, nanos_of};
use crate::zone::{Twice, wall_instant};

impl Calendar {
    /// The instant from which a span runs until `end`: where a warning "two working days before"
    /// belongs. The mirror of [`Calendar::due`].
    ///
    /// - [`Unit::Wall`]: that much real time earlier.
    /// - [`Unit::WorkingTime`]: the latest instant from which that much working time remains.
    /// - Days at the same time of day: an end outside of working time counts from when work ended,
    ///   and the answer is moved on to the first working instant after it (or back to that day's
    ///   closing). An end exactly at opening time is still of that day.
    /// - Days with [`Counting::FirstDayCounts`]: the end's day is the last of them, unless nothing
    ///   of it has been worked yet; otherwise the day before is. Begins when the first one opens.
    pub fn before(
        &self,
        end: Timestamp,
        span: Span,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        if span.amount == 0 {
            return Ok(end);
        }
        match span.unit {
            Unit::Wall => {
                let seconds = i64::try_from(span.amount).unwrap_or(i64::MAX);
                end.checked_sub(SignedDuration::from_secs(seconds))
                    .map_err(|_| CalendarError::SpanTooLong { span })
            }
            Unit::WorkingTime => self.before_work(end, nanos_of(span.amount)),
            Unit::WorkingDays => self.before_working_days(end, span.amount, counting),
            Unit::CalendarDays => self.before_calendar_days(end, span, counting),
        }
    }

    fn before_working_days(
        &self,
        end: Timestamp,
        days: u64,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        let days = usize::try_from(days).unwrap_or(usize::MAX);
        let at = self.inside(end)?;
        let last = match counting {
            Counting::SameTime => return self.same_time_before(at, days),
            // How many days have been worked in, up to the end.
            Counting::FirstDayCounts => self.days.partition_point(|day| self.opening(day) < at),
            Counting::FromNextDay | Counting::FromNextDayRolling => {
                self.day_from(self.date_inside(end)?)
            }
        };
        let first = last.checked_sub(days).map(|index| &self.days[index]);
        first
            .map(|day| instant(self.opening(day)))
            .ok_or_else(|| self.too_early())
    }

    fn same_time_before(&self, at: i64, days: usize) -> Result<Timestamp, CalendarError> {
        // Opening time is still of its day, unless a span ends right there.
        let begun = self.open.partition_point(|open| open.start <= at);
        let touching =
            begun >= 2 && self.open[begun - 1].start == at && self.open[begun - 2].end == at;
        let index = begun.checked_sub(1 + usize::from(touching));
        let index = index.ok_or_else(|| self.too_early())?;
        let end_day = self.days.partition_point(|day| day.end as usize <= index);
        let goal = end_day.checked_sub(days).ok_or_else(|| self.too_early())?;
        let goal = &self.days[goal];
        let reading = self.zone.to_datetime(instant(at.min(self.open[index].end)));
        if reading.date() > self.days[end_day].date {
            // A closing time of 24:00 reads as the next day's beginning.
            return Ok(instant(self.closing(goal)));
        }
        Ok(self.clip_on(goal, reading.time()))
    }

    /// The first working instant of a day from a time of day on, or the day's closing.
    fn clip_on(&self, day: &WorkDay, time: Time) -> Timestamp {
        let spans = &self.open[day.first as usize..day.end as usize];
        let wanted = wall_instant(&self.zone, day.date, time, Twice::First).map_or(i64::MIN, nanos);
        let over = spans.partition_point(|open| open.end < wanted);
        match spans.get(over) {
            Some(open) => instant(wanted.max(open.start)),
            None => instant(self.closing(day)),
        }
    }

    fn before_calendar_days(
        &self,
        end: Timestamp,
        span: Span,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        let too_long = || CalendarError::SpanTooLong { span };
        let reading = self.zone.to_datetime(end);
        let (days, time) = match counting {
            Counting::SameTime => (span.amount, reading.time()),
            // Midnight is the end of the day before, which then is the last.
            Counting::FirstDayCounts if reading.time() == Time::midnight() => {
                (span.amount, Time::midnight())
            }
            Counting::FirstDayCounts => (span.amount - 1, Time::midnight()),
            Counting::FromNextDay | Counting::FromNextDayRolling => (span.amount, Time::midnight()),
        };
        let days = i32::try_from(days).map_err(|_| too_long())?;
        let days = jiff::Span::new().try_days(days).map_err(|_| too_long())?;
        let date = reading.date().checked_sub(days).map_err(|_| too_long())?;
        wall_instant(&self.zone, date, time, Twice::First).ok_or_else(too_long)
    }

    fn opening(&self, day: &WorkDay) -> i64 {
        self.open[day.first as usize].start
    }

    fn too_early(&self) -> CalendarError {
        CalendarError::AnswerBeforeBeginning { first: self.from }
    }
}
