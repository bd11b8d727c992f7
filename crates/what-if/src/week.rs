//! Weeks as reports count by them.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};

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
    fn the_zone_decides_when_monday_begins() {
        let at: Timestamp = "2026-05-03T20:00:00Z".parse().expect("a time");
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(Week::of(at, &TimeZone::UTC).to_string(), "2026-W18");
        assert_eq!(Week::of(at, &zone).to_string(), "2026-W19");
    }
}
