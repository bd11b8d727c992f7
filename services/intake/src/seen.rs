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
pub(crate) struct Seen(HashMap<u64, u64>);

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
        self.0.insert(half(customer), now);
        before
    }

    /// What the customer, or one with the same half of a key, has here.
    pub(crate) fn complaints(&self, customer: &[u8]) -> Complaints {
        match self.0.get(&half(customer)) {
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
