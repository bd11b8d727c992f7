use std::sync::Arc;

use bytes::Bytes;
use redress_log::{EventLog, LogError, Snapshots};
use redress_store::{Batch, Mark, PartitionStore, StateHash, Store, StoreError};
use redress_wire::{Service, log::Snapshot};

use super::{mark_of, parts};
use crate::tasks::{Tasks, off_thread};

/// Why a snapshot was not loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not whole, or not what was written: another attempt would end in the same way.
    #[error("the snapshot is damaged: {0}")]
    Damaged(String),
}

/// The mark of rows that are still being loaded: of no release and no log, so that whoever opens
/// them after a crash throws them away.
const UNFINISHED: Mark = Mark {
    own_seq: 0,
    own_hash: [0; 32],
    consumed: 0,
    schema: 0,
    log: [0; 16],
};

/// Puts the rows of a snapshot into the store in place of what it held. The last rows go in with
/// the mark, once it is known that all of them are right.
pub(crate) async fn load<L: EventLog>(
    log: &L,
    store: &Arc<dyn Store>,
    tasks: &Arc<dyn Tasks>,
    service: Service,
    partition: u32,
    snapshot: &Snapshot,
) -> Result<(), LoadError> {
    let snapshots = log.snapshots();
    let mark = mark_of(snapshot).ok_or_else(|| damaged("it says no place"))?;
    let opening = store.clone();
    let rows = blocking(tasks, move || {
        opening.discard(partition)?;
        opening.partition(partition)
    });
    let rows = rows.await?;
    let mut loading = Loading::default();
    for number in 0..snapshot.parts {
        let part = snapshots.part(service, partition, &snapshot.id, number);
        let part = part.await?;
        let part = part.ok_or_else(|| damaged(&format!("part {number} is gone")))?;
        let turned = blocking(tasks, move || Ok(loading.take(&part)));
        let (back, before) = turned.await?;
        loading = back.ok_or_else(|| damaged(&format!("part {number} cannot be read")))?;
        apply(tasks, &rows, before, UNFINISHED).await?;
    }
    if !loading.is_all_of(snapshot) {
        return Err(damaged("its rows are not those that were written"));
    }
    apply(tasks, &rows, loading.batch, mark).await
}

/// Reads a snapshot from beginning to end and says what is wrong with it.
///
/// # Errors
/// It cannot be read, is not whole, or is not what was written.
pub async fn check_snapshot<L: EventLog>(
    log: &L,
    service: Service,
    partition: u32,
    snapshot: &Snapshot,
) -> Result<(), String> {
    let snapshots = log.snapshots();
    let mut loading = Loading::default();
    for number in 0..snapshot.parts {
        let part = snapshots.part(service, partition, &snapshot.id, number);
        let part = part.await.map_err(|error| error.to_string())?;
        let part = part.ok_or_else(|| format!("part {number} is gone"))?;
        let (back, _) = loading.take(&part);
        loading = back.ok_or_else(|| format!("part {number} cannot be read"))?;
    }
    if loading.is_all_of(snapshot) && mark_of(snapshot).is_some() {
        return Ok(());
    }
    Err("its rows are not those that were written".to_owned())
}

/// What was read, up to the rows of the part in hand.
#[derive(Default)]
struct Loading {
    hash: StateHash,
    rows: u64,
    batch: Batch,
}

impl Loading {
    /// Whether the rows taken are those that the snapshot was made of.
    fn is_all_of(&self, snapshot: &Snapshot) -> bool {
        self.hash.finish()[..] == snapshot.state_hash[..] && self.rows == snapshot.rows
    }

    /// Takes a part, and gives the rows of the one before; nothing of itself if it is damaged.
    fn take(mut self, part: &Bytes) -> (Option<Self>, Batch) {
        let mut batch = Batch::new();
        let Some(rows) = parts::rows(part) else {
            return (None, batch);
        };
        for (key, value) in rows {
            self.hash.row(&key, &value);
            self.rows += 1;
            // Copied: a slice would keep the whole part.
            batch.put(&key, Bytes::copy_from_slice(&value));
        }
        std::mem::swap(&mut batch, &mut self.batch);
        (Some(self), batch)
    }
}

async fn apply(
    tasks: &Arc<dyn Tasks>,
    rows: &Arc<dyn PartitionStore>,
    batch: Batch,
    mark: Mark,
) -> Result<(), LoadError> {
    let rows = rows.clone();
    blocking(tasks, move || rows.apply(&batch, &mark)).await
}

async fn blocking<T: Send + 'static>(
    tasks: &Arc<dyn Tasks>,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, LoadError> {
    let done = off_thread(tasks, work).await;
    Ok(done.unwrap_or_else(|panic| Err(StoreError::damaged(panic)))?)
}

fn damaged(how: &str) -> LoadError {
    LoadError::Damaged(how.to_owned())
}
