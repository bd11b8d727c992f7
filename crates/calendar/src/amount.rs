//! How long something may take: an amount, its unit, and which day is the first.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a span is counted in (domain.md section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Real time, around the clock.
    Wall,
    /// Time during working hours only.
    WorkingTime,
    /// Days on which anybody works.
    WorkingDays,
    /// All days.
    CalendarDays,
}

/// Where the counting of days begins. Without meaning for [`Unit::Wall`] and
/// [`Unit::WorkingTime`], which always run from the instant of the start.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// N days later at the same time of day.
    #[default]
    SameTime,
    /// The start day is day one; over when day N closes.
    FirstDayCounts,
    /// The day after the start day is day one; over when day N closes.
    FromNextDay,
    /// As [`Counting::FromNextDay`]; calendar days that would be over on a day without work are
    /// over on the next working day (中华人民共和国民法典 art. 201 and 203; most codes of procedure
    /// say the same).
    FromNextDayRolling,
}

/// A length of time as policy writes it: `30m`, `2h`, `4h working`, `3 working days`,
/// `15 calendar days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// Seconds for [`Unit::Wall`] and [`Unit::WorkingTime`], days for the others.
    pub amount: u64,
    /// What is counted.
    pub unit: Unit,
}

/// Why a text is not a span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanError {
    /// The text has none of the known shapes.
    #[error(
        "{text:?} is not a span: write \"2h\", \"1h30m\", \"4h working\", \
             \"3 working days\" or \"15 calendar days\""
    )]
    Malformed {
        /// The text as written.
        text: String,
    },
    /// Days without saying which days.
    #[error("{text:?} does not say which days: write \"working days\" or \"calendar days\"")]
    WhichDays {
        /// The text as written.
        text: String,
    },
}

impl Span {
    /// So many seconds around the clock.
    pub const fn wall_secs(amount: u64) -> Self {
        Self {
            amount,
            unit: Unit::Wall,
        }
    }

    /// So many seconds of working time.
    pub const fn working_secs(amount: u64) -> Self {
        Self {
            amount,
            unit: Unit::WorkingTime,
        }
    }

    /// So many working days.
    pub const fn working_days(amount: u64) -> Self {
        Self {
            amount,
            unit: Unit::WorkingDays,
        }
    }

    /// So many days.
    pub const fn calendar_days(amount: u64) -> Self {
        Self {
            amount,
            unit: Unit::CalendarDays,
        }
    }
}

/// `1h30m`, `45s`, `1h 30m` as seconds.
fn seconds(text: &str) -> Option<u64> {
    let (mut total, mut number, mut last_size) = (0_u64, None::<u64>, u64::MAX);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if let Some(digit) = c.to_digit(10) {
            let so_far = number.unwrap_or(0);
            number = Some(so_far.checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let size = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if size >= last_size {
            return None;
        }
        last_size = size;
        total = total.checked_add(number.take()?.checked_mul(size)?)?;
    }
    (number.is_none() && last_size != u64::MAX).then_some(total)
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let malformed = || SpanError::Malformed {
            text: text.to_owned(),
        };
        let trimmed = text.trim();
        let unit_at = trimmed
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(malformed)?;
        let (number, rest) = trimmed.split_at(unit_at);
        let days = || number.parse().map_err(|_| malformed());
        match rest.trim() {
            "working days" | "working day" => Ok(Self::working_days(days()?)),
            "calendar days" | "calendar day" => Ok(Self::calendar_days(days()?)),
            "d" | "day" | "days" => Err(SpanError::WhichDays {
                text: text.to_owned(),
            }),
            _ => match trimmed.strip_suffix("working") {
                Some(time) => seconds(time).map(Self::working_secs).ok_or_else(malformed),
                None => seconds(trimmed).map(Self::wall_secs).ok_or_else(malformed),
            },
        }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount == 1 { "" } else { "s" };
        match self.unit {
            Unit::WorkingDays => return write!(f, "{} working day{plural}", self.amount),
            Unit::CalendarDays => return write!(f, "{} calendar day{plural}", self.amount),
            Unit::Wall | Unit::WorkingTime => {}
        }
        let parts = [
            (self.amount / 3600, 'h'),
            (self.amount / 60 % 60, 'm'),
            (self.amount % 60, 's'),
        ];
        if self.amount == 0 {
            f.write_str("0s")?;
        }
        for (count, letter) in parts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{count}{letter}")?;
        }
        if self.unit == Unit::WorkingTime {
            f.write_str(" working")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_policy_writes_them() {
        let cases = [
            ("10s", Span::wall_secs(10)),
            ("2h", Span::wall_secs(7200)),
            ("1h 30m", Span::wall_secs(5400)),
            ("4h working", Span::working_secs(14400)),
            ("3 working days", Span::working_days(3)),
            ("1 working day", Span::working_days(1)),
            ("15 calendar days", Span::calendar_days(15)),
        ];
        for (text, span) in cases {
            assert_eq!(text.parse(), Ok(span), "{text}");
            assert_eq!(span.to_string().parse(), Ok(span), "{text}");
        }
    }

    #[test]
    fn a_span_of_days_must_say_which_days() {
        for text in ["15d", "15 days"] {
            assert!(
                matches!(text.parse::<Span>(), Err(SpanError::WhichDays { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_are_not_spans() {
        for text in [
            "",
            "h",
            "5",
            "2x",
            "30m2h",
            "1h1h",
            "99999999999999999999h",
            "working",
            "-2h",
        ] {
            assert!(
                matches!(text.parse::<Span>(), Err(SpanError::Malformed { .. })),
                "{text}"
            );
        }
    }
}
