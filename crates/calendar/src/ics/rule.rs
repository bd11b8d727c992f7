//! Yearly repetition.

use jiff::civil::{Date, Weekday};

use super::error::IcsError;
use super::event::parse_date;

/// `RRULE:FREQ=YEARLY` with `INTERVAL`, `COUNT`, `UNTIL`, `BYMONTH`, `BYMONTHDAY` and `BYDAY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    months: Vec<i8>,
    month_days: Vec<i8>,
    /// Weekdays, each with its number from the beginning (or, negative, the end) of the month or
    /// year; 0 for every one.
    weekdays: Vec<(i8, Weekday)>,
}

fn bad(problem: impl Into<String>) -> IcsError {
    let problem = problem.into();
    IcsError::BadRule { problem }
}

fn numbers(name: &str, text: &str, most: i8) -> Result<Vec<i8>, IcsError> {
    let number = |text: &str| {
        let number = text.trim().parse::<i8>().ok();
        number.filter(|n| *n != 0 && n.abs() <= most)
    };
    let all: Option<Vec<i8>> = text.split(',').map(number).collect();
    all.ok_or_else(|| bad(format!("{name}={text} is out of range")))
}

fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let text = text.trim();
    let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let number = match number {
        "" => 0,
        number => number
            .parse()
            .ok()
            .filter(|n| (-53..=53).contains(n) && *n != 0)?,
    };
    Some((number, day))
}

impl Rule {
    pub(super) fn parse(text: &str) -> Result<Self, IcsError> {
        let mut rule = Self {
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
        };
        let mut yearly = false;
        for part in text.split(';') {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| bad(format!("{part:?} is not NAME=VALUE")))?;
            match name {
                "FREQ" if value == "YEARLY" => yearly = true,
                "FREQ" => return Err(bad(format!("FREQ={value}"))),
                _ => rule.take(name, value)?,
            }
        }
        if !yearly {
            return Err(bad("FREQ is missing"));
        }
        if rule.months.iter().any(|month| *month < 0) {
            return Err(bad("BYMONTH is negative"));
        }
        Ok(rule)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), IcsError> {
        let wrong = || bad(format!("{name}={value} is not understood"));
        match name {
            "INTERVAL" => {
                let interval = value.parse().ok().filter(|n| (1..=200).contains(n));
                self.interval = interval.ok_or_else(wrong)?;
            }
            "COUNT" => {
                let count = value.parse().ok().filter(|n| *n > 0);
                self.count = Some(count.ok_or_else(wrong)?);
            }
            // The day of the end counts, whatever its time of day.
            "UNTIL" => {
                let day = value.split('T').next().unwrap_or(value);
                self.until = Some(parse_date(day).ok_or_else(wrong)?);
            }
            "BYMONTH" => self.months = numbers(name, value, 12)?,
            "BYMONTHDAY" => self.month_days = numbers(name, value, 31)?,
            "BYDAY" => {
                let days: Option<Vec<_>> = value.split(',').map(weekday).collect();
                self.weekdays = days.ok_or_else(wrong)?;
            }
            // Matters only where weeks are counted.
            "WKST" => {}
            _ => return Err(wrong()),
        }
        Ok(())
    }

    /// The first days of all occurrences, the event's own first, up to a last day.
    pub(super) fn dates(&self, start: Date, last: Date) -> Vec<Date> {
        let last = self.until.map_or(last, |until| until.min(last));
        let most = self.count.unwrap_or(usize::MAX);
        let mut found = vec![start];
        let mut year = start.year();
        while year <= last.year() && found.len() < most {
            let mut days = self.days_of(year, start);
            days.retain(|day| *day > start && *day <= last);
            found.extend(days);
            year += self.interval;
        }
        found.truncate(most);
        found
    }

    /// The occurrences within a year, in order.
    fn days_of(&self, year: i16, start: Date) -> Vec<Date> {
        let months: Vec<i8> = match (self.months.is_empty(), self.month_days.is_empty()) {
            (false, _) => self.months.clone(),
            (true, true) => vec![start.month()],
            (true, false) => (1..=12).collect(),
        };
        let mut days: Vec<Date> = if self.weekdays.is_empty() {
            let own = [start.day()];
            let of_month: &[i8] = if self.month_days.is_empty() {
                &own
            } else {
                &self.month_days
            };
            let day = |month: i8| {
                of_month
                    .iter()
                    .filter_map(move |day| nth(year, month, *day))
            };
            months.into_iter().flat_map(day).collect()
        } else if self.months.is_empty() && self.month_days.is_empty() {
            self.by_weekday(nth(year, 1, 1), nth(year, 12, 31))
        } else {
            let within = |month: i8| self.by_weekday(nth(year, month, 1), nth(year, month, -1));
            let mut days: Vec<Date> = months.into_iter().flat_map(within).collect();
            if !self.month_days.is_empty() {
                days.retain(|day| self.names_month_day(*day));
            }
            days
        };
        days.sort_unstable();
        days.dedup();
        days
    }

    fn names_month_day(&self, day: Date) -> bool {
        let named = |number: &i8| nth(day.year(), day.month(), *number) == Some(day);
        self.month_days.iter().any(named)
    }

    fn by_weekday(&self, first: Option<Date>, last: Option<Date>) -> Vec<Date> {
        let (Some(first), Some(last)) = (first, last) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (number, weekday) in &self.weekdays {
            let days: Vec<Date> = crate::specials::days(first, last)
                .filter(|day| day.weekday() == *weekday)
                .collect();
            let at = |number: i8| match number {
                1.. => usize::try_from(number - 1).ok(),
                _ => days.len().checked_sub(usize::from(number.unsigned_abs())),
            };
            match *number {
                0 => found.extend(&days),
                number => found.extend(at(number).and_then(|at| days.get(at))),
            }
        }
        found
    }
}

/// The day of a month, counted from its end if negative.
fn nth(year: i16, month: i8, day: i8) -> Option<Date> {
    if day > 0 {
        return Date::new(year, month, day).ok();
    }
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    Date::new(year, month, last.day() + 1 + day).ok()
}
