//! Cases by number, in memory: a row for each would cost as much as the case's own.

use std::{collections::BTreeSet, ops::RangeInclusive};

use redress_complaint::ComplaintId;

/// How much of a number's hash an entry has.
const HASH: usize = 4;
/// How much of an id's front an entry has: enough that two cases of a partition rarely share it.
const FRONT: usize = 8;

/// The hash of a case's number, then the front of its id: 12 bytes, so about 18 for each case in
/// the tree. Neither is unique, so whoever asks holds the cases found against the number.
type Entry = [u8; HASH + FRONT];

/// Which cases may have a number. Made anew from the rows when a partition is opened.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    entries: BTreeSet<Entry>,
}

impl Numbers {
    /// A case has this number.
    pub(crate) fn insert(&mut self, number: &str, id: &ComplaintId) {
        let mut entry = [0; HASH + FRONT];
        entry[..HASH].copy_from_slice(&hash(number));
        entry[HASH..].copy_from_slice(&id.as_bytes()[..FRONT]);
        self.entries.insert(entry);
    }

    /// The fronts of the ids of cases that may have this number.
    pub(crate) fn fronts(&self, number: &str) -> impl Iterator<Item = &[u8]> {
        self.entries
            .range(with(hash(number)))
            .map(|entry| &entry[HASH..])
    }
}

fn with(hash: [u8; HASH]) -> RangeInclusive<Entry> {
    let bound = |rest| {
        let mut bound = [rest; HASH + FRONT];
        bound[..HASH].copy_from_slice(&hash);
        bound
    };
    bound(0)..=bound(u8::MAX)
}

fn hash(number: &str) -> [u8; HASH] {
    let mut hash = [0; HASH];
    hash.copy_from_slice(&blake3::hash(number.as_bytes()).as_bytes()[..HASH]);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_its_case_and_no_other_number_does() {
        let mut numbers = Numbers::default();
        let id = |n: u32| ComplaintId::of("web", &n.to_string());
        for n in 0..1000 {
            numbers.insert(&format!("CF20260507{n:03}"), &id(n));
        }
        let fronts: Vec<_> = numbers.fronts("CF20260507042").collect();
        assert_eq!(fronts, [&id(42).as_bytes()[..FRONT]]);
        assert_eq!(numbers.fronts("CF20260508042").count(), 0);
    }
}
