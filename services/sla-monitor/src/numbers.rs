//! Cases by number, in memory: a row for each would cost as much as the case's own.

use std::{collections::BTreeSet, ops::RangeInclusive};

/// The hash of a case's number, then the seat of its row: 8 bytes, so about 12 for each case in the
/// tree. A hash is not unique, so whoever asks holds the cases found against the number.
type Entry = (u32, u32);

/// Which cases may have a number. Made anew from the rows when a partition is opened.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    entries: BTreeSet<Entry>,
}

impl Numbers {
    /// The case whose row has this seat has this number.
    pub(crate) fn insert(&mut self, number: &str, seat: u32) {
        self.entries.insert((hash(number), seat));
    }

    /// The seats of cases that may have this number.
    pub(crate) fn seats(&self, number: &str) -> impl Iterator<Item = u32> {
        let found = self.entries.range(with(hash(number)));
        found.map(|(_, seat)| *seat)
    }
}

fn with(hash: u32) -> RangeInclusive<Entry> {
    (hash, 0)..=(hash, u32::MAX)
}

fn hash(number: &str) -> u32 {
    let hash = blake3::hash(number.as_bytes());
    u32::from_be_bytes(*hash.as_bytes().first_chunk().expect("32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_its_case_and_no_other_number_does() {
        let mut numbers = Numbers::default();
        for n in 0..1000 {
            numbers.insert(&format!("CF20260507{n:03}"), n);
        }
        let found: Vec<_> = numbers.seats("CF20260507042").collect();
        assert_eq!(found, [42]);
        assert_eq!(numbers.seats("CF20260508042").count(), 0);
    }
}
