//! The two traits an adapter implements.

use std::{ops::ControlFlow, sync::Arc};

use bytes::Bytes;

use crate::{Batch, KeyRange, Mark, Order, StoreError};

/// What a scan calls with each key and value; it says whether to go on.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// A process's store: many partitions that do not see each other.
pub trait Store: Send + Sync + 'static {
    /// The rows of one partition, created empty if there are none.
    ///
    /// Handles of one partition share their rows.
    fn partition(&self, partition: u32) -> Result<Arc<dyn PartitionStore>, StoreError>;

    /// Drops every row and the mark of one partition, also if they are damaged. Handles taken
    /// before must not be used any more; a new one finds the partition empty.
    fn discard(&self, partition: u32) -> Result<(), StoreError>;

    /// Brings everything applied so far to the disk; called on a graceful shutdown.
    fn flush(&self) -> Result<(), StoreError>;
}

/// The rows of one partition. All calls may block on the disk.
///
/// A key has at least one byte: the empty key is the adapter's own.
pub trait PartitionStore: Send + Sync + 'static {
    /// The value under a key.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Calls `visit` with every row of the range in the order of the key bytes, until it breaks.
    fn scan(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>)
    -> Result<(), StoreError>;

    /// Applies the batch and moves the mark, both or neither, also when the process dies half way.
    ///
    /// It need not be on the disk when this returns: what a power cut takes is folded again.
    fn apply(&self, batch: &Batch, mark: &Mark) -> Result<(), StoreError>;

    /// The mark of the last batch applied; nothing in a new partition.
    fn mark(&self) -> Result<Option<Mark>, StoreError>;
}
