//! The hash that two copies of the same rows agree on.

use std::ops::ControlFlow;

use crate::{KeyRange, Order, Rows, StoreError};

/// A hash over all rows in key order, without the mark: the same log gives the same hash, on any
/// replica and in any release.
pub fn state_hash(rows: &Rows) -> Result<[u8; 32], StoreError> {
    let mut hash = StateHash::default();
    rows.visit(&KeyRange::all(), Order::Ascending, &mut |key, value| {
        hash.row(key, value);
        ControlFlow::Continue(())
    });
    match rows.failure() {
        Some(error) => Err(error.clone()),
        None => Ok(hash.finish()),
    }
}

/// The hash of [`state_hash`], row by row.
#[derive(Debug, Clone, Default)]
pub struct StateHash(blake3::Hasher);

impl StateHash {
    /// Takes the next row in key order.
    pub fn row(&mut self, key: &[u8], value: &[u8]) {
        for part in [key, value] {
            // The length first, so that no two sets of rows spell the same bytes.
            self.0.update(&(part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
    }

    /// The hash over the rows taken.
    pub fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}
