//! The disk of one replica: the twin in memory, which outlives the process, can fall back to an
//! earlier flush, be lost or be damaged.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use redress_store::{
    Batch, KeyRange, Mark, MemoryStore, Order, PartitionStore, Store, StoreError, Visit,
};

/// What the store asks the simulation before it applies rows.
pub(crate) trait Disk: Send + Sync + 'static {
    /// Why this write fails, if it does.
    fn fails(&self) -> Option<StoreError>;
    /// The mark that is really written.
    fn mark(&self, partition: u32, mark: Mark) -> Mark;
}

/// The store of a replica; clones are the same disk.
#[derive(Clone)]
pub(crate) struct SimStore {
    partitions: Arc<Mutex<BTreeMap<u32, Files>>>,
    disk: Arc<dyn Disk>,
}

#[derive(Clone)]
struct Files {
    twin: MemoryStore,
    /// Every flush, to fall back to.
    applied: Vec<(Batch, Mark)>,
    damaged: bool,
    /// Counts discards: a handle of an earlier life is refused, as the adapter does.
    life: u64,
}

impl Files {
    fn new(life: u64) -> Self {
        Self {
            twin: MemoryStore::new(),
            applied: Vec::new(),
            damaged: false,
            life,
        }
    }
}

impl SimStore {
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        Self {
            partitions: Arc::default(),
            disk,
        }
    }

    /// The partitions that hold rows.
    pub(crate) fn held(&self) -> Vec<u32> {
        let partitions = self.lock();
        let held = partitions
            .iter()
            .filter(|(_, files)| !files.applied.is_empty());
        held.map(|(id, _)| *id).collect()
    }

    /// Undoes the last flushes of a partition, as a power cut does to what was not synced.
    pub(crate) fn fall_back(&self, partition: u32, flushes: usize) {
        if let Some(files) = self.lock().get_mut(&partition) {
            files
                .applied
                .truncate(files.applied.len().saturating_sub(flushes));
            files.twin = MemoryStore::new();
            let rows = files.twin.partition(partition).expect("the twin opens");
            for (batch, mark) in &files.applied {
                rows.apply(batch, mark).expect("the twin applies");
            }
        }
    }

    /// Loses every row.
    pub(crate) fn lose(&self) {
        self.lock().clear();
    }

    /// From now on nothing of a partition can be read, until it is discarded.
    pub(crate) fn damage(&self, partition: u32) {
        if let Some(files) = self.lock().get_mut(&partition) {
            files.damaged = true;
        }
    }

    /// Whether the partition's rows are damaged.
    pub(crate) fn is_damaged(&self, partition: u32) -> bool {
        let partitions = self.lock();
        partitions
            .get(&partition)
            .is_some_and(|files| files.damaged)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Files>> {
        self.partitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for SimStore {
    fn partition(&self, partition: u32) -> Result<Arc<dyn PartitionStore>, StoreError> {
        let life = self
            .lock()
            .entry(partition)
            .or_insert_with(|| Files::new(0))
            .life;
        let rows = SimRows {
            store: self.clone(),
            partition,
            life,
        };
        rows.twin()?;
        Ok(Arc::new(rows))
    }

    fn discard(&self, partition: u32) -> Result<(), StoreError> {
        let mut partitions = self.lock();
        let life = partitions.get(&partition).map_or(0, |files| files.life);
        partitions.insert(partition, Files::new(life + 1));
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

struct SimRows {
    store: SimStore,
    partition: u32,
    life: u64,
}

impl SimRows {
    fn twin(&self) -> Result<Arc<dyn PartitionStore>, StoreError> {
        let partitions = self.store.lock();
        let files = partitions.get(&self.partition);
        let Some(files) = files.filter(|files| files.life == self.life) else {
            return Err(StoreError::damaged("the partition was discarded"));
        };
        if files.damaged {
            return Err(StoreError::damaged("a page is torn"));
        }
        files.twin.partition(self.partition)
    }
}

impl PartitionStore for SimRows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.twin()?.get(key)
    }

    fn scan(
        &self,
        range: &KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.twin()?.scan(range, order, visit)
    }

    fn apply(&self, batch: &Batch, mark: &Mark) -> Result<(), StoreError> {
        let twin = self.twin()?;
        if let Some(failure) = self.store.disk.fails() {
            return Err(failure);
        }
        let mark = self.store.disk.mark(self.partition, *mark);
        twin.apply(batch, &mark)?;
        if let Some(files) = self.store.lock().get_mut(&self.partition) {
            files.applied.push((batch.clone(), mark));
        }
        Ok(())
    }

    fn mark(&self) -> Result<Option<Mark>, StoreError> {
        self.twin()?.mark()
    }
}
