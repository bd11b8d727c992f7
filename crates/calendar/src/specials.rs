//! The days that are not ordinary, each with one meaning only.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::error::{Part, SpecError, SpecFault};
use crate::hours::Hours;
use crate::spec::{HalfDay, Holiday, MakeUpDay};

/// What a date is instead of an ordinary day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Special {
    /// Nobody works.
    Holiday,
    /// Works besides its weekday's hours: these, or those of an ordinary day.
    MakeUp(Option<Vec<Hours>>),
    /// Works these hours instead of its weekday's.
    HalfDay(Vec<Hours>),
}

impl Special {
    pub(crate) fn heading(&self) -> &'static str {
        match self {
            Self::Holiday => "a holiday",
            Self::MakeUp(_) => "a make-up day",
            Self::HalfDay(_) => "a half day",
        }
    }
}

/// A special day and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) special: Special,
    pub(crate) name: Option<String>,
}

/// Special days as they are written, in a calendar or in a list.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) holidays: &'a [Holiday],
    pub(crate) make_up_days: &'a [MakeUpDay],
    pub(crate) half_days: &'a [HalfDay],
}

/// Special days by date.
pub(crate) struct Specials {
    from: Date,
    to: Date,
    pub(crate) by_date: BTreeMap<Date, Named>,
    pub(crate) faults: Vec<SpecFault>,
}

/// The hours in order, or the first two that overlap. Touching is not overlapping.
pub(crate) fn sorted(hours: &[Hours], day: impl Fn() -> String) -> Result<Vec<Hours>, SpecError> {
    let mut hours = hours.to_vec();
    hours.sort_unstable();
    for pair in hours.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        if first.end_second() > second.start_second() {
            let day = day();
            return Err(SpecError::OverlappingHours { day, first, second });
        }
    }
    Ok(hours)
}

fn own_hours(day: Date, hours: &[Hours]) -> Result<Vec<Hours>, SpecError> {
    if hours.is_empty() {
        return Err(SpecError::NoHours { day });
    }
    sorted(hours, || day.to_string())
}

impl Specials {
    pub(crate) fn empty(from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            by_date: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// All days as written, each within `from` and `to`, and what is wrong with them.
    pub(crate) fn gather(written: Written<'_>, from: Date, to: Date) -> Self {
        let mut this = Self::empty(from, to);
        for (at, holiday) in written.holidays.iter().enumerate() {
            let done = this.add_holiday(holiday);
            this.note(Part::Holiday(at), done);
        }
        for (at, day) in written.make_up_days.iter().enumerate() {
            let spans = day.spans.as_ref();
            let hours = spans.map(|own| own_hours(day.date, own)).transpose();
            let done = hours
                .and_then(|hours| this.add(day.date, Special::MakeUp(hours), day.name.as_ref()));
            this.note(Part::MakeUpDay(at), done);
        }
        for (at, day) in written.half_days.iter().enumerate() {
            let done = own_hours(day.date, &day.spans)
                .and_then(|hours| this.add(day.date, Special::HalfDay(hours), day.name.as_ref()));
            this.note(Part::HalfDay(at), done);
        }
        this
    }

    fn note(&mut self, part: Part, done: Result<(), SpecError>) {
        if let Err(error) = done {
            self.faults.push(SpecFault { part, error });
        }
    }

    fn add_holiday(&mut self, holiday: &Holiday) -> Result<(), SpecError> {
        let name = holiday.name.as_ref();
        let (from, to) = match (holiday.date, holiday.from, holiday.to, holiday.every) {
            (Some(date), None, None, None) => (date, date),
            (None, Some(from), Some(to), None) => (from, to),
            (None, None, None, Some(every)) => {
                for year in self.from.year()..=self.to.year() {
                    let day = every.in_year(year);
                    if let Some(day) = day.filter(|day| (self.from..=self.to).contains(day)) {
                        self.add(day, Special::Holiday, name)?;
                    }
                }
                return Ok(());
            }
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
        days(from, to).try_for_each(|day| self.add(day, Special::Holiday, name))
    }

    fn inside(&self, day: Date) -> Result<(), SpecError> {
        let (from, to) = (self.from, self.to);
        if (from..=to).contains(&day) {
            return Ok(());
        }
        Err(SpecError::OutsideValidity { day, from, to })
    }

    /// Adds one day, unless it already means something else.
    pub(crate) fn add(
        &mut self,
        day: Date,
        special: Special,
        name: Option<&String>,
    ) -> Result<(), SpecError> {
        self.inside(day)?;
        match self.by_date.get_mut(&day) {
            // Two holidays may fall on one day (国庆节 and 中秋节): still one day off.
            Some(first) if first.special == Special::Holiday && special == Special::Holiday => {
                if let Some(second) = name.filter(|name| first.name.as_ref() != Some(*name)) {
                    let both = first.name.take().map(|first| format!("{first}、{second}"));
                    first.name = both.or_else(|| Some(second.clone()));
                }
                Ok(())
            }
            Some(first) => {
                let (first, second) = (first.special.heading(), special.heading());
                Err(SpecError::ConflictingDay { day, first, second })
            }
            None => {
                let name = name.cloned();
                self.by_date.insert(day, Named { special, name });
                Ok(())
            }
        }
    }
}

/// Every date from the first to the last, both included.
pub(crate) fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(jiff::Span::new().days(1))
        .take_while(move |day| *day <= to)
}
