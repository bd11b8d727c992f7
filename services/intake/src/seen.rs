//! Which customers have complaints in a partition, in memory: nearly every search for repeats
//! ends here, without a look at the rows.

use std::collections::HashMap;

use crate::rows::Id;

/// Stands for several complaints; no partition has as many.
const SEVERAL: u32 = u32::MAX;

/// What a customer has complained about here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Complaints {
    /// Nothing.
    None,
    /// One complaint: the seat of its row.
    Only(u32),
    /// More than one.
    Several,
}

/// Half a customer's key → the seat of the only complaint, or [`SEVERAL`]. 16 bytes a
/// customer; never iterated. A half that two customers share costs a look at the rows.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    complaints: HashMap<u64, u32>,
    /// What stood there before each change of the round in hand, oldest first.
    undo: Vec<(u64, Option<u32>)>,
}

impl Seen {
    /// Notes the complaint with this seat, and says what the customer had before.
    pub(crate) fn note(&mut self, customer: &Id, complaint: u32) -> Complaints {
        let before = self.complaints(customer);
        let now = match before {
            Complaints::None => complaint,
            Complaints::Only(only) if only == complaint => complaint,
            Complaints::Only(_) | Complaints::Several => SEVERAL,
        };
        let customer = half(customer);
        self.undo
            .push((customer, self.complaints.insert(customer, now)));
        before
    }

    /// The round in hand stays.
    pub(crate) fn settle(&mut self) {
        self.undo.clear();
    }

    /// The round in hand is taken back.
    pub(crate) fn undo(&mut self) {
        while let Some((customer, before)) = self.undo.pop() {
            match before {
                Some(before) => drop(self.complaints.insert(customer, before)),
                None => drop(self.complaints.remove(&customer)),
            }
        }
    }

    /// What the customer, or one with the same half of a key, has here.
    pub(crate) fn complaints(&self, customer: &[u8]) -> Complaints {
        match self.complaints.get(&half(customer)) {
            None => Complaints::None,
            Some(&SEVERAL) => Complaints::Several,
            Some(&only) => Complaints::Only(only),
        }
    }

    /// Whether the customer may have complaints here besides this one, which has a seat if it is of
    /// this partition.
    pub(crate) fn has_besides(&self, customer: &[u8], complaint: Option<u32>) -> bool {
        match self.complaints(customer) {
            Complaints::None => false,
            Complaints::Only(only) => Some(only) != complaint,
            Complaints::Several => true,
        }
    }
}

/// The first half of a customer's key.
pub(crate) fn half(key: &[u8]) -> u64 {
    key.first_chunk()
        .map_or(0, |half| u64::from_be_bytes(*half))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMERS: [Id; 3] = [[1; 16], [2; 16], [3; 16]];

    fn complaints(seen: &Seen) -> [Complaints; 3] {
        CUSTOMERS.map(|customer| seen.complaints(&customer))
    }

    #[test]
    fn a_round_that_is_taken_back_leaves_nothing() {
        let mut seen = Seen::default();
        seen.note(&CUSTOMERS[0], 10);
        seen.note(&CUSTOMERS[1], 11);
        seen.settle();
        let before = complaints(&seen);
        for complaint in 12..15 {
            for customer in &CUSTOMERS {
                seen.note(customer, complaint);
            }
        }
        assert_eq!(complaints(&seen), [Complaints::Several; 3]);
        seen.undo();
        assert_eq!(complaints(&seen), before);
        seen.note(&CUSTOMERS[2], 12);
        seen.settle();
        seen.undo();
        let only = Complaints::Only(12);
        assert_eq!(complaints(&seen), [before[0], before[1], only]);
    }
}
