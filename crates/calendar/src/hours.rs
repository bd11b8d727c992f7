//! A span of working time within one day, as people write it: `09:00-12:00`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Minutes in a day; the only end that is not a time of this day is `24:00`.
const MINUTES_PER_DAY: u16 = 24 * 60;

/// Opening hours within one day, from `start` up to and without `end`.
///
/// Written `HH:MM-HH:MM`; the end may be `24:00`. Working time over midnight is written as two
/// spans, one on each day. Always at least a minute long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    start_minute: u16,
    end_minute: u16,
}

/// Why a text is not a span of working time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoursError {
    /// The text does not have the shape `HH:MM-HH:MM`.
    #[error("{text:?} is not a span of a day: write it as \"09:00-12:00\"")]
    Malformed {
        /// The text as written.
        text: String,
    },
    /// The span ends before or when it begins.
    #[error(
        "{text:?} runs backward or is empty: past midnight, write \"22:00-24:00\" and \
             \"00:00-06:00\" on the next day"
    )]
    Backward {
        /// The text as written.
        text: String,
    },
}

impl Hours {
    /// Hours from minutes since midnight; `None` unless `start < end <= 24:00`.
    pub fn from_minutes(start: u16, end: u16) -> Option<Self> {
        (start < end && end <= MINUTES_PER_DAY).then_some(Self {
            start_minute: start,
            end_minute: end,
        })
    }

    /// Minutes since midnight at which work begins.
    pub fn start_minute(self) -> u16 {
        self.start_minute
    }

    /// Minutes since midnight at which work ends; 1440 for the end of the day.
    pub fn end_minute(self) -> u16 {
        self.end_minute
    }
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then_some(());
    two(hour)?;
    two(minute)?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let malformed = || HoursError::Malformed {
            text: text.to_owned(),
        };
        let (start, end) = text.split_once(['-', '–']).ok_or_else(malformed)?;
        let start = minute_of(start).ok_or_else(malformed)?;
        let end = minute_of(end).ok_or_else(malformed)?;
        Self::from_minutes(start, end).ok_or_else(|| HoursError::Backward {
            text: text.to_owned(),
        })
    }
}

impl TryFrom<String> for Hours {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.start_minute, self.end_minute);
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            start / 60,
            start % 60,
            end / 60,
            end % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written_alike() {
        for text in ["09:00-12:00", "00:00-24:00", "23:59-24:00"] {
            assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn backward_and_empty_hours_are_refused() {
        for text in ["12:00-09:00", "09:00-09:00", "22:00-06:00"] {
            assert!(
                matches!(text.parse::<Hours>(), Err(HoursError::Backward { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn hours_of_another_shape_are_refused() {
        for text in [
            "",
            "9-12",
            "9:00-12:00",
            "09:60-10:00",
            "24:01-25:00",
            "09:00",
            "+9:00-10:00",
        ] {
            assert!(
                matches!(text.parse::<Hours>(), Err(HoursError::Malformed { .. })),
                "{text}"
            );
        }
    }
}
