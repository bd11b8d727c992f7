//! From a calendar's text to its table of open spans.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::day::{DayKind, Label};
use crate::error::{Part, SpecError, SpecFault};
use crate::hints::Hints;
use crate::hours::{Hours, SECONDS_PER_DAY};
use crate::list::{DayList, FIRST_DAY, LAST_DAY};
use crate::spec::{CalendarSpec, Week};
use crate::specials::{Named, Special, Specials, Written, days, sorted};
use crate::table::{Calendar, Open, WorkDay, nanos};
use crate::zone::{Twice, second_instant};

/// The most days of one calendar: 60 years. At two spans a day the table has 1 MB.
const MAX_DAYS: u32 = 21_915;

impl TryFrom<CalendarSpec> for Calendar {
    type Error = SpecError;

    /// [`Calendar::build`] without shared lists; of the faults the first.
    fn try_from(spec: CalendarSpec) -> Result<Self, SpecError> {
        Self::build(spec, &[]).map_err(|mut faults| faults.swap_remove(0).error)
    }
}

impl Calendar {
    /// Checks a calendar's text and makes the calendar, with the days of shared lists.
    ///
    /// What the calendar itself says of a day stands above what a list says. Days of a list that
    /// lie outside of the calendar's validity do not matter.
    ///
    /// # Errors
    /// Everything that is wrong with it; at least one fault.
    pub fn build(spec: CalendarSpec, lists: &[&DayList]) -> Result<Self, Vec<SpecFault>> {
        let mut builder = Builder::new(&spec);
        let zone = builder.zone();
        let wide = builder.check_validity();
        builder.check_weeks();
        if !wide {
            return Err(builder.faults);
        }
        builder.gather(lists);
        let Some(zone) = zone.filter(|_| builder.faults.is_empty()) else {
            return Err(builder.faults);
        };
        let (open, days) = builder.table(&zone);
        // Make-up days that find no hours to copy say so already.
        if open.is_empty() && builder.faults.is_empty() {
            builder.fault(Part::Whole, SpecError::NoWorkingTime);
        }
        if !builder.faults.is_empty() {
            return Err(builder.faults);
        }
        let labels = builder.labels();
        let by_end = Hints::over(open.iter().map(|open| open.end));
        let by_work = Hints::over(
            open.iter()
                .map(|open| open.before + (open.end - open.start)),
        );
        let announced = announced(&spec, lists);
        let begins = second_instant(&zone, spec.from, 0, Twice::First).map_or(i64::MIN, nanos);
        let ends = second_instant(&zone, spec.to, SECONDS_PER_DAY, Twice::First);
        Ok(Self {
            name: spec.name,
            version: spec.version,
            zone,
            from: spec.from,
            to: spec.to,
            announced,
            begins,
            ends: ends.map_or(i64::MAX, nanos),
            open,
            by_end,
            by_work,
            days,
            labels,
        })
    }
}

/// The part of the validity that every list speaks of.
fn announced(spec: &CalendarSpec, lists: &[&DayList]) -> (Date, Date) {
    let from = lists.iter().filter_map(|list| list.from);
    let to = lists.iter().filter_map(|list| list.to);
    (from.fold(spec.from, Date::max), to.fold(spec.to, Date::min))
}

/// Both lists of hours as one, overlaps joined.
fn union(a: &[Hours], b: &[Hours]) -> Vec<Hours> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    let mut joined: Vec<Hours> = Vec::with_capacity(all.len());
    for next in all {
        match joined.last_mut() {
            Some(last) if next.start_second() <= last.end_second() => {
                let end = last.end_second().max(next.end_second());
                *last = Hours::from_seconds(last.start_second(), end).unwrap_or(*last);
            }
            _ => joined.push(next),
        }
    }
    joined
}

struct Builder<'a> {
    spec: &'a CalendarSpec,
    specials: BTreeMap<Date, Named>,
    faults: Vec<SpecFault>,
}

impl<'a> Builder<'a> {
    fn new(spec: &'a CalendarSpec) -> Self {
        Self {
            spec,
            specials: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, part: Part, error: SpecError) {
        self.faults.push(SpecFault { part, error });
    }

    fn zone(&mut self) -> Option<TimeZone> {
        let found = TimeZone::get(&self.spec.zone).ok();
        if found.is_none() {
            let zone = self.spec.zone.clone();
            self.fault(Part::Zone, SpecError::UnknownZone { zone });
        }
        found
    }

    /// Whether the days of the calendar can be walked at all.
    fn check_validity(&mut self) -> bool {
        let (from, to) = (self.spec.from, self.spec.to);
        if to < from {
            self.fault(Part::Validity, SpecError::BackwardValidity { from, to });
            return false;
        }
        let days = (to - from).get_days().unsigned_abs();
        let limit = MAX_DAYS;
        if days >= limit || from < FIRST_DAY || to > LAST_DAY {
            self.fault(Part::Validity, SpecError::TooWide { from, to, limit });
            return false;
        }
        true
    }

    fn check_weeks(&mut self) {
        self.check_week(&self.spec.week, Part::Weekday);
        let periods = &self.spec.periods;
        for (at, period) in periods.iter().enumerate() {
            let (from, to) = (period.from, period.to);
            if to < from {
                self.fault(
                    Part::Period(at, None),
                    SpecError::BackwardPeriod { from, to },
                );
            }
            self.check_week(&period.week, |day| Part::Period(at, Some(day)));
            let shared = |other: &&crate::spec::Period| other.from <= to && from <= other.to;
            if let Some(other) = periods[..at].iter().find(shared) {
                let (first, second) = (other.from.min(from), other.from.max(from));
                let error = SpecError::OverlappingPeriods { first, second };
                self.fault(Part::Period(at, None), error);
            }
        }
    }

    fn check_week(&mut self, week: &Week, part: impl Fn(Weekday) -> Part) {
        for (weekday, hours) in week.days() {
            if let Err(error) = sorted(hours, || format!("{weekday:?}").to_lowercase()) {
                self.fault(part(weekday), error);
            }
        }
    }

    /// The days of the lists, and above them the calendar's own.
    fn gather(&mut self, lists: &[&DayList]) {
        let (from, to) = (self.spec.from, self.spec.to);
        let mut shared = Specials::empty(from, to);
        for list in lists {
            for (day, named) in list.by_date.range(from..=to) {
                let same = shared.by_date.get(day) == Some(named);
                let added = shared.add(*day, named.special.clone(), named.name.as_ref());
                if let (Err(error), false) = (added, same) {
                    self.fault(Part::Lists, error);
                }
            }
        }
        let written = Written {
            holidays: &self.spec.holidays,
            make_up_days: &self.spec.make_up_days,
            half_days: &self.spec.half_days,
        };
        let own = Specials::gather(written, from, to);
        self.faults.extend(own.faults);
        self.specials = shared.by_date;
        self.specials.extend(own.by_date);
    }

    /// The week that counts on a day.
    fn week(&self, day: Date) -> &'a Week {
        let mut periods = self.spec.periods.iter();
        let of_day = periods.find(|period| (period.from..=period.to).contains(&day));
        of_day.map_or(&self.spec.week, |period| &period.week)
    }

    fn hours(&mut self, day: Date) -> Vec<Hours> {
        let week = self.week(day);
        let usual = week.hours(day.weekday());
        let hours = match self.specials.get(&day).map(|named| &named.special) {
            None => usual.to_vec(),
            Some(Special::Holiday) => Vec::new(),
            Some(Special::HalfDay(own)) => own.clone(),
            Some(Special::MakeUp(Some(own))) => union(usual, own),
            Some(Special::MakeUp(None)) => {
                let mut lent = week.days().map(|(_, hours)| hours);
                if let Some(lent) = lent.find(|hours| !hours.is_empty()) {
                    union(usual, lent)
                } else {
                    self.nothing_to_copy(day);
                    Vec::new()
                }
            }
        };
        // Overlaps are faults already; what is left only needs its order.
        sorted(&hours, || day.to_string()).unwrap_or(hours)
    }

    /// One week lacks hours, however many days would copy them: one fault, at the first of them.
    fn nothing_to_copy(&mut self, day: Date) {
        let mut faults = self.faults.iter_mut();
        let known = faults.find_map(|fault| match &mut fault.error {
            SpecError::NothingToCopy { more, .. } => Some(more),
            _ => None,
        });
        if let Some(more) = known {
            *more += 1;
            return;
        }
        let error = SpecError::NothingToCopy { day, more: 0 };
        self.fault(self.make_up_part(day), error);
    }

    /// Where a make-up day stands: among the calendar's own, or else in a list.
    fn make_up_part(&self, day: Date) -> Part {
        let mut own = self.spec.make_up_days.iter();
        own.position(|make_up| make_up.date == day)
            .map_or(Part::Lists, Part::MakeUpDay)
    }

    fn table(&mut self, zone: &TimeZone) -> (Vec<Open>, Vec<WorkDay>) {
        let (mut open, mut work_days) = (Vec::<Open>::new(), Vec::<WorkDay>::new());
        let mut worked = 0_i64;
        for date in days(self.spec.from, self.spec.to) {
            let first = open.len() as u32;
            for span in self.hours(date) {
                // Where clocks go back, the spans on both sides of the hour would share it.
                let floor = open.last().map_or(i64::MIN, |last| last.end);
                let start = second_instant(zone, date, span.start_second(), Twice::First);
                let end = second_instant(zone, date, span.end_second(), Twice::Second);
                let (Some(start), Some(end)) = (start.map(nanos), end.map(nanos)) else {
                    continue;
                };
                let (start, before) = (start.max(floor), worked);
                if start < end {
                    open.push(Open { start, end, before });
                    worked += end - start;
                }
            }
            let end = open.len() as u32;
            if first < end {
                work_days.push(WorkDay { date, first, end });
            }
        }
        (open, work_days)
    }

    fn labels(self) -> BTreeMap<Date, Label> {
        let label = |(date, named): (Date, Named)| {
            let kind = match named.special {
                Special::Holiday => DayKind::Holiday,
                Special::MakeUp(_) => DayKind::MakeUp,
                Special::HalfDay(_) => DayKind::HalfDay,
            };
            let name = named.name.map(String::into_boxed_str);
            (date, Label { kind, name })
        };
        self.specials.into_iter().map(label).collect()
    }
}
