//! A process's database.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use redress_store::{PartitionStore, Store, StoreError};
use sled::{Db, Tree};

use crate::{
    OpenError, Opened, Options,
    aside::{remove_files, set_aside},
    guard::guarded,
    open::open,
    partition::SledPartition,
};

/// A process's store in one sled database. All calls may block.
///
/// sled stops for good at its first failed write, also when the disk has room again. So when
/// flushes go on failing, [`Store::discard`] is what helps: it notices a dead database and puts a
/// fresh one in its place, for all partitions; their old handles report damage, and each
/// partition is replayed.
pub struct SledStore {
    path: PathBuf,
    options: Options,
    live: Mutex<Live>,
}

struct Live {
    db: Db,
    /// The partitions opened, shared with their handles.
    partitions: HashMap<u32, Arc<SledPartition>>,
}

impl SledStore {
    /// Opens the store in a directory, which is made if need be and belongs to this store alone.
    ///
    /// A damaged database is moved aside and a fresh one opened; [`Opened`] tells. It should not
    /// be the root of a volume, which cannot be moved.
    pub fn open(path: &Path, options: &Options) -> Result<Opened, OpenError> {
        let found = open(path, options)?;
        let live = Mutex::new(Live {
            db: found.db,
            partitions: HashMap::new(),
        });
        let store = Self {
            path: path.to_owned(),
            options: options.clone(),
            live,
        };
        Ok(Opened {
            store,
            damage: found.damage,
            set_aside: found.set_aside,
        })
    }

    /// The bytes of the database on the disk.
    pub fn disk_bytes(&self) -> Result<u64, StoreError> {
        let db = self.live().db.clone();
        guarded(|| db.size_on_disk())
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a fresh database in the place of one that does not work any more.
    fn replace(&self, live: &mut Live, cause: &StoreError) -> Result<(), StoreError> {
        for (_, partition) in live.partitions.drain() {
            partition.retire();
        }
        let moved = match cause {
            StoreError::Damaged { .. } => set_aside(&self.path).map(drop),
            // Nothing to look into, and the room may be what was lacking.
            StoreError::Unavailable { .. } => remove_files(&self.path),
        };
        moved.map_err(|error| StoreError::unavailable(error.to_string()))?;
        let found = open(&self.path, &self.options);
        live.db = found
            .map_err(|error| StoreError::unavailable(error.to_string()))?
            .db;
        Ok(())
    }
}

impl Live {
    fn open(&mut self, partition: u32) -> Result<Arc<SledPartition>, StoreError> {
        if let Some(open) = self.partitions.get(&partition) {
            return Ok(open.clone());
        }
        let opened = Arc::new(SledPartition::new(self.tree(partition)?));
        self.partitions.insert(partition, opened.clone());
        Ok(opened)
    }

    fn tree(&self, partition: u32) -> Result<Tree, StoreError> {
        guarded(|| self.db.open_tree(name(partition)))
    }

    /// Drops the partition's tree and proves that the database takes a new one.
    fn drop_tree(&mut self, partition: u32) -> Result<(), StoreError> {
        if let Some(partition) = self.partitions.remove(&partition) {
            partition.retire();
        }
        guarded(|| self.db.drop_tree(name(partition)))?;
        self.tree(partition)?;
        guarded(|| self.db.flush()).map(drop)
    }
}

impl Store for SledStore {
    fn partition(&self, partition: u32) -> Result<Arc<dyn PartitionStore>, StoreError> {
        let opened = self.live().open(partition)?;
        // Without the store's lock: the first handle reads every row.
        opened.verify()?;
        Ok(opened)
    }

    fn discard(&self, partition: u32) -> Result<(), StoreError> {
        let mut live = self.live();
        live.drop_tree(partition)
            .or_else(|cause| self.replace(&mut live, &cause))
    }

    fn flush(&self) -> Result<(), StoreError> {
        let db = self.live().db.clone();
        guarded(|| db.flush()).map(drop)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // sled flushes when its last handle goes; that may be a partition's, much later.
        drop(self.flush());
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The name of a partition's tree: its number in decimal, readable in a dump.
fn name(partition: u32) -> String {
    format!("partition-{partition}")
}
