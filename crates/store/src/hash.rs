//! The hash that two copies of the same rows agree on.

use std::ops::ControlFlow;

use crate::{KeyRange, Order, Rows, StoreError};

/// A hash over all rows in key order, without the mark: the same log gives the same hash, on any
/// replica and in any release.
pub fn state_hash(rows: &Rows) -> Result<[u8; 32], StoreError> {
    let mut hasher = blake3::Hasher::new();
    rows.visit(&KeyRange::all(), Order::Ascending, &mut |key, value| {
        for part in [key, value] {
            // The length first, so that no two sets of rows spell the same bytes.
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        ControlFlow::Continue(())
    });
    match rows.failure() {
        Some(error) => Err(error.clone()),
        None => Ok(*hasher.finalize().as_bytes()),
    }
}
