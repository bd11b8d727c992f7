//! Weeks as reports count by them.

use std::fmt;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{ISOWeekDate, Weekday},
    tz::TimeZone,
};

/// A week of ISO 8601, Monday to Sunday, such as `2026-W18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    year: i16,
    week: i8,
}

impl Week {
    /// The week of an instant in a zone.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = zone.to_datetime(at).date().iso_week_date();
        Self {
            year: date.year(),
            week: date.week(),
        }
    }

    /// The week after it; `None` at the end of the calendar.
    pub fn next(self) -> Option<Self> {
        let monday = ISOWeekDate::new(self.year, self.week, Weekday::Monday).ok()?;
        let next = monday.date().checked_add(7.days()).ok()?.iso_week_date();
        Some(Self {
            year: next.year(),
            week: next.week(),
        })
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_days_of_a_year_may_be_of_the_next_ones_first_week() {
        let at: Timestamp = "2025-12-29T00:00:00Z".parse().expect("a time");
        assert_eq!(Week::of(at, &TimeZone::UTC).to_string(), "2026-W01");
    }

    #[test]
    fn after_the_last_week_of_a_year_comes_the_first_of_the_next() {
        let at: Timestamp = "2026-12-30T00:00:00Z".parse().expect("a time");
        let last = Week::of(at, &TimeZone::UTC);
        let next = last.next().expect("a week");
        let told = (last.to_string(), next.to_string());
        assert_eq!(told, ("2026-W53".to_owned(), "2027-W01".to_owned()));
    }

    #[test]
    fn the_zone_decides_when_monday_begins() {
        let at: Timestamp = "2026-05-03T20:00:00Z".parse().expect("a time");
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(Week::of(at, &TimeZone::UTC).to_string(), "2026-W18");
        assert_eq!(Week::of(at, &zone).to_string(), "2026-W19");
    }
}
