//! Which customers have complaints in a partition, in memory: nearly every search for repeats
//! ends here, without a look at the rows.

use std::collections::HashMap;

use crate::rows::Id;

/// Stands for several complaints.
const SEVERAL: u64 = 0;

/// Half a customer's key → half the id of the only complaint, or [`SEVERAL`]. 16 bytes a
/// customer; never iterated. A half that two customers share costs a look at the rows.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashMap<u64, u64>);

impl Seen {
    pub(crate) fn note(&mut self, customer: &Id, complaint: &Id) {
        let complaint = half(complaint);
        self.0
            .entry(half(customer))
            .and_modify(|only| {
                if *only != complaint {
                    *only = SEVERAL;
                }
            })
            .or_insert(complaint);
    }

    /// Whether the customer may have complaints here besides this one.
    pub(crate) fn has_besides(&self, customer: &[u8], complaint: &[u8]) -> bool {
        self.0
            .get(&half(customer))
            .is_some_and(|only| *only != half(complaint))
    }

    /// Whether the customer may have complaints here.
    pub(crate) fn has(&self, customer: &[u8]) -> bool {
        self.0.contains_key(&half(customer))
    }
}

fn half(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(SEVERAL, |half| u64::from_be_bytes(*half))
}
