//! An armed point in 24 bytes.

use jiff::Timestamp;
use redress_complaint::ComplaintId;

use crate::point::{MAX_STEPS, MAX_WARNINGS, Point};

const POINT_BITS: u32 = 5;
const CLOCK_BITS: u32 = 7;
/// Microseconds since 1970 in what is left: until the year 2112.
const MAX_MICROS: u64 = (1 << (64 - POINT_BITS - CLOCK_BITS)) - 1;
/// How many clocks can be told apart.
pub(crate) const MAX_CLOCKS: usize = 1 << CLOCK_BITS;

/// Time, clock and point in one word, so that comparing two compares their times first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When(u64);

/// An armed point: ordered by time, then by clock, point and case, so that the order is the same
/// on every replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) when: When,
    pub(crate) case: ComplaintId,
}

impl When {
    /// Rounded up to microseconds: nothing fires early.
    pub(crate) fn new(at: Timestamp, clock: u8, point: Point) -> Self {
        let micros =
            at.as_nanosecond().div_euclid(1000) + i128::from(at.as_nanosecond() % 1000 != 0);
        let micros = u64::try_from(micros.max(0))
            .unwrap_or(u64::MAX)
            .min(MAX_MICROS);
        let clock = u64::from(clock) % MAX_CLOCKS as u64;
        Self((micros << CLOCK_BITS | clock) << POINT_BITS | code(point))
    }

    /// After every point up to and with this instant, before all later ones.
    pub(crate) fn after(now: Timestamp) -> Self {
        let micros = u64::try_from(now.as_microsecond().max(0))
            .unwrap_or(0)
            .min(MAX_MICROS);
        Self((micros << CLOCK_BITS | (MAX_CLOCKS as u64 - 1)) << POINT_BITS | 31)
    }

    pub(crate) fn at(self) -> Timestamp {
        let micros = self.0 >> (CLOCK_BITS + POINT_BITS);
        Timestamp::from_microsecond(micros as i64).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn clock(self) -> u8 {
        (self.0 >> POINT_BITS) as u8 % MAX_CLOCKS as u8
    }

    pub(crate) fn point(self) -> Point {
        let code = self.0 as u8 & 31;
        let breach = MAX_WARNINGS as u8;
        match code {
            _ if code < breach => Point::Warning(code),
            _ if code == breach => Point::Breach,
            _ => Point::Escalation(code - breach - 1),
        }
    }
}

/// 0 to 14 warnings, 15 the breach, 16 to 30 steps.
fn code(point: Point) -> u64 {
    let (warnings, steps) = (MAX_WARNINGS as u64, MAX_STEPS as u64);
    match point {
        Point::Warning(index) => u64::from(index).min(warnings - 1),
        Point::Breach => warnings,
        Point::Escalation(index) => warnings + 1 + u64::from(index).min(steps - 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        prop_oneof![
            (0..MAX_WARNINGS as u8).prop_map(Point::Warning),
            Just(Point::Breach),
            (0..MAX_STEPS as u8).prop_map(Point::Escalation),
        ]
    }

    #[test]
    fn an_entry_has_24_bytes() {
        assert_eq!(size_of::<Entry>(), 24);
    }

    proptest! {
        #[test]
        fn time_clock_and_point_are_kept_and_ordered(
            micros in 0..=MAX_MICROS as i64, clock in 0..MAX_CLOCKS as u8, point in point(),
            other in 0..=MAX_MICROS as i64,
        ) {
            let at = Timestamp::from_microsecond(micros).unwrap();
            let when = When::new(at, clock, point);
            prop_assert_eq!((when.at(), when.clock(), when.point()), (at, clock, point));
            prop_assert!(when <= When::after(at));
            let other = Timestamp::from_microsecond(other).unwrap();
            prop_assert!(other >= at || when > When::after(other));
        }
    }
}
