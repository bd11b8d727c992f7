use std::{collections::BTreeMap, ops::Range};

/// Numbers that a partition takes beyond its need once replicas compete.
const LEAST_SPARE: u64 = 8;
/// At most; what a day leaves unused is void.
const MOST_SPARE: u64 = 256;
/// Numbers that are in stock at least after some were taken ahead.
const LEAST_STOCK: u64 = 64;
/// No message of a stream has this sequence.
const UNKNOWN: u64 = u64::MAX;
/// After so many takes without competition the spare shrinks again.
const QUIET_TAKES: u32 = 256;

/// Hands out the sequence of case numbers of a day, as far as the log has been asked about it.
///
/// What is handed out in a round is taken in the log before or with the events that use it, so that
/// no number is given twice. While replicas compete, numbers are taken ahead of the rounds: a round
/// that finds another one to have been first would have to be decided again.
#[derive(Debug, Default)]
pub struct NumberDesk {
    days: BTreeMap<u32, Cursor>,
    spare: u64,
    /// Takes since replicas last competed.
    quiet: u32,
    /// How many a round hands out of late.
    pace: u64,
    /// Whether numbers are taken ahead of the rounds while replicas compete.
    takes_ahead: bool,
}

#[derive(Clone, Debug, Default)]
struct Cursor {
    /// Sequence of the last take in the log.
    expected: u64,
    /// First free number according to it.
    free: u64,
    /// First free number with what this round has handed out beyond its stock.
    next: u64,
    /// Taken in the log and not handed out, in the order in which they were taken.
    stock: Vec<Range<u64>>,
    /// The stock as this round found it.
    stock_before: Vec<Range<u64>>,
    /// How many this round has handed out.
    handed_out: u64,
}

/// A step of a day's sequence that has to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) day: u32,
    pub(crate) expected: u64,
    pub(crate) next: u64,
}

impl NumberDesk {
    /// A desk that knows the first free number of some days, for tests of cores.
    pub fn opened<const N: usize>(days: [(u32, u64); N]) -> Self {
        let mut desk = Self::default();
        for (day, next) in days {
            desk.set(day, 0, next);
        }
        desk
    }

    /// Takes `count` numbers of a day in a row; gives the first.
    ///
    /// # Panics
    /// If the core did not name the day in [`crate::Core::number_days`].
    pub fn take(&mut self, day: u32, count: u64) -> u64 {
        let cursor = self
            .days
            .get_mut(&day)
            .expect("the core names the days that it numbers");
        cursor.handed_out += count;
        let has_room = |range: &&mut Range<u64>| range.end - range.start >= count;
        if let Some(range) = cursor.stock.iter_mut().find(has_room) {
            range.start += count;
            return range.start - count;
        }
        let first = cursor.next;
        cursor.next += count;
        first
    }

    /// How many numbers more than needed a partition should take at once: 0 while this replica is
    /// alone or takes ahead, so that numbers follow each other without gaps; more when replicas
    /// compete.
    pub fn spare(&self) -> u64 {
        if self.takes_ahead { 0 } else { self.spare }
    }

    /// Whether numbers may be taken ahead: where they are not taken with the events that use them.
    pub(crate) fn take_ahead(&mut self, may: bool) {
        self.takes_ahead = may;
    }

    /// Another replica was first: both should take more at once, and so meet less often.
    pub(crate) fn compete(&mut self, day: u32) {
        if let Some(cursor) = self.days.get_mut(&day) {
            // Where the day stands is asked again; what was taken stays taken.
            self.pace = cursor.rollback().max(self.pace);
            cursor.expected = UNKNOWN;
        }
        self.spare = (self.spare * 2).clamp(LEAST_SPARE, MOST_SPARE);
        self.quiet = 0;
    }

    pub(crate) fn knows(&self, day: u32) -> bool {
        let cursor = self.days.get(&day);
        cursor.is_some_and(|cursor| cursor.expected != UNKNOWN)
    }

    pub(crate) fn set(&mut self, day: u32, expected: u64, next: u64) {
        let cursor = self.days.entry(day).or_default();
        (cursor.expected, cursor.free, cursor.next) = (expected, next, next);
    }

    /// Forgets days before the ones needed.
    pub(crate) fn retain(&mut self, needed: &[u32]) {
        self.days.retain(|day, _| needed.contains(day));
    }

    /// What should be taken of a day before the next round: nothing while this replica is alone.
    pub(crate) fn restock(&self, day: u32) -> Option<Take> {
        let competes = self.takes_ahead && self.spare > 0;
        let cursor = self.days.get(&day).filter(|_| competes)?;
        let stocked: u64 = cursor.stock.iter().map(|it| it.end - it.start).sum();
        (stocked < self.pace).then_some(Take {
            day,
            expected: cursor.expected,
            next: cursor.free + (2 * self.pace).max(LEAST_STOCK) - stocked,
        })
    }

    /// What was to be in stock is taken in the log.
    pub(crate) fn stocked(&mut self, take: Take, sequence: u64) {
        let Some(cursor) = self.days.get_mut(&take.day) else {
            return;
        };
        match cursor.stock.last_mut() {
            Some(last) if last.end == cursor.free => last.end = take.next,
            _ => cursor.stock.push(cursor.free..take.next),
        }
        cursor.stock_before.clone_from(&cursor.stock);
        (cursor.expected, cursor.free, cursor.next) = (sequence, take.next, take.next);
        self.took();
    }

    /// Another replica was first, with nothing decided yet: the day is asked again.
    pub(crate) fn outrun(&mut self, day: u32) {
        if let Some(cursor) = self.days.get_mut(&day) {
            cursor.expected = UNKNOWN;
        }
        self.quiet = 0;
    }

    /// What this round has to take beyond its stock.
    pub(crate) fn takes(&self) -> Vec<Take> {
        self.days
            .iter()
            .filter(|(_, cursor)| cursor.next != cursor.free)
            .map(|(&day, cursor)| Take {
                day,
                expected: cursor.expected,
                next: cursor.next,
            })
            .collect()
    }

    /// The round is taken back: what was handed out of the stock is free again. It is going to be
    /// needed all the same.
    pub(crate) fn rollback(&mut self) {
        let wanted = self.days.values_mut().map(Cursor::rollback);
        self.pace = wanted.sum::<u64>().max(self.pace);
    }

    /// What the round has handed out is used, or lost if it is taken back later.
    pub(crate) fn use_up(&mut self) {
        let used = self.days.values_mut().map(|cursor| {
            cursor.stock.retain(|range| !range.is_empty());
            cursor.stock_before.clone_from(&cursor.stock);
            std::mem::take(&mut cursor.handed_out)
        });
        self.pace = used.sum::<u64>().max(self.pace * 7 / 8);
    }

    pub(crate) fn committed(&mut self, day: u32, sequence: u64) {
        if let Some(cursor) = self.days.get_mut(&day) {
            cursor.expected = sequence;
            cursor.free = cursor.next;
        }
        self.took();
    }

    /// A take had no competitor.
    fn took(&mut self) {
        self.quiet += 1;
        if self.quiet >= QUIET_TAKES {
            self.spare = if self.spare <= LEAST_SPARE {
                0
            } else {
                self.spare / 2
            };
            self.quiet = 0;
        }
    }
}

impl Cursor {
    /// Gives how many the round had handed out.
    fn rollback(&mut self) -> u64 {
        self.next = self.free;
        self.stock.clone_from(&self.stock_before);
        std::mem::take(&mut self.handed_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spare_grows_with_competition_and_shrinks_without() {
        let mut desk = NumberDesk::opened([(1, 1)]);
        assert_eq!(desk.spare(), 0);
        desk.compete(1);
        desk.compete(1);
        assert_eq!(desk.spare(), 2 * LEAST_SPARE);
        for _ in 0..2 * QUIET_TAKES {
            desk.committed(1, 1);
        }
        assert_eq!(desk.spare(), 0);
    }

    #[test]
    fn what_a_round_took_is_free_again_after_a_rollback() {
        let mut desk = NumberDesk::opened([(1, 5)]);
        assert_eq!(desk.take(1, 3), 5);
        assert_eq!(
            desk.takes(),
            [Take {
                day: 1,
                expected: 0,
                next: 8
            }]
        );
        desk.rollback();
        assert!(desk.takes().is_empty());
        assert_eq!(desk.take(1, 1), 5);
    }

    #[test]
    fn a_replica_that_is_alone_keeps_no_stock() {
        let mut desk = NumberDesk::opened([(1, 5)]);
        desk.take(1, 3);
        desk.committed(1, 7);
        desk.use_up();
        assert_eq!(desk.restock(1), None);
    }

    /// A desk that has handed out 40 numbers in a round, and then met a competitor.
    fn competing() -> NumberDesk {
        let mut desk = NumberDesk::opened([(1, 5)]);
        desk.take_ahead(true);
        desk.take(1, 40);
        desk.committed(1, 7);
        desk.use_up();
        desk.compete(1);
        assert!(!desk.knows(1), "where the day stands is asked again");
        desk.set(1, 9, 100);
        desk
    }

    #[test]
    fn competing_replicas_take_ahead_twice_what_a_round_used_before() {
        let mut desk = competing();
        let take = desk.restock(1).expect("a round is likely to use 40 again");
        assert_eq!((take.expected, take.next, desk.spare()), (9, 180, 0));
        desk.stocked(take, 10);
        assert_eq!((desk.take(1, 3), desk.takes()), (100, vec![]));
        desk.rollback();
        assert_eq!(desk.take(1, 3), 100, "as if it had not been handed out");
        desk.use_up();
        assert_eq!(desk.take(1, 77), 103);
        assert_eq!(desk.take(1, 1), 180, "beyond the stock");
        let more = Take {
            day: 1,
            expected: 10,
            next: 181,
        };
        assert_eq!(desk.takes(), [more]);
    }

    #[test]
    fn what_is_in_stock_outlasts_a_competitor() {
        let mut desk = competing();
        desk.stocked(desk.restock(1).unwrap(), 10);
        desk.take(1, 78);
        desk.use_up();
        desk.compete(1);
        desk.set(1, 20, 200);
        let take = desk.restock(1).expect("2 are left, and a round used 78");
        desk.stocked(take, 21);
        let taken: Vec<u64> = (0..3).map(|_| desk.take(1, 1)).collect();
        assert_eq!(taken, [178, 179, 200]);
    }

    #[test]
    fn who_comes_second_from_the_first_round_on_takes_ahead_as_well() {
        let mut desk = NumberDesk::opened([(1, 5)]);
        desk.take_ahead(true);
        desk.take(1, 40);
        desk.rollback();
        desk.compete(1);
        desk.set(1, 9, 100);
        let take = desk.restock(1).expect("the round is decided again");
        assert_eq!(take.next, 180);
    }

    #[test]
    fn numbers_that_are_stored_with_their_complaints_are_not_taken_ahead() {
        let mut desk = competing();
        desk.take_ahead(false);
        assert_eq!((desk.restock(1), desk.spare()), (None, LEAST_SPARE));
    }
}
