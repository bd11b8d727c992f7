//! Dates in policy files, quoted or as TOML's own date.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A date as a file writes it: `"2026-05-01"` or TOML's own `2026-05-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenDate(pub Date);

impl<'de> Deserialize<'de> for WrittenDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        required(from).map(Self)
    }
}

/// A day of every year, written `MM-DD`. The 29th of February is one in leap years only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// The day in a year, if that year has it.
    pub fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }
}

impl std::str::FromStr for MonthDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a day of every year such as 12-25");
        let (month, day) = text.split_once('-').ok_or_else(wrong)?;
        let two = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<i8>().ok()).flatten()
        };
        let (month, day) = (two(month).ok_or_else(wrong)?, two(day).ok_or_else(wrong)?);
        // 2000 is a leap year.
        let known = Date::new(2000, month, day).is_ok();
        known.then_some(Self { month, day }).ok_or_else(wrong)
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl TryFrom<String> for MonthDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as \"2026-05-01\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        text.parse()
            .map_err(|_| E::custom(format!("{text:?} is not a date such as 2026-05-01")))
    }

    /// TOML's own dates come as a map of one private key and their text.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Date, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((_, text)) => self.visit_str(&text),
            None => Err(A::Error::custom("expected a date such as \"2026-05-01\"")),
        }
    }
}

/// For a field that must be there.
pub(crate) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    from.deserialize_any(DateVisitor)
}

/// For a field that may be left out (with `#[serde(default)]`).
pub(crate) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    required(from).map(Some)
}
