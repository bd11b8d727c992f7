//! One partition's rows in a tree of their own.

use std::{
    ops::{Bound, ControlFlow},
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use redress_store::{Batch, KeyRange, Mark, Order, PartitionStore, StoreError, Visit};
use sled::{IVec, Tree};

use crate::{
    digest::{Digest, Seal},
    guard::guarded,
    known::KnownKeys,
    litter,
};

/// The key of the seal (mark and digest): no row has it.
const SEAL_KEY: &[u8] = b"";
/// The first key that a row can have.
const FIRST_KEY: &[u8] = b"\0";

/// One open partition, until it is discarded.
pub(crate) struct SledPartition {
    tree: Tree,
    /// Set when the tree is dropped under its handles.
    retired: AtomicBool,
    /// The digest of the rows, once they were verified; forgotten when an apply fails half way.
    digest: Mutex<Option<Digest>>,
    /// The keys of the rows, once they were verified.
    known: RwLock<Option<KnownKeys>>,
}

impl SledPartition {
    pub(crate) fn new(tree: Tree) -> Self {
        Self {
            tree,
            retired: AtomicBool::new(false),
            digest: Mutex::new(None),
            known: RwLock::new(None),
        }
    }

    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    /// Reads every row, unless that was done before, and refuses rows that are not those of the
    /// seal.
    pub(crate) fn verify(&self) -> Result<(), StoreError> {
        self.verified(&mut self.digest()).map(drop)
    }

    fn verified(&self, known: &mut Option<Digest>) -> Result<Digest, StoreError> {
        if let Some(digest) = *known {
            return Ok(digest);
        }
        let sealed = self.seal()?.map_or(Digest::default(), |seal| seal.digest);
        let (mut found, mut keys) = (Digest::default(), KnownKeys::default());
        self.scan(&KeyRange::all(), Order::Ascending, &mut |key, value| {
            found.add(key, value);
            keys.add(key);
            ControlFlow::Continue(())
        })?;
        if found != sealed {
            let detail = format!("found {found} where {sealed} were written");
            return Err(StoreError::damaged(detail));
        }
        *known = Some(found);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(keys);
        Ok(found)
    }

    fn seal(&self) -> Result<Option<Seal>, StoreError> {
        let tree = self.tree()?;
        let stored = guarded(|| tree.get(SEAL_KEY))?;
        stored.map(|bytes| Seal::decode(&bytes)).transpose()
    }

    fn digest(&self) -> MutexGuard<'_, Option<Digest>> {
        self.digest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tree(&self) -> Result<&Tree, StoreError> {
        if self.retired.load(Ordering::Acquire) {
            return Err(StoreError::damaged("the partition was discarded"));
        }
        Ok(&self.tree)
    }

    /// Whether sled has to be asked about a key.
    fn may_hold(&self, key: &[u8]) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().is_none_or(|known| known.may_hold(key))
    }

    /// Before they are put, so that nobody looks in vain for what is there.
    fn know(&self, batch: &Batch) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &mut *known {
            let put = batch.iter().filter(|(_, change)| change.is_some());
            put.for_each(|(key, _)| known.add(key));
        }
    }

    /// The batch as sled takes it, and the digest it leads to.
    fn prepare(&self, batch: &Batch, digest: &mut Digest) -> Result<sled::Batch, StoreError> {
        let tree = self.tree()?;
        let mut changes = sled::Batch::default();
        for (key, change) in batch.iter() {
            if self.may_hold(key)
                && let Some(before) = guarded(|| tree.get(key))?
            {
                digest.remove(key, &before);
            }
            match change {
                Some(value) => {
                    digest.add(key, value);
                    changes.insert(key, &**value);
                }
                None => changes.remove(key),
            }
        }
        Ok(changes)
    }
}

impl PartitionStore for SledPartition {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let tree = self.tree()?;
        if !self.may_hold(key) {
            return Ok(None);
        }
        // Copied: a value of sled's keeps the whole page it lies in.
        Ok(guarded(|| tree.get(key))?.map(|value| Bytes::copy_from_slice(&value)))
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
        let from = range.from().max(FIRST_KEY);
        let to = match range.to() {
            Some(to) if to <= from => return Ok(()),
            Some(to) => Bound::Excluded(to),
            None => Bound::Unbounded,
        };
        let tree = self.tree()?;
        let mut rows = guarded(|| Ok(tree.range::<&[u8], _>((Bound::Included(from), to))))?;
        while let Some((key, value)) = next(&mut rows, order)? {
            // Outside the guard: a visitor's panic is the visitor's.
            if let ControlFlow::Break(()) = visit(&key, &value) {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, batch: &Batch, mark: &Mark) -> Result<(), StoreError> {
        let tree = self.tree()?;
        // Held throughout: one batch of a partition at a time.
        let mut known = self.digest();
        let mut digest = self.verified(&mut known)?;
        let mut changes = self.prepare(batch, &mut digest)?;
        changes.insert(
            SEAL_KEY,
            Seal {
                mark: *mark,
                digest,
            }
            .encode(),
        );
        *known = None;
        self.know(batch);
        guarded(|| tree.apply_batch(changes))?;
        litter::sweep(batch.len());
        *known = Some(digest);
        Ok(())
    }

    fn mark(&self) -> Result<Option<Mark>, StoreError> {
        Ok(self.seal()?.map(|seal| seal.mark))
    }
}

fn next(rows: &mut sled::Iter, order: Order) -> Result<Option<(IVec, IVec)>, StoreError> {
    guarded(|| {
        match order {
            Order::Ascending => rows.next(),
            Order::Descending => rows.next_back(),
        }
        .transpose()
    })
}
