//! The number that people call a case by: `CF20260501001`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many digits a sequence may have: more are no number of ours.
const MAX_SEQUENCE_DIGITS: usize = 18;

/// A case's number: the day it was registered and its sequence on that day, from 1. Ordered by
/// day, then sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    day: Date,
    sequence: u64,
}

/// How numbers look in this house: a prefix of letters, and the sequence's least digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberSpace<'a> {
    prefix: &'a str,
    min_digits: u8,
}

/// Why a text is not a case's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaseNumberError {
    /// Another prefix.
    #[error("a case's number begins with {prefix}, such as {prefix}20260501001")]
    OtherPrefix {
        /// The house's prefix.
        prefix: String,
    },
    /// Not a date and a sequence after the prefix.
    #[error("after the prefix, a case's number has year, month, day and a sequence from 1")]
    Malformed,
}

impl CaseNumber {
    /// The number; `None` if the sequence is 0 or longer than 18 digits, or the year before 0.
    pub fn new(day: Date, sequence: u64) -> Option<Self> {
        let fits = (1..10_u64.pow(MAX_SEQUENCE_DIGITS as u32)).contains(&sequence);
        (fits && day.year() >= 0).then_some(Self { day, sequence })
    }

    /// The day that a case registered at this instant belongs to, in the house's zone.
    pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
        zone.to_datetime(at).date()
    }

    /// The day as in events and subjects: yyyymmdd.
    pub fn compact_day(day: Date) -> u32 {
        let (year, month, day) = (day.year(), day.month(), day.day());
        u32::from(year.unsigned_abs()) * 10_000
            + u32::from(month.unsigned_abs()) * 100
            + u32::from(day.unsigned_abs())
    }

    /// The day of a yyyymmdd, if there is such a day.
    pub fn day_from_compact(day: u32) -> Option<Date> {
        let year = i16::try_from(day / 10_000).ok()?;
        Date::new(year, (day / 100 % 100) as i8, (day % 100) as i8).ok()
    }

    /// The day of registration.
    pub fn day(self) -> Date {
        self.day
    }

    /// The sequence on that day, from 1.
    pub fn sequence(self) -> u64 {
        self.sequence
    }
}

impl<'a> NumberSpace<'a> {
    /// `CF` and three digits, as in the documents.
    pub const DEFAULT: NumberSpace<'static> = NumberSpace {
        prefix: "CF",
        min_digits: 3,
    };

    /// Numbers with this prefix, their sequences padded to at least so many digits.
    pub const fn new(prefix: &'a str, min_digits: u8) -> Self {
        Self { prefix, min_digits }
    }

    /// The number as people write it.
    pub fn write(&self, number: CaseNumber) -> String {
        let day = CaseNumber::compact_day(number.day);
        let digits = usize::from(self.min_digits);
        format!("{}{day:08}{:0digits$}", self.prefix, number.sequence)
    }

    /// The number that is meant: in any case, with spaces around, with any number of zeros.
    pub fn read(&self, text: &str) -> Result<CaseNumber, CaseNumberError> {
        let text = text.trim();
        let prefixed = text.get(..self.prefix.len());
        if !prefixed.is_some_and(|found| found.eq_ignore_ascii_case(self.prefix)) {
            return Err(CaseNumberError::OtherPrefix {
                prefix: self.prefix.to_owned(),
            });
        }
        let digits = &text[self.prefix.len()..];
        let known = (9..=8 + MAX_SEQUENCE_DIGITS).contains(&digits.len());
        if !known || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CaseNumberError::Malformed);
        }
        let (day, sequence) = digits.split_at(8);
        let day = day.parse().ok().and_then(CaseNumber::day_from_compact);
        let number = day
            .zip(sequence.parse().ok())
            .and_then(|(day, n)| CaseNumber::new(day, n));
        number.ok_or(CaseNumberError::Malformed)
    }
}

impl<'a> From<&'a redress_policy::NumberFormat> for NumberSpace<'a> {
    fn from(format: &'a redress_policy::NumberFormat) -> Self {
        Self::new(&format.prefix, format.min_digits)
    }
}

/// In the default space; elsewhere [`NumberSpace::write`].
impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&NumberSpace::DEFAULT.write(*self))
    }
}

/// In the default space; elsewhere [`NumberSpace::read`].
impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    fn from_str(text: &str) -> Result<Self, CaseNumberError> {
        NumberSpace::DEFAULT.read(text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn number(sequence: u64) -> CaseNumber {
        CaseNumber::new(date(2026, 5, 1), sequence).unwrap()
    }

    #[test]
    fn numbers_have_at_least_three_digits_and_survive_more_than_999_a_day() {
        assert_eq!(number(1).to_string(), "CF20260501001");
        assert_eq!(number(999).to_string(), "CF20260501999");
        assert_eq!(number(1000).to_string(), "CF202605011000");
        assert_eq!(
            NumberSpace::new("TS", 5).write(number(7)),
            "TS2026050100007"
        );
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for text in ["CF20260501001", " cf20260501001 ", "CF202605010001"] {
            assert_eq!(text.parse(), Ok(number(1)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        let other = CaseNumberError::OtherPrefix {
            prefix: "CF".to_owned(),
        };
        assert_eq!("XX20260501001".parse::<CaseNumber>(), Err(other.clone()));
        assert_eq!("投诉".parse::<CaseNumber>(), Err(other));
        for text in [
            "CF",
            "CF20260501",
            "CF20260532001",
            "CF20260501000",
            "CF20260501-01",
        ] {
            assert_eq!(
                text.parse::<CaseNumber>(),
                Err(CaseNumberError::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn a_case_belongs_to_the_day_of_the_houses_zone() {
        let at: Timestamp = "2026-04-30T16:30:00Z".parse().unwrap();
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(CaseNumber::day_of(at, &shanghai), date(2026, 5, 1));
        assert_eq!(CaseNumber::day_of(at, &TimeZone::UTC), date(2026, 4, 30));
    }

    proptest! {
        #[test]
        fn numbers_written_are_read_the_same_and_ordered_by_day(
            a in 0..40_000_i32, b in 0..40_000_i32, m in 1..2_000_000_u64, n in 1..2_000_000_u64,
        ) {
            let case = |days, sequence| {
                let day = date(1970, 1, 1) + jiff::Span::new().days(days);
                CaseNumber::new(day, sequence).unwrap()
            };
            let (first, second) = (case(a, m), case(b, n));
            prop_assert_eq!(first.to_string().parse(), Ok(first));
            prop_assert_eq!(first.cmp(&second), (a, m).cmp(&(b, n)));
        }
    }
}
