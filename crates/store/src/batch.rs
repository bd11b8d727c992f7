//! A set of changes, in key order.

use std::{
    collections::{BTreeMap, btree_map},
    sync::Arc,
};

use bytes::Bytes;

use crate::KeyRange;

/// What one row in a batch takes beside its key and value: two allocations, the reference counts
/// and its place in the tree. Worked out from the types' sizes and the allocator's rounding; it
/// only feeds the bounds.
const ROW_OVERHEAD_BYTES: usize = 120;

/// A change of one row: its new value, or nothing where the row is deleted.
pub(crate) type Change = Option<Bytes>;

/// Puts and deletes, at most one of them per key, in key order.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    changes: BTreeMap<Arc<[u8]>, Change>,
    bytes: usize,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a row, replacing what the batch said about the key before.
    pub fn put(&mut self, key: &[u8], value: impl Into<Bytes>) {
        self.set(Arc::from(key), Some(value.into()));
    }

    /// Deletes a row, replacing what the batch said about the key before.
    pub fn delete(&mut self, key: &[u8]) {
        self.set(Arc::from(key), None);
    }

    /// The changes in key order; a deletion has no value.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], Option<&Bytes>)> {
        self.changes
            .iter()
            .map(|(key, change)| (&**key, change.as_ref()))
    }

    /// How many rows it changes.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the batch says about a key, if anything.
    pub(crate) fn change(&self, key: &[u8]) -> Option<&Change> {
        self.changes.get(key)
    }

    /// The changes in a range that is not empty.
    pub(crate) fn range(&self, range: &KeyRange) -> btree_map::Range<'_, Arc<[u8]>, Change> {
        self.changes.range::<[u8], _>(range.bounds())
    }

    /// Sets a change and gives what the batch said before.
    pub(crate) fn set(&mut self, key: Arc<[u8]>, change: Change) -> Option<Change> {
        assert!(!key.is_empty(), "the empty key is the adapter's own");
        self.bytes += size(&key, change.as_ref());
        let key_len = key.len();
        let before = self.changes.insert(key, change);
        if let Some(before) = &before {
            self.bytes -= key_len + before.as_ref().map_or(0, Bytes::len) + ROW_OVERHEAD_BYTES;
        }
        before
    }

    /// Makes the batch silent about a key.
    pub(crate) fn forget(&mut self, key: &[u8]) {
        if let Some(before) = self.changes.remove(key) {
            self.bytes -= size(key, before.as_ref());
        }
    }
}

fn size(key: &[u8], change: Option<&Bytes>) -> usize {
    key.len() + change.map_or(0, Bytes::len) + ROW_OVERHEAD_BYTES
}
