//! Where the folding of a partition begins: at the rows that the store holds, at a snapshot, or at
//! the first block of the log.

use std::sync::Arc;

use prost::Message as _;
use redress_log::{Chain, EventLog, Snapshots as _};
use redress_store::{Mark, PartitionStore, Rows, Store, StoreError};
use redress_wire::{Service, log};
use tracing::{info, warn};

use crate::{
    Block, Core,
    inputs::Heads,
    partition::schema,
    replay::{ReplayError, services},
    snapshot::{LoadError, load, mark_of},
    tasks::{Tasks, off_thread},
};

/// Rows to go on from, and the mark and height that they stand at; nothing of these at the
/// beginning of the log.
pub(crate) type Begun = (Rows, Option<(Mark, u64)>);

/// What it takes to find the beginning.
pub(crate) struct Beginning<'a, L> {
    pub(crate) log: &'a L,
    pub(crate) store: &'a Arc<dyn Store>,
    pub(crate) tasks: &'a Arc<dyn Tasks>,
    pub(crate) partition: u32,
    /// Identity of the log.
    pub(crate) identity: [u8; 16],
}

impl<L: EventLog> Beginning<'_, L> {
    /// The rows of the store if they can be gone on from, else those of the newest snapshot, else
    /// none.
    ///
    /// # Errors
    /// The log does not begin at its beginning (any more), and no snapshot helps; or something
    /// cannot be read.
    pub(crate) async fn find<C: Core>(&self) -> Result<Begun, ReplayError> {
        let rows = self.open_rows().await?;
        if let Some(begun) = self.usable::<C>(&rows).await? {
            return Ok((rows, Some(begun)));
        }
        let is_dirty = rows.mark().is_some();
        drop(rows);
        match self.restored::<C>().await {
            Ok(Some(begun)) => return Ok(begun),
            Ok(None) if !is_dirty => {}
            Ok(None) => self.store.discard(self.partition)?,
            Err(ReplayError::Unreadable(fault)) => {
                warn!(partition = self.partition, %fault, "the snapshot is of no use");
                self.store.discard(self.partition)?;
            }
            Err(other) => return Err(other),
        }
        self.without_rows::<C>().await
    }

    /// The rows that the log alone makes from its first block on, or, if that was trimmed, from the
    /// snapshot on.
    pub(crate) async fn of_the_log<C: Core>(&self) -> Result<Begun, ReplayError> {
        match self.without_rows::<C>().await {
            Err(trimmed @ ReplayError::Trimmed(_)) => {
                let begun = self.restored::<C>().await?;
                begun.ok_or(trimmed)
            }
            begun => begun,
        }
    }

    async fn without_rows<C: Core>(&self) -> Result<Begun, ReplayError> {
        for service in services::<C>() {
            let first = self.first_height(service).await?;
            if first.is_some_and(|first| first > 1) {
                let partition = self.partition;
                return Err(trimmed(C::SERVICE, service, partition));
            }
        }
        Ok((self.open_rows().await?, None))
    }

    async fn restored<C: Core>(&self) -> Result<Option<Begun>, ReplayError> {
        let snapshots = self.log.snapshots();
        let newest = snapshots.newest(C::SERVICE, self.partition).await?;
        let Some((_, snapshot)) = newest else {
            return Ok(None);
        };
        let ours = |mark: &Mark| (mark.schema, mark.log) == (schema::<C>(), self.identity);
        if !mark_of(&snapshot).as_ref().is_some_and(ours) {
            info!(
                partition = self.partition,
                "the snapshot is of another release or another log"
            );
            return Ok(None);
        }
        let (log, store, tasks) = (self.log, self.store, self.tasks);
        let loaded = load(log, store, tasks, C::SERVICE, self.partition, &snapshot).await;
        match loaded {
            Ok(()) => {}
            Err(LoadError::Log(fault)) => return Err(fault.into()),
            Err(LoadError::Store(fault)) => return Err(fault.into()),
            Err(damaged) => return Err(ReplayError::Unreadable(damaged.to_string())),
        }
        let rows = self.open_rows().await?;
        let Some(begun) = self.usable::<C>(&rows).await? else {
            let fault = "the snapshot does not continue in the log";
            return Err(ReplayError::Unreadable(fault.to_owned()));
        };
        info!(
            partition = self.partition,
            rows = snapshot.rows,
            "the rows were restored from a snapshot"
        );
        Ok(Some((rows, Some(begun))))
    }

    /// Opening checks all rows of the partition, so it goes to a thread that may block.
    async fn open_rows(&self) -> Result<Rows, StoreError> {
        let (store, partition) = (self.store.clone(), self.partition);
        let opened = off_thread(self.tasks, move || {
            let rows: Arc<dyn PartitionStore> = store.partition(partition)?;
            Rows::open(rows)
        });
        opened
            .await
            .unwrap_or_else(|panic| Err(StoreError::damaged(panic)))
    }

    /// The mark of the rows and the height that they stand at, if they were folded from this log by
    /// these rules and the log goes on from there.
    async fn usable<C: Core>(&self, rows: &Rows) -> Result<Option<(Mark, u64)>, ReplayError> {
        let partition = self.partition;
        let Some(mark) = rows.mark().copied() else {
            return Ok(None);
        };
        if mark.schema != schema::<C>() || mark.log != self.identity {
            info!(
                partition,
                "the stored rows are of another release or another log: rebuilt"
            );
            return Ok(None);
        }
        let Some(height) = self.own_height::<C>(&mark).await? else {
            warn!(
                partition,
                "the stored rows are ahead of the log, behind its beginning, or not of it: rebuilt"
            );
            return Ok(None);
        };
        let heads = Heads::open(rows, C::READS);
        for &service in C::READS {
            let first = self.first_height(service).await?;
            if first.is_some_and(|first| first > heads.height(service) + 1) {
                warn!(
                    partition,
                    "the log was trimmed behind the stored rows: rebuilt"
                );
                return Ok(None);
            }
        }
        Ok(Some((mark, height)))
    }

    /// The height of the own block that the mark names; nothing if the log holds another one there.
    async fn own_height<C: Core>(&self, mark: &Mark) -> Result<Option<u64>, ReplayError> {
        if mark.own_seq == 0 {
            let first = self.first_height(C::SERVICE).await?;
            return Ok(first.is_none_or(|first| first == 1).then_some(0));
        }
        let Some(stored) = self.log.at(self.partition, mark.own_seq).await? else {
            return Ok(None);
        };
        let same = stored.chain == self.chain(C::SERVICE)
            && crate::block::hash(&stored.payload) == mark.own_hash;
        if !same {
            return Ok(None);
        }
        Ok(Some(Block::decode(&stored)?.content.height))
    }

    /// The height of the first block of a chain that is there.
    async fn first_height(&self, service: Service) -> Result<Option<u64>, ReplayError> {
        let first = self.log.first(self.chain(service)).await?;
        // What it holds may be of a newer release; its height is not.
        let height = |stored: redress_log::Stored| {
            let block = log::Block::decode(stored.payload);
            block.map(|block| block.height)
        };
        let height = first.map(height).transpose();
        height.map_err(|error| ReplayError::Unreadable(error.to_string()))
    }

    fn chain(&self, service: Service) -> Chain {
        let partition = self.partition;
        Chain::Blocks { partition, service }
    }
}

fn trimmed(service: Service, of: Service, partition: u32) -> ReplayError {
    ReplayError::Trimmed(format!(
        "the log of partition {partition} was trimmed: {of}'s first blocks are gone, and there is no \
         snapshot of {service}'s rows that this release can use; start the release that made the \
         newest snapshot, or give this one what was trimmed (REDRESS_LOG_ARCHIVE)"
    ))
}
