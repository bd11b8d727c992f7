use std::{io, ops::ControlFlow, sync::Arc, time::Duration};

use bytes::Bytes;
use redress_log::{AppendError, EventLog, LogError, Snapshots, snapshot_id};
use redress_store::{KeyRange, Mark, Order, PartitionStore, StateHash, Store, StoreError};
use redress_wire::{Service, log::Snapshot};
use tokio::time::sleep;
use tracing::{info, warn};

use super::{mark_of, parts::Part, place};
use crate::tasks::{Tasks, off_thread};

/// A part that was not kept is sent again so often, after a pause.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// What a snapshot is made of. Nobody may write into the partition's store meanwhile.
pub(crate) struct Making<L> {
    pub(crate) log: L,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) tasks: Arc<dyn Tasks>,
    pub(crate) service: Service,
    pub(crate) partition: u32,
    /// Who makes it.
    pub(crate) member: String,
    pub(crate) now_us: i64,
    /// Whose blocks are folded into the rows.
    pub(crate) reads: &'static [Service],
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MakeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Show(#[from] AppendError),
    #[error("the rows cannot be compressed: {0}")]
    Deflate(#[from] io::Error),
    #[error("{0}")]
    Panicked(String),
    #[error("the rows have changed meanwhile")]
    Moved,
}

/// A walk through all rows of a store, part by part.
struct Walk {
    rows: Arc<dyn PartitionStore>,
    mark: Mark,
    rest: KeyRange,
    hash: StateHash,
    rows_seen: u64,
}

/// Copies the rows that a partition's store holds into a snapshot and shows it, unless the newest
/// one is as new.
pub(crate) async fn make<L: EventLog>(making: Making<L>) -> Result<(), MakeError> {
    let snapshots = making.log.snapshots();
    let (service, partition) = (making.service, making.partition);
    let Some(mut walk) = making.begin().await? else {
        return Ok(());
    };
    let newest = snapshots.newest(service, partition).await?;
    let expected = newest.as_ref().map_or(0, |(sequence, _)| *sequence);
    let known = newest.and_then(|(_, snapshot)| mark_of(&snapshot));
    if known.is_some_and(|known| is_as_new(&known, &walk.mark)) {
        return Ok(());
    }
    let id = making.id(&walk.mark);
    let (mut count, mut bytes) = (0, 0);
    loop {
        let turned = off_thread(&making.tasks, move || walk.turn()).await;
        let (back, part) = turned.map_err(MakeError::Panicked)??;
        walk = back;
        let Some(part) = part else { break };
        bytes += part.len() as u64;
        keep(&snapshots, &making, &id, count, part).await?;
        count += 1;
    }
    let Walk {
        mark,
        hash,
        rows_seen,
        ..
    } = walk;
    let snapshot = Snapshot {
        id: id.clone(),
        parts: count,
        rows: rows_seen,
        bytes,
        state_hash: hash.finish().to_vec(),
        own_sequence: mark.own_seq,
        own_hash: mark.own_hash.to_vec(),
        consumed: mark.consumed,
        schema: mark.schema,
        log: mark.log.to_vec(),
        made_at_us: making.now_us,
        reads: making.reads.iter().map(Service::to_string).collect(),
    };
    show(&snapshots, &making, &snapshot, expected).await?;
    info!(
        partition,
        rows = rows_seen,
        bytes,
        "a snapshot of the rows was made"
    );
    if let Err(fault) = snapshots.forget_before(service, partition, &id).await {
        warn!(partition, %fault, "parts of older snapshots stay until the next one");
    }
    Ok(())
}

/// Whether a snapshot at `known` leaves nothing to do for one at `mark`. One of a later place was
/// made by an owner behind whose fence this one is: it is not replaced.
fn is_as_new(known: &Mark, mark: &Mark) -> bool {
    let covers = known.own_seq >= mark.own_seq && known.consumed >= mark.consumed;
    let same_rows = known.schema == mark.schema && covers;
    known.log == mark.log && (same_rows || place(known) > place(mark))
}

/// Shows it; an answer that was lost is looked up.
async fn show<L: EventLog, S: Snapshots>(
    snapshots: &S,
    making: &Making<L>,
    snapshot: &Snapshot,
    expected: u64,
) -> Result<(), MakeError> {
    let (service, partition) = (making.service, making.partition);
    let shown = snapshots.show(service, partition, snapshot, expected).await;
    match shown {
        Ok(_) => Ok(()),
        Err(fault) => {
            let newest = snapshots.newest(service, partition).await?;
            let is_ours = newest.is_some_and(|(_, newest)| newest.id == snapshot.id);
            is_ours.then_some(()).ok_or(fault.into())
        }
    }
}

/// Keeps a part; the same part may be kept twice.
async fn keep<L: EventLog, S: Snapshots>(
    snapshots: &S,
    making: &Making<L>,
    id: &str,
    number: u32,
    part: Bytes,
) -> Result<(), LogError> {
    let (service, partition) = (making.service, making.partition);
    let mut tries = 1;
    loop {
        let kept = snapshots.keep(service, partition, id, number, part.clone());
        match kept.await {
            Err(fault) if tries < TRIES => {
                warn!(partition, %fault, "a part of a snapshot is kept again");
                tries += 1;
                sleep(PAUSE).await;
            }
            kept => return kept,
        }
    }
}

impl<L> Making<L> {
    /// A name that no other snapshot has, not even one of the same member at the same place.
    fn id(&self, mark: &Mark) -> String {
        let maker = format!("{} {} {}", self.member, mark.own_seq, mark.consumed);
        let maker = blake3::hash(maker.as_bytes());
        let (maker, _) = maker.as_bytes().split_first_chunk().expect("32 bytes");
        snapshot_id(place(mark), u64::from_be_bytes(*maker))
    }

    /// The walk at its beginning; nothing while the store holds no rows.
    async fn begin(&self) -> Result<Option<Walk>, MakeError> {
        let (store, partition) = (self.store.clone(), self.partition);
        let opened = off_thread(&self.tasks, move || {
            let rows = store.partition(partition)?;
            let mark = rows.mark()?;
            Ok::<_, StoreError>((rows, mark))
        });
        let (rows, mark) = opened.await.map_err(MakeError::Panicked)??;
        Ok(mark.map(|mark| Walk {
            rows,
            mark,
            rest: KeyRange::all(),
            hash: StateHash::default(),
            rows_seen: 0,
        }))
    }
}

impl Walk {
    /// The next part; nothing at the end. Blocks on the disk.
    fn turn(mut self) -> Result<(Self, Option<Bytes>), MakeError> {
        let (mut part, mut last) = (Part::default(), Vec::new());
        let (hash, seen) = (&mut self.hash, &mut self.rows_seen);
        self.rows
            .scan(&self.rest, Order::Ascending, &mut |key, value| {
                if part.is_full_for(key, value) {
                    return ControlFlow::Break(());
                }
                part.push(key, value);
                hash.row(key, value);
                *seen += 1;
                last.clear();
                last.extend_from_slice(key);
                ControlFlow::Continue(())
            })?;
        if self.rows.mark()? != Some(self.mark) {
            return Err(MakeError::Moved);
        }
        if part.is_empty() {
            return Ok((self, None));
        }
        self.rest = KeyRange::all().after(&last, Order::Ascending);
        let part = part.deflated()?;
        Ok((self, Some(part)))
    }
}
