//! Which customers have complaints in a partition, in memory: nearly every search for repeats
//! ends here, without a look at the rows.

use std::collections::HashMap;

use crate::rows::Id;

/// Stands for several complaints.
const SEVERAL: u64 = 0;

/// What a customer has complained about here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Complaints {
    /// Nothing.
    None,
    /// One complaint: half its id.
    Only(u64),
    /// More than one.
    Several,
}

/// Half a customer's key → half the id of the only complaint, or [`SEVERAL`]. 16 bytes a
/// customer; never iterated. A half that two customers share costs a look at the rows.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    complaints: HashMap<u64, u64>,
    /// What stood there before each change of the round in hand, oldest first.
    undo: Vec<(u64, Option<u64>)>,
}

impl Seen {
    /// Notes a complaint, and says what the customer had before.
    pub(crate) fn note(&mut self, customer: &Id, complaint: &Id) -> Complaints {
        let complaint = half(complaint);
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

    /// Whether the customer may have complaints here besides this one.
    pub(crate) fn has_besides(&self, customer: &[u8], complaint: &[u8]) -> bool {
        match self.complaints(customer) {
            Complaints::None => false,
            Complaints::Only(only) => only != half(complaint),
            Complaints::Several => true,
        }
    }
}

/// The first half of an id or a key.
pub(crate) fn half(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(SEVERAL, |half| u64::from_be_bytes(*half))
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
        seen.note(&CUSTOMERS[0], &[10; 16]);
        seen.note(&CUSTOMERS[1], &[11; 16]);
        seen.settle();
        let before = complaints(&seen);
        for complaint in 12..15 {
            for customer in &CUSTOMERS {
                seen.note(customer, &[complaint; 16]);
            }
        }
        assert_eq!(complaints(&seen), [Complaints::Several; 3]);
        seen.undo();
        assert_eq!(complaints(&seen), before);
        seen.note(&CUSTOMERS[2], &[12; 16]);
        seen.settle();
        seen.undo();
        let only = Complaints::Only(half(&[12; 16]));
        assert_eq!(complaints(&seen), [before[0], before[1], only]);
    }
}
