//! A span of working time within one day, as people write it: `09:00-12:00`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds in a day; the only end that is not a time of this day is `24:00`.
pub(crate) const SECONDS_PER_DAY: u32 = 24 * 60 * 60;

/// Opening hours within one day, from `start` up to and without `end`.
///
/// Written `HH:MM-HH:MM` (or `HH:MM:SS`); the end may be `24:00`. Working time over midnight is
/// written as two spans, one on each day. Always at least a second long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    start_second: u32,
    end_second: u32,
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
    /// Hours from seconds since midnight; `None` unless `start < end <= 24:00`.
    pub fn from_seconds(start: u32, end: u32) -> Option<Self> {
        (start < end && end <= SECONDS_PER_DAY).then_some(Self {
            start_second: start,
            end_second: end,
        })
    }

    /// Seconds since midnight at which work begins.
    pub fn start_second(self) -> u32 {
        self.start_second
    }

    /// Seconds since midnight at which work ends; 86,400 for the end of the day.
    pub fn end_second(self) -> u32 {
        self.end_second
    }
}

fn second_of(text: &str) -> Option<u32> {
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten()
    };
    let mut parts = text.trim().split(':');
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two)?;
    let total = hour * 3600 + minute * 60 + second;
    let fits = minute < 60 && second < 60 && total <= SECONDS_PER_DAY && parts.next().is_none();
    fits.then_some(total)
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let malformed = || HoursError::Malformed {
            text: text.to_owned(),
        };
        let (start, end) = text.split_once(['-', '–']).ok_or_else(malformed)?;
        let start = second_of(start).ok_or_else(malformed)?;
        let end = second_of(end).ok_or_else(malformed)?;
        Self::from_seconds(start, end).ok_or_else(|| HoursError::Backward {
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
        let write = |f: &mut fmt::Formatter<'_>, at: u32| {
            write!(f, "{:02}:{:02}", at / 3600, at / 60 % 60)?;
            match at % 60 {
                0 => Ok(()),
                second => write!(f, ":{second:02}"),
            }
        };
        write(f, self.start_second)?;
        f.write_str("-")?;
        write(f, self.end_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written_alike() {
        for text in [
            "09:00-12:00",
            "00:00-24:00",
            "23:59:59-24:00",
            "08:30:30-09:00",
        ] {
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
            "09:00:60-10:00",
            "09:00:00:00-10:00",
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
