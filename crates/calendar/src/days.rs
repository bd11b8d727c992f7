//! Counting days: working days and calendar days.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::amount::{Counting, Span, Unit};
use crate::error::CalendarError;
use crate::table::{Calendar, WorkDay, instant, nanos};
use crate::zone::{Twice, wall_instant};

impl Calendar {
    /// Whether anybody works on this date.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.days
            .binary_search_by_key(&date, |day| day.date)
            .is_ok()
    }

    /// How many working days lie after `start`'s date, up to and with `end`'s date; negative if
    /// `end` is on an earlier date.
    pub fn working_days_between(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<i64, CalendarError> {
        let (start, end) = (self.date_inside(start)?, self.date_inside(end)?);
        Ok(self.day_after(end) as i64 - self.day_after(start) as i64)
    }

    /// The working day that is so many steps after a date, or before it if negative. No step stays
    /// on the date, whether it is a working day or not.
    pub fn working_day(&self, date: Date, steps: i64) -> Result<Date, CalendarError> {
        if !(self.from..=self.to).contains(&date) {
            return Err(self.past_end());
        }
        let index = match steps {
            0 => return Ok(date),
            1.. => self.day_after(date) as i64 + (steps - 1),
            _ => self.day_from(date) as i64 + steps,
        };
        if index < 0 {
            return Err(CalendarError::AnswerBeforeBeginning { first: self.from });
        }
        let day = usize::try_from(index).ok().and_then(|at| self.days.get(at));
        day.map(|day| day.date).ok_or_else(|| self.past_end())
    }

    /// The first working instant at or after this one. Closing time is not working time.
    pub fn opening_from(&self, at: Timestamp) -> Result<Timestamp, CalendarError> {
        let at = self.inside(at)?;
        let open = self.open.get(self.open_after(at));
        let open = open.ok_or_else(|| self.past_end())?;
        Ok(instant(at.max(open.start)))
    }

    /// The last instant at or before this one that has working time right before it: closing time
    /// is one, opening time is not.
    pub fn closing_until(&self, at: Timestamp) -> Result<Timestamp, CalendarError> {
        let at = self.inside(at)?;
        let begun = self.open.partition_point(|open| open.start < at);
        let open = begun.checked_sub(1).map(|index| self.open[index]);
        let open = open.ok_or(CalendarError::AnswerBeforeBeginning { first: self.from })?;
        Ok(instant(at.min(open.end)))
    }

    /// The instant of a reading of the clock on a date. One that occurs twice is the first; one
    /// that is skipped is the instant of the skip. `None` beyond the range of instants.
    pub fn instant_of(&self, date: Date, time: Time) -> Option<Timestamp> {
        wall_instant(&self.zone, date, time, Twice::First)
    }

    /// A deadline moved on by a pause from `paused` to `resumed`, in the deadline's own unit: real
    /// time, working time, or the days that the pause passed into (the time of day stays; the end of
    /// a day at 24:00 becomes the end of a later one).
    ///
    /// A pause that ends before it begins moves nothing.
    pub fn postpone(
        &self,
        due: Timestamp,
        paused: Timestamp,
        resumed: Timestamp,
        unit: Unit,
    ) -> Result<Timestamp, CalendarError> {
        if resumed <= paused {
            return Ok(due);
        }
        match unit {
            Unit::Wall => due
                .checked_add(resumed.duration_since(paused))
                .map_err(|_| self.past_end()),
            Unit::WorkingTime => {
                // Not due + pause: what was left when the pause began is left when it ends.
                let left = self.elapsed(paused, due.max(paused))?;
                let left = i64::try_from(left.as_nanos()).unwrap_or(i64::MAX);
                if left == 0 {
                    Ok(due)
                } else {
                    self.after_work(resumed, left)
                }
            }
            Unit::WorkingDays => {
                let days = self.working_days_between(paused, resumed)?.unsigned_abs();
                self.days_later(due, usize::try_from(days).unwrap_or(usize::MAX))
            }
            Unit::CalendarDays => {
                let days = (self.date_of(resumed) - self.date_of(paused)).get_days();
                let span = Span::calendar_days(u64::from(days.unsigned_abs()));
                self.due(due, span, Counting::SameTime)
            }
        }
    }

    /// An end moved on by so many working days.
    fn days_later(&self, due: Timestamp, days: usize) -> Result<Timestamp, CalendarError> {
        if days == 0 {
            return Ok(due);
        }
        let at = self.inside(due)?;
        let reading = self.zone.to_datetime(due);
        // A closing time of 24:00 reads as the next day's beginning, on which nobody may work.
        let closed = self.open.partition_point(|open| open.end < at);
        if self.open.get(closed).is_some_and(|open| open.end == at) {
            let day = self.days.partition_point(|day| day.end as usize <= closed);
            if self.days[day].date < reading.date() {
                return self.closing_of(day.saturating_add(days));
            }
        }
        let index = self.day_after(reading.date()).saturating_add(days - 1);
        let day = self.days.get(index).ok_or_else(|| self.past_end())?;
        Ok(self.clip(day, reading.time()))
    }

    pub(crate) fn after_working_days(
        &self,
        start: Timestamp,
        days: u64,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        let days = usize::try_from(days).unwrap_or(usize::MAX);
        let at = self.inside(start)?;
        match counting {
            Counting::SameTime => self.same_time(at, days),
            Counting::FirstDayCounts => {
                // A start after closing time finds nothing left of its own day.
                let today = self.days.partition_point(|day| self.closing(day) <= at);
                self.closing_of(today.saturating_add(days - 1))
            }
            Counting::FromNextDay | Counting::FromNextDayRolling => {
                let tomorrow = self.day_after(self.date_inside(start)?);
                self.closing_of(tomorrow.saturating_add(days - 1))
            }
        }
    }

    fn same_time(&self, at: i64, days: usize) -> Result<Timestamp, CalendarError> {
        // Closing time is still of its day, unless the next span begins right there.
        let closed = self.open.partition_point(|open| open.end < at);
        let touching = self
            .open
            .get(closed + 1)
            .is_some_and(|next| next.start == at);
        let index = closed + usize::from(touching);
        let open = self.open.get(index).ok_or_else(|| self.past_end())?;
        let start_day = self.days.partition_point(|day| day.end as usize <= index);
        let goal = self
            .days
            .get(start_day.saturating_add(days))
            .ok_or_else(|| self.past_end())?;
        let reading = self.zone.to_datetime(instant(at.max(open.start)));
        if reading.date() > self.days[start_day].date {
            // A closing time of 24:00 reads as the next day's beginning.
            return Ok(instant(self.closing(goal)));
        }
        Ok(self.clip(goal, reading.time()))
    }

    /// The last working instant of a day up to a time of day, or the day's opening.
    fn clip(&self, day: &WorkDay, time: Time) -> Timestamp {
        let spans = &self.open[day.first as usize..day.end as usize];
        let wanted = wall_instant(&self.zone, day.date, time, Twice::First).map_or(i64::MAX, nanos);
        let begun = spans.partition_point(|open| open.start <= wanted);
        match begun.checked_sub(1) {
            Some(index) => instant(wanted.min(spans[index].end)),
            None => instant(spans[0].start),
        }
    }

    pub(crate) fn after_calendar_days(
        &self,
        start: Timestamp,
        span: Span,
        counting: Counting,
    ) -> Result<Timestamp, CalendarError> {
        let too_long = || CalendarError::SpanTooLong { span };
        let reading = self.zone.to_datetime(start);
        let (days, time) = match counting {
            Counting::SameTime => (span.amount, reading.time()),
            Counting::FirstDayCounts => (span.amount, Time::midnight()),
            Counting::FromNextDay | Counting::FromNextDayRolling => {
                (span.amount.saturating_add(1), Time::midnight())
            }
        };
        let days = i32::try_from(days).map_err(|_| too_long())?;
        let days = jiff::Span::new().try_days(days).map_err(|_| too_long())?;
        let mut date = reading.date().checked_add(days).map_err(|_| too_long())?;
        if counting == Counting::FromNextDayRolling {
            // Midnight ends the day before; that one is the last.
            let last = date.yesterday().map_err(|_| too_long())?;
            if !self.is_working_day(last) {
                let rolled = self.working_day(last, 1)?;
                date = rolled.tomorrow().map_err(|_| too_long())?;
            }
        }
        wall_instant(&self.zone, date, time, Twice::First).ok_or_else(too_long)
    }

    pub(crate) fn closing(&self, day: &WorkDay) -> i64 {
        self.open[day.end as usize - 1].end
    }

    fn closing_of(&self, index: usize) -> Result<Timestamp, CalendarError> {
        let day = self.days.get(index).ok_or_else(|| self.past_end())?;
        Ok(instant(self.closing(day)))
    }

    /// Index of the first working day at or after a date.
    pub(crate) fn day_from(&self, date: Date) -> usize {
        self.days.partition_point(|day| day.date < date)
    }

    /// Index of the first working day after a date.
    pub(crate) fn day_after(&self, date: Date) -> usize {
        self.days.partition_point(|day| day.date <= date)
    }

    pub(crate) fn date_inside(&self, at: Timestamp) -> Result<Date, CalendarError> {
        self.inside(at).map(|_| self.date_of(at))
    }

    pub(crate) fn past_end(&self) -> CalendarError {
        CalendarError::PastEnd { last: self.to }
    }
}
