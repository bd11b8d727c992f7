use std::collections::BTreeMap;

/// Numbers that a partition takes beyond its need once replicas compete.
const LEAST_SPARE: u64 = 8;
/// At most; what a day leaves unused is void.
const MOST_SPARE: u64 = 256;
/// After so many takes without competition the spare shrinks again.
const QUIET_TAKES: u32 = 256;

/// Hands out the sequence of case numbers of a day, as far as the log has been asked about it.
///
/// What is handed out in a round is taken in the same atomic batch as the events that use it, so
/// that no crash loses or doubles a number.
#[derive(Debug, Default)]
pub struct NumberDesk {
    days: BTreeMap<u32, Cursor>,
    spare: u64,
    /// Takes since replicas last competed.
    quiet: u32,
}

#[derive(Clone, Copy, Debug)]
struct Cursor {
    /// Sequence of the last take in the log.
    expected: u64,
    /// First free number according to it.
    committed: u64,
    /// First free number with what this round has handed out.
    next: u64,
}

/// A step of a day's sequence that a round has to commit.
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
        let first = cursor.next;
        cursor.next += count;
        first
    }

    /// How many numbers more than needed a partition should take at once: 0 while this replica is
    /// alone, so that numbers follow each other without gaps; more when replicas compete.
    pub fn spare(&self) -> u64 {
        self.spare
    }

    /// Another replica was first: both should take more at once, and so meet less often.
    pub(crate) fn compete(&mut self, day: u32) {
        self.days.remove(&day);
        self.spare = (self.spare * 2).clamp(LEAST_SPARE, MOST_SPARE);
        self.quiet = 0;
    }

    pub(crate) fn knows(&self, day: u32) -> bool {
        self.days.contains_key(&day)
    }

    pub(crate) fn set(&mut self, day: u32, expected: u64, next: u64) {
        self.days.insert(
            day,
            Cursor {
                expected,
                committed: next,
                next,
            },
        );
    }

    /// Forgets days before the ones needed, and what it knows of `stale` ones.
    pub(crate) fn retain(&mut self, needed: &[u32]) {
        self.days.retain(|day, _| needed.contains(day));
    }

    pub(crate) fn takes(&self) -> Vec<Take> {
        self.days
            .iter()
            .filter(|(_, cursor)| cursor.next != cursor.committed)
            .map(|(&day, cursor)| Take {
                day,
                expected: cursor.expected,
                next: cursor.next,
            })
            .collect()
    }

    pub(crate) fn rollback(&mut self) {
        for cursor in self.days.values_mut() {
            cursor.next = cursor.committed;
        }
    }

    pub(crate) fn committed(&mut self, day: u32, sequence: u64) {
        if let Some(cursor) = self.days.get_mut(&day) {
            cursor.expected = sequence;
            cursor.committed = cursor.next;
        }
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
}
