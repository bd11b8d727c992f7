//! What a core reads and writes.

use std::{
    mem,
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

use crate::{
    Batch, FlushJob, Flushed, KeyRange, Mark, MemoryStore, Order, PartitionStore, Store,
    StoreError, Thresholds, batch::Change, merge::Overlay, named, seats::Seats, store::Visit,
};

/// The rows of one partition as a core sees them: what the store holds, under what was committed
/// since the last flush, under what the current round has changed.
///
/// Reads do not fail: a core is pure and has no answer to a broken disk. The first failure of the
/// store is kept instead, reads behind it find nothing, and [`Rows::commit`] refuses from then on.
/// The owner asks [`Rows::failure`] before it publishes what a round decided.
///
/// A round writes straight into the newest layer and notes what was there before, so that
/// committing costs nothing and only a rollback, which is rare, has work to do.
pub struct Rows {
    store: Arc<dyn PartitionStore>,
    /// Changes behind the store and `flushing`, those of the current round included.
    recent: Batch,
    /// What `recent` said before each change of the current round, oldest first.
    undo: Vec<(Arc<[u8]>, Option<Change>)>,
    flushing: Option<Flushing>,
    mark: Option<Mark>,
    /// The mark of what the store holds.
    stored: Option<Mark>,
    commits_since_flush: u32,
    failure: OnceLock<StoreError>,
    /// Where the named rows lie, those of the current round included.
    pub(crate) seats: Seats,
    /// How many seats the last commit left.
    seats_committed: u32,
}

/// A layer on its way to the store, readable meanwhile.
struct Flushing {
    batch: Arc<Batch>,
    mark: Mark,
    /// Whether a job for it is out; if not, it failed and waits to be tried again.
    running: bool,
}

impl Rows {
    /// The rows of a partition, as its store holds them.
    pub fn open(store: Arc<dyn PartitionStore>) -> Result<Self, StoreError> {
        let mark = store.mark()?;
        let seats = named::seats(&*store)?;
        Ok(Self {
            seats_committed: seats.len(),
            seats,
            store,
            recent: Batch::new(),
            undo: Vec::new(),
            flushing: None,
            mark,
            stored: mark,
            commits_since_flush: 0,
            failure: OnceLock::new(),
        })
    }

    /// Empty rows over a twin of their own, for the tests of cores.
    pub fn in_memory() -> Self {
        let opened = MemoryStore::new().partition(0).and_then(Self::open);
        opened.expect("a new store in memory does not fail")
    }

    /// The value under a key.
    pub fn get(&self, key: &[u8]) -> Option<Bytes> {
        if let Some(change) = self.recent.change(key) {
            return change.clone();
        }
        self.beneath(key)
    }

    /// The value under a key as the last commit left it, whatever the round in hand has changed.
    ///
    /// What the round changed is searched for keys that were changed since the last flush; the
    /// others are found as fast as [`Rows::get`] finds them.
    pub fn committed(&self, key: &[u8]) -> Option<Bytes> {
        let Some(recent) = self.recent.change(key) else {
            return self.beneath(key);
        };
        match self.undo.iter().find(|(changed, _)| **changed == *key) {
            None => recent.clone(),
            Some((_, Some(before))) => before.clone(),
            Some((_, None)) => self.beneath(key),
        }
    }

    fn beneath(&self, key: &[u8]) -> Option<Bytes> {
        if let Some(change) = self
            .flushing
            .as_ref()
            .and_then(|layer| layer.batch.change(key))
        {
            return change.clone();
        }
        if self.failure.get().is_some() {
            return None;
        }
        self.store.get(key).unwrap_or_else(|error| {
            self.fail(error);
            None
        })
    }

    /// Puts a row. The key has at least one byte.
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl Into<Bytes>) {
        self.change(key.as_ref(), Some(value.into()));
    }

    /// Deletes a row; it need not be there.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) {
        self.change(key.as_ref(), None);
    }

    /// Up to `limit` rows whose keys start with `prefix`, smallest first, from behind `after`.
    pub fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Vec<(Bytes, Bytes)> {
        self.page(prefix, after, limit, Order::Ascending)
    }

    /// Up to `limit` rows whose keys start with `prefix`, largest first, from before `before`.
    pub fn scan_rev(
        &self,
        prefix: &[u8],
        before: Option<&[u8]>,
        limit: usize,
    ) -> Vec<(Bytes, Bytes)> {
        self.page(prefix, before, limit, Order::Descending)
    }

    /// Calls `visit` with every row of the range in order, until it breaks. Copies nothing, so it
    /// suits walking a whole keyspace.
    pub fn visit(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>) {
        if range.is_empty() || self.failure.get().is_some() {
            return;
        }
        let beneath = self.flushing.as_ref().map(|layer| &*layer.batch);
        let mut overlay = Overlay::new(&self.recent, beneath, range, order);
        let mut done = ControlFlow::Continue(());
        let scanned = self.store.scan(range, order, &mut |key, value| {
            done = overlay.merge(key, value, visit);
            done
        });
        match scanned {
            Ok(()) if done.is_continue() => drop(overlay.drain(visit)),
            Ok(()) => {}
            Err(error) => self.fail(error),
        }
    }

    /// Makes the current round's changes stay, with the place in the log they bring the rows to.
    /// No disk access. Refuses once the store has failed a read: what was decided on rows that
    /// could not be read must not stay.
    pub fn commit(&mut self, mark: Mark) -> Result<(), StoreError> {
        if let Some(error) = self.failure.get() {
            return Err(error.clone());
        }
        self.undo.clear();
        self.seats_committed = self.seats.len();
        self.mark = Some(mark);
        self.commits_since_flush = self.commits_since_flush.saturating_add(1);
        Ok(())
    }

    /// Drops the current round's changes.
    pub fn rollback(&mut self) {
        while let Some((key, before)) = self.undo.pop() {
            match before {
                Some(change) => drop(self.recent.set(key, change)),
                None => self.recent.forget(&key),
            }
        }
        self.seats.truncate(self.seats_committed);
    }

    /// The place in the log of the last commit, flushed or not; nothing in a new partition.
    pub fn mark(&self) -> Option<&Mark> {
        self.mark.as_ref()
    }

    /// The place in the log that the store's rows stand at, behind which nothing is lost with the
    /// process.
    pub fn stored_mark(&self) -> Option<&Mark> {
        self.stored.as_ref()
    }

    /// The store's first failure, if a read met one. Reads since then are not to be trusted.
    pub fn failure(&self) -> Option<&StoreError> {
        self.failure.get()
    }

    /// Rows in memory that the store does not hold yet, the current round's included.
    pub fn unflushed_rows(&self) -> usize {
        self.recent.len() + self.flushing.as_ref().map_or(0, |layer| layer.batch.len())
    }

    /// About how much memory [`Rows::unflushed_rows`] take.
    pub fn unflushed_bytes(&self) -> usize {
        self.recent.bytes()
            + self
                .flushing
                .as_ref()
                .map_or(0, |layer| layer.batch.bytes())
    }

    /// Whether a job is out whose end [`Rows::flushed`] has not been told.
    pub fn is_flushing(&self) -> bool {
        self.flushing.as_ref().is_some_and(|layer| layer.running)
    }

    /// Whether the store has refused a flush that is still to be tried again.
    pub fn has_failed_flush(&self) -> bool {
        self.flushing.as_ref().is_some_and(|layer| !layer.running)
    }

    /// Whether the store lacks anything that was committed.
    pub fn is_dirty(&self) -> bool {
        self.flushing.is_some() || self.commits_since_flush > 0
    }

    /// Whether enough is waiting for a flush to pay. Not while one is running.
    pub fn flush_due(&self, thresholds: &Thresholds) -> bool {
        !self.is_flushing()
            && (self.flushing.is_some()
                || self.recent.len() >= thresholds.rows
                || self.recent.bytes() >= thresholds.bytes
                || self.commits_since_flush >= thresholds.commits)
    }

    /// The next flush: the one that failed before, or else everything committed. Nothing while a
    /// flush is running, a round is open (its changes may yet be rolled back) or all is stored.
    pub fn take_flush(&mut self) -> Option<FlushJob> {
        if self.is_flushing() {
            return None;
        }
        if self.flushing.is_none() {
            if !self.undo.is_empty() || self.commits_since_flush == 0 {
                return None;
            }
            let batch = Arc::new(mem::take(&mut self.recent));
            self.flushing = Some(Flushing {
                batch,
                mark: self.mark?,
                running: false,
            });
            self.commits_since_flush = 0;
        }
        let layer = self.flushing.as_mut()?;
        layer.running = true;
        Some(FlushJob {
            store: self.store.clone(),
            batch: layer.batch.clone(),
            mark: layer.mark,
        })
    }

    /// Takes the end of a flush: its rows leave the memory, or stay for another try and the error
    /// is given back.
    pub fn flushed(&mut self, flushed: Flushed) -> Result<(), StoreError> {
        match (flushed.result, &mut self.flushing) {
            (Ok(()), layer) => {
                if let Some(layer) = layer.take() {
                    self.stored = Some(layer.mark);
                }
            }
            (Err(error), layer) => {
                if let Some(layer) = layer {
                    layer.running = false;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn change(&mut self, key: &[u8], change: Change) {
        let key: Arc<[u8]> = Arc::from(key);
        let before = self.recent.set(key.clone(), change);
        self.undo.push((key, before));
    }

    fn page(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
        order: Order,
    ) -> Vec<(Bytes, Bytes)> {
        let mut rows = Vec::new();
        if limit == 0 {
            return rows;
        }
        let mut range = KeyRange::prefix(prefix);
        if let Some(after) = after {
            range = range.after(after, order);
        }
        self.visit(&range, order, &mut |key, value| {
            rows.push((Bytes::copy_from_slice(key), Bytes::copy_from_slice(value)));
            if rows.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        rows
    }

    /// Keeps the first failure; later ones are consequences of it.
    fn fail(&self, error: StoreError) {
        drop(self.failure.set(error));
    }
}
