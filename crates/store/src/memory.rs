//! The twin in memory.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use crate::{Batch, KeyRange, Mark, Order, PartitionStore, Store, StoreError, store::Visit};

/// A store in memory, for tests. Clones share their rows, so a clone stands for the same store
/// opened again. It can be told to fail.
#[derive(Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    partitions: HashMap<u32, Partition>,
    next_apply: Option<StoreError>,
    reads: Option<StoreError>,
    applies: u64,
}

#[derive(Default)]
struct Partition {
    rows: BTreeMap<Vec<u8>, Bytes>,
    mark: Option<Mark>,
}

struct MemoryPartition {
    partition: u32,
    shared: Arc<Mutex<Shared>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next apply fail, of whichever partition, and change nothing.
    pub fn fail_next_apply(&self, error: StoreError) {
        lock(&self.shared).next_apply = Some(error);
    }

    /// Makes every read fail from now on, or none of them any more.
    pub fn fail_reads(&self, error: Option<StoreError>) {
        lock(&self.shared).reads = error;
    }

    /// How many batches were applied since the store was made.
    pub fn applies(&self) -> u64 {
        lock(&self.shared).applies
    }
}

impl Store for MemoryStore {
    fn partition(&self, partition: u32) -> Result<Arc<dyn PartitionStore>, StoreError> {
        Ok(Arc::new(MemoryPartition {
            partition,
            shared: self.shared.clone(),
        }))
    }

    fn discard(&self, partition: u32) -> Result<(), StoreError> {
        lock(&self.shared).partitions.remove(&partition);
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl MemoryPartition {
    /// The rows now, copied, so that a visitor may read the store while it is called.
    fn rows(&self, range: &KeyRange) -> Result<Vec<(Vec<u8>, Bytes)>, StoreError> {
        let shared = lock(&self.shared);
        shared.readable()?;
        let Some(partition) = shared.partitions.get(&self.partition) else {
            return Ok(vec![]);
        };
        let rows = partition.rows.range::<[u8], _>(range.bounds());
        Ok(rows
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}

impl PartitionStore for MemoryPartition {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let shared = lock(&self.shared);
        shared.readable()?;
        Ok(shared
            .partitions
            .get(&self.partition)
            .and_then(|rows| rows.rows.get(key))
            .cloned())
    }

    fn scan(
        &self,
        range: &KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        let mut rows = self.rows(range)?;
        if order == Order::Descending {
            rows.reverse();
        }
        for (key, value) in rows {
            if let ControlFlow::Break(()) = visit(&key, &value) {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, batch: &Batch, mark: &Mark) -> Result<(), StoreError> {
        let mut shared = lock(&self.shared);
        if let Some(error) = shared.next_apply.take() {
            return Err(error);
        }
        shared.applies += 1;
        let partition = shared.partitions.entry(self.partition).or_default();
        for (key, change) in batch.iter() {
            match change {
                Some(value) => drop(partition.rows.insert(key.to_vec(), value.clone())),
                None => drop(partition.rows.remove(key)),
            }
        }
        partition.mark = Some(*mark);
        Ok(())
    }

    fn mark(&self) -> Result<Option<Mark>, StoreError> {
        let shared = lock(&self.shared);
        shared.readable()?;
        Ok(shared
            .partitions
            .get(&self.partition)
            .and_then(|rows| rows.mark))
    }
}

impl Shared {
    fn readable(&self) -> Result<(), StoreError> {
        self.reads.clone().map_or(Ok(()), Err)
    }
}

/// A test that panicked elsewhere leaves the rows whole: every change is made under one lock.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
