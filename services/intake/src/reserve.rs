//! Numbers put by for a partition, so that replicas need not compete for every single one.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil::time, tz::TimeZone};
use redress_complaint::CaseNumber;
use redress_store::Rows;

use crate::rows;

/// Numbers of a day, both ends included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) next: u64,
    pub(crate) last: u64,
}

/// The numbers put by, by day. There is at most one range a day: a new one is put by only when
/// the one before is used up.
#[derive(Debug, Default)]
pub(crate) struct Reserves(BTreeMap<u32, Range>);

impl Reserves {
    pub(crate) fn open(rows: &Rows) -> Self {
        Self(rows::reserves(rows).into_iter().collect())
    }

    /// The next number of the day.
    pub(crate) fn next(&self, day: u32) -> Option<u64> {
        self.0.get(&day).map(|range| range.next)
    }

    pub(crate) fn reserve(&mut self, rows: &mut Rows, day: u32, range: Range) {
        if range.next <= range.last {
            self.set(rows, day, Some(range));
        }
    }

    /// A number was given to a complaint: it and those before it are no longer put by.
    pub(crate) fn used(&mut self, rows: &mut Rows, day: u32, sequence: u64) {
        let Some(range) = self.0.get(&day).copied() else {
            return;
        };
        if (range.next..=range.last).contains(&sequence) {
            let rest = Range {
                next: sequence + 1,
                ..range
            };
            self.set(rows, day, (rest.next <= rest.last).then_some(rest));
        }
    }

    pub(crate) fn void(&mut self, rows: &mut Rows, day: u32) {
        if self.0.contains_key(&day) {
            self.set(rows, day, None);
        }
    }

    /// When the first day that has numbers put by is over everywhere on earth. Late by some
    /// hours in most zones, which harms nobody, and known without the policy.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.0.keys().next().map(|&day| over_everywhere(day))
    }

    /// The days that are over, with the numbers left of each.
    pub(crate) fn past(&self, now: Timestamp) -> impl Iterator<Item = (u32, Range)> {
        let over = move |(day, _): &(&u32, &Range)| over_everywhere(**day) <= now;
        self.0
            .iter()
            .take_while(over)
            .map(|(day, range)| (*day, *range))
    }

    fn set(&mut self, rows: &mut Rows, day: u32, range: Option<Range>) {
        match range {
            Some(range) => drop(self.0.insert(day, range)),
            None => drop(self.0.remove(&day)),
        }
        rows::put_reserve(rows, day, range);
    }
}

/// Noon in UTC of the next day is midnight in the last zone, twelve hours behind. Numbers of a
/// day that is none are over at once.
fn over_everywhere(day: u32) -> Timestamp {
    let end = CaseNumber::day_from_compact(day)
        .and_then(|date| {
            date.to_datetime(time(12, 0, 0, 0))
                .checked_add(1.day())
                .ok()
        })
        .and_then(|noon| TimeZone::UTC.to_timestamp(noon).ok());
    end.unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_used_from_its_front_and_gone_at_its_end() {
        let mut rows = Rows::in_memory();
        let mut reserves = Reserves::default();
        reserves.reserve(&mut rows, 20_260_501, Range { next: 5, last: 6 });
        assert_eq!(reserves.next(20_260_501), Some(5));
        reserves.used(&mut rows, 20_260_501, 5);
        assert_eq!(Reserves::open(&rows).next(20_260_501), Some(6));
        reserves.used(&mut rows, 20_260_501, 6);
        assert_eq!(reserves.next(20_260_501), None);
        assert_eq!(reserves.next_due(), None);
        assert!(rows::reserves(&rows).is_empty());
    }

    #[test]
    fn a_day_is_over_when_it_is_over_everywhere() {
        let mut reserves = Reserves::default();
        reserves.reserve(
            &mut Rows::in_memory(),
            20_260_501,
            Range { next: 5, last: 6 },
        );
        let due = reserves.next_due().unwrap();
        assert_eq!(due.to_string(), "2026-05-02T12:00:00Z");
        assert_eq!(reserves.past(due).count(), 1);
        assert_eq!(reserves.past(due - 1.second()).count(), 0);
    }

    #[test]
    fn numbers_of_a_day_that_does_not_exist_are_void_at_once() {
        let mut reserves = Reserves::default();
        reserves.reserve(
            &mut Rows::in_memory(),
            20_269_999,
            Range { next: 5, last: 6 },
        );
        assert_eq!(reserves.past(Timestamp::UNIX_EPOCH).count(), 1);
    }
}
