//! From a calendar's text to its table of open spans.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::error::SpecError;
use crate::hours::Hours;
use crate::spec::{CalendarSpec, Holiday};
use crate::table::{Calendar, Open, WorkDay, nanos};
use crate::zone::{Twice, minute_instant};

/// The most days of one calendar: 60 years. At two spans a day the table has 1 MB.
const MAX_DAYS: u32 = 21_915;

/// Why a date is not an ordinary one.
enum Special {
    Holiday,
    MakeUp(Vec<Hours>),
    HalfDay(Vec<Hours>),
}

impl Special {
    fn heading(&self) -> &'static str {
        match self {
            Self::Holiday => "a holiday",
            Self::MakeUp(_) => "a make-up day",
            Self::HalfDay(_) => "a half day",
        }
    }
}

/// The dates that are not ordinary, each with one meaning only.
struct Specials<'a> {
    spec: &'a CalendarSpec,
    by_date: BTreeMap<Date, Special>,
}

impl TryFrom<CalendarSpec> for Calendar {
    type Error = SpecError;

    fn try_from(spec: CalendarSpec) -> Result<Self, SpecError> {
        let zone = TimeZone::get(&spec.zone).map_err(|_| SpecError::UnknownZone {
            zone: spec.zone.clone(),
        })?;
        check_validity(spec.from, spec.to)?;
        for (weekday, hours) in spec.week.days() {
            sorted(hours, || format!("{weekday:?}").to_lowercase())?;
        }
        let specials = Specials::gather(&spec)?;
        let (open, days) = table(&zone, &specials)?;
        if open.is_empty() {
            return Err(SpecError::NoWorkingTime);
        }
        let begins = minute_instant(&zone, spec.from, 0, Twice::First).map_or(i64::MIN, nanos);
        let ends = minute_instant(&zone, spec.to, 1440, Twice::First).map_or(i64::MAX, nanos);
        Ok(Self {
            name: spec.name,
            zone,
            from: spec.from,
            to: spec.to,
            begins,
            ends,
            open,
            days,
        })
    }
}

fn check_validity(from: Date, to: Date) -> Result<(), SpecError> {
    if to < from {
        return Err(SpecError::BackwardValidity { from, to });
    }
    let days = (to - from).get_days().unsigned_abs();
    if days >= MAX_DAYS || from.year() < 1900 || to.year() > 2200 {
        return Err(SpecError::TooWide {
            from,
            to,
            limit: MAX_DAYS,
        });
    }
    Ok(())
}

/// The hours in order, or the first two that overlap. Touching is not overlapping.
fn sorted(hours: &[Hours], day: impl Fn() -> String) -> Result<Vec<Hours>, SpecError> {
    let mut hours = hours.to_vec();
    hours.sort_unstable();
    for pair in hours.windows(2) {
        if pair[0].end_minute() > pair[1].start_minute() {
            let (first, second) = (pair[0], pair[1]);
            return Err(SpecError::OverlappingHours {
                day: day(),
                first,
                second,
            });
        }
    }
    Ok(hours)
}

/// Both lists of hours as one, overlaps joined.
fn union(a: &[Hours], b: &[Hours]) -> Vec<Hours> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    let mut joined: Vec<Hours> = Vec::with_capacity(all.len());
    for next in all {
        match joined.last_mut() {
            Some(last) if next.start_minute() <= last.end_minute() => {
                let end = last.end_minute().max(next.end_minute());
                *last = Hours::from_minutes(last.start_minute(), end).unwrap_or(*last);
            }
            _ => joined.push(next),
        }
    }
    joined
}

fn own_hours(day: Date, hours: &[Hours]) -> Result<Vec<Hours>, SpecError> {
    if hours.is_empty() {
        return Err(SpecError::NoHours { day });
    }
    sorted(hours, || day.to_string())
}

impl<'a> Specials<'a> {
    fn gather(spec: &'a CalendarSpec) -> Result<Self, SpecError> {
        let mut this = Self {
            spec,
            by_date: BTreeMap::new(),
        };
        for holiday in &spec.holidays {
            this.add_holiday(holiday)?;
        }
        for day in &spec.make_up_days {
            let hours = match &day.spans {
                Some(own) => own_hours(day.date, own)?,
                None => this.ordinary_hours(day.date)?,
            };
            let usual = spec.week.hours(day.date.weekday());
            this.add(day.date, Special::MakeUp(union(usual, &hours)))?;
        }
        for day in &spec.half_days {
            let hours = own_hours(day.date, &day.spans)?;
            this.add(day.date, Special::HalfDay(hours))?;
        }
        Ok(this)
    }

    fn ordinary_hours(&self, day: Date) -> Result<Vec<Hours>, SpecError> {
        let mut week = self.spec.week.days().map(|(_, hours)| hours);
        let first = week.find(|hours| !hours.is_empty());
        first
            .map(<[Hours]>::to_vec)
            .ok_or(SpecError::NothingToCopy { day })
    }

    fn add_holiday(&mut self, holiday: &Holiday) -> Result<(), SpecError> {
        let (from, to) = match (holiday.date, holiday.from, holiday.to) {
            (Some(date), None, None) => (date, date),
            (None, Some(from), Some(to)) => (from, to),
            _ => {
                let name = holiday.name.clone().unwrap_or_default();
                return Err(SpecError::HolidayWithoutDate { name });
            }
        };
        if to < from {
            return Err(SpecError::BackwardHolidays { from, to });
        }
        // Both ends first: a range far too long must not be walked.
        self.inside(from)?;
        self.inside(to)?;
        for day in from
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= to)
        {
            self.add(day, Special::Holiday)?;
        }
        Ok(())
    }

    fn inside(&self, day: Date) -> Result<(), SpecError> {
        let (from, to) = (self.spec.from, self.spec.to);
        if (from..=to).contains(&day) {
            return Ok(());
        }
        Err(SpecError::OutsideValidity { day, from, to })
    }

    fn add(&mut self, day: Date, special: Special) -> Result<(), SpecError> {
        self.inside(day)?;
        match self.by_date.get(&day) {
            // Two holidays may fall on one day (国庆节 and 中秋节): still one day off.
            Some(Special::Holiday) if matches!(special, Special::Holiday) => Ok(()),
            Some(other) => {
                let (first, second) = (other.heading(), special.heading());
                Err(SpecError::ConflictingDay { day, first, second })
            }
            None => {
                self.by_date.insert(day, special);
                Ok(())
            }
        }
    }

    fn hours(&self, day: Date, weekday: Weekday) -> &[Hours] {
        match self.by_date.get(&day) {
            Some(Special::Holiday) => &[],
            Some(Special::MakeUp(hours) | Special::HalfDay(hours)) => hours,
            None => self.spec.week.hours(weekday),
        }
    }
}

fn table(zone: &TimeZone, specials: &Specials<'_>) -> Result<(Vec<Open>, Vec<WorkDay>), SpecError> {
    let (mut open, mut days) = (Vec::<Open>::new(), Vec::<WorkDay>::new());
    let mut worked = 0_i64;
    let (from, to) = (specials.spec.from, specials.spec.to);
    for date in from
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= to)
    {
        let hours = sorted(specials.hours(date, date.weekday()), || date.to_string())?;
        let first = open.len() as u32;
        for span in hours {
            // Where clocks go back, the spans on both sides of the hour would share it.
            let floor = open.last().map_or(i64::MIN, |last| last.end);
            let start = minute_instant(zone, date, span.start_minute(), Twice::First);
            let end = minute_instant(zone, date, span.end_minute(), Twice::Second);
            let (Some(start), Some(end)) = (start.map(nanos), end.map(nanos)) else {
                continue;
            };
            let start = start.max(floor);
            if start < end {
                open.push(Open {
                    start,
                    end,
                    before: worked,
                });
                worked += end - start;
            }
        }
        let end = open.len() as u32;
        if first < end {
            days.push(WorkDay { date, first, end });
        }
    }
    Ok((open, days))
}
