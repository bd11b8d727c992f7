//! Folding a partition again: from the place that its rows stand at, up to a place in the log.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use redress_host::RuntimeMetrics;
use redress_log::{Chain, EventLog, LogError, Reader as _};
use redress_store::{Flushed, Mark, MemoryStore, Rows, Store, StoreError, Thresholds};
use redress_wire::Service;
use tokio::{
    sync::{oneshot, watch},
    time::Instant,
};
use tracing::info;

use crate::{
    Block, BlockError, ChainBroken, Core, Head,
    beginning::Beginning,
    flights::Flights,
    inputs::Heads,
    partition::Partition,
    tasks::{AtOnce, Tasks, off_thread},
};

/// A partition rebuilt up to a place in the log.
pub struct Rebuilt {
    /// The rows, committed.
    pub rows: Rows,
    /// End of the own chain.
    pub head: Head,
    /// Stream sequence of the last input folded.
    pub consumed: u64,
    /// Events folded.
    pub events: u64,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Chain(#[from] ChainBroken),
    #[error("{0}")]
    Unreadable(String),
    #[error("{0}")]
    TooNew(String),
    /// The log's beginning is gone, and nothing stands in for it.
    #[error("{0}")]
    Trimmed(String),
}

impl From<BlockError> for ReplayError {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::TooNew { .. } => Self::TooNew(error.to_string()),
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

/// Rebuilds a partition's rows from the log alone, up to a place that live rows stand at: what
/// live rows are compared with. Where the log was trimmed, from the newest snapshot on.
///
/// `own_sequence` is the stream sequence of the last own block, `consumed` that of the last input
/// folded.
///
/// # Errors
/// The log cannot be read or is damaged.
pub async fn rebuild<C: Core, L: EventLog>(
    log: &L,
    partition: u32,
    own_sequence: u64,
    consumed: u64,
) -> Result<Rebuilt, String> {
    let metrics = RuntimeMetrics::register(&redress_host::Metrics::new("rebuild"));
    let tasks: Arc<dyn Tasks> = Arc::new(AtOnce);
    let identity = log.identity(partition).await.map_err(|e| e.to_string())?;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let beginning = Beginning {
        log,
        store: &store,
        tasks: &tasks,
        partition,
        identity,
    };
    let begun = beginning.of_the_log::<C>().await;
    let (rows, mark) = begun.map_err(|e| e.to_string())?;
    let replay = Replay::<C>::start(partition, rows, mark, identity, metrics, tasks);
    let mut replay = replay.await.map_err(|e| e.to_string())?;
    replay.own_limit = own_sequence;
    let target = own_sequence.max(consumed);
    replay.run(log, target).await.map_err(|e| e.to_string())?;
    let pending: Vec<Block> = replay.partition.inputs.drain(..).collect();
    for block in pending.iter().filter(|b| b.sequence <= consumed) {
        replay.events += block.content.events.len() as u64;
        replay.partition.fold_input(block);
    }
    replay.partition.commit().map_err(|e| e.to_string())?;
    let Partition {
        rows,
        head,
        consumed,
        ..
    } = replay.partition;
    Ok(Rebuilt {
        rows,
        head,
        consumed,
        events: replay.events,
    })
}

/// A partition on its way to a place in the log.
pub(crate) struct Replay<C> {
    pub(crate) partition: Partition<C>,
    started: Instant,
    told: Instant,
    pub(crate) events: u64,
    metrics: RuntimeMetrics,
    /// Own blocks after this stream sequence are not folded.
    own_limit: u64,
    /// Inputs after this stream sequence are not kept: no own block tells that they were folded, so
    /// the owner reads them again when its rounds come to them. However long a backlog is, it
    /// does not have to fit into memory.
    keep_most: u64,
    /// Rows on their way to the store while the folding goes on.
    flushing: Option<oneshot::Receiver<Flushed>>,
    pub(crate) flights: Flights,
    tasks: Arc<dyn Tasks>,
}

impl<C: Core> Replay<C> {
    /// Opens the core over the rows and stands where they do.
    ///
    /// # Errors
    /// The core cannot be opened over these rows.
    pub(crate) async fn start(
        id: u32,
        rows: Rows,
        mark: Option<(Mark, u64)>,
        log: [u8; 16],
        metrics: RuntimeMetrics,
        tasks: Arc<dyn Tasks>,
    ) -> Result<Self, StoreError> {
        let head = mark.map_or_else(Head::default, |(mark, height)| Head {
            sequence: mark.own_seq,
            hash: mark.own_hash,
            height,
            consumed: mark.consumed,
        });
        // A core may read all its rows, and others are answered meanwhile.
        let opened = off_thread(&tasks, move || {
            let (core, read) = (C::open(id, &rows), Heads::open(&rows, C::READS));
            (core, read, rows)
        });
        let (core, read, rows) = opened.await.map_err(StoreError::damaged)?;
        let consumed = mark.map_or(0, |(mark, _)| mark.consumed);
        let partition = Partition {
            id,
            core,
            rows,
            head,
            consumed,
            untold: 0,
            log,
            inputs: VecDeque::new(),
            inputs_most: usize::MAX,
            behind: 0,
            read,
            life: 0,
            catch_up: 0,
            flushed_at: Instant::now(),
            newest_us: i64::MIN,
        };
        let now = Instant::now();
        Ok(Self {
            partition,
            started: now,
            told: now,
            events: 0,
            metrics,
            own_limit: u64::MAX,
            keep_most: u64::MAX,
            flushing: None,
            flights: Flights::default(),
            tasks,
        })
    }

    /// Folds up to the fence; inputs that no own block before it consumed are left to be read again.
    pub(crate) async fn run_to_fence<L: EventLog>(
        &mut self,
        log: &L,
        fence: u64,
    ) -> Result<(), ReplayError> {
        if let Some(stored) = log.at(self.partition.id, fence).await? {
            self.keep_most = Block::decode(&stored)?.content.consumed;
        }
        self.run(log, fence).await
    }

    /// Reads and folds up to `target`. Inputs after the last own block stay unfolded.
    pub(crate) async fn run<L: EventLog>(
        &mut self,
        log: &L,
        target: u64,
    ) -> Result<(), ReplayError> {
        let (own, read) = self.place();
        let mut at = own.min(read);
        if at >= target {
            return Ok(());
        }
        let services = services::<C>();
        let Some(target) = last_relevant(log, self.partition.id, &services, target).await? else {
            return Ok(());
        };
        if at >= target {
            return Ok(());
        }
        let mut reader = log.read(self.partition.id, &services, at + 1).await?;
        while at < target {
            let stored = reader.next().await?;
            at = stored.sequence;
            let block = Block::decode(&stored)?;
            self.fold(block, own, read)?;
            self.flush().await?;
            self.tell(at, target);
        }
        self.flushed().await
    }

    /// Folds what the owner of the partition adds, until it `is_claimed`; says that it is `warm`
    /// once all is folded that was there at the beginning.
    pub(crate) async fn follow<L: EventLog>(
        &mut self,
        log: &L,
        is_claimed: &mut watch::Receiver<bool>,
        warm: impl Fn(),
    ) -> Result<(), ReplayError> {
        if *is_claimed.borrow() {
            return Ok(());
        }
        let services = services::<C>();
        let end = last_relevant(log, self.partition.id, &services, u64::MAX).await?;
        let end = end.unwrap_or(0);
        let (own, read) = self.place();
        let mut at = own.min(read);
        let mut is_warm = at >= end;
        if is_warm {
            warm();
        }
        let mut reader = log.read(self.partition.id, &services, at + 1).await?;
        loop {
            let stored = tokio::select! {
                biased;
                () = claimed(is_claimed) => break,
                stored = reader.next() => stored?,
            };
            at = stored.sequence;
            let block = Block::decode(&stored)?;
            self.fold(block, own, read)?;
            if !C::DECIDES {
                self.fold_inputs()?;
            }
            self.flush().await?;
            self.tell(at, end);
            if !is_warm && at >= end {
                is_warm = true;
                warm();
            }
        }
        self.flushed().await
    }

    /// Stream sequences of the last own block folded and of the last input read.
    fn place(&self) -> (u64, u64) {
        let read = self.partition.newest_input();
        let own = self.partition.head.sequence;
        match (C::DECIDES, C::READS.is_empty()) {
            (true, true) => (own, own),
            (true, false) => (own, read),
            (false, _) => (read, read),
        }
    }

    fn fold(&mut self, block: Block, own: u64, read: u64) -> Result<(), ReplayError> {
        if block.service != C::SERVICE {
            if block.sequence > read && block.sequence <= self.keep_most {
                self.partition.accept(block)?;
            }
            return Ok(());
        }
        if block.sequence <= own || block.sequence > self.own_limit {
            return Ok(());
        }
        let mut events = block.content.events.len() as u64;
        let partition = &mut self.partition;
        partition
            .head
            .check(partition.id, C::SERVICE, block.sequence, &block.content)?;
        while let Some(input) = partition.inputs.pop_front() {
            if input.sequence > block.content.consumed {
                partition.inputs.push_front(input);
                break;
            }
            partition.fold_input(&input);
            events += input.content.events.len() as u64;
        }
        for (index, event) in block.content.events.iter().enumerate() {
            partition.fold_own(index, event);
        }
        partition.consumed = partition.consumed.max(block.content.consumed);
        partition.appended_as(&block);
        partition.commit()?;
        self.count(events);
        Ok(())
    }

    /// Folds inputs as they come: what a core that decides nothing does with them.
    fn fold_inputs(&mut self) -> Result<(), ReplayError> {
        while let Some(input) = self.partition.inputs.pop_front() {
            self.partition.fold_input(&input);
            self.count(input.content.events.len() as u64);
        }
        Ok(self.partition.commit()?)
    }

    fn count(&mut self, events: u64) {
        self.events += events;
        self.metrics.replayed_events.inc_by(events);
    }

    /// Starts to bring rows to the store when there are many; waits if the store is behind.
    async fn flush(&mut self) -> Result<(), ReplayError> {
        let rows = &self.partition.rows;
        let many = Thresholds::default().rows;
        if rows.is_flushing() && rows.unflushed_rows() > 4 * many {
            self.flushed().await?;
        }
        if self.partition.rows.flush_due(&Thresholds::default()) {
            self.flushed().await?;
            if let Some(job) = self.partition.rows.take_flush() {
                let (done, flushing) = oneshot::channel();
                let flight = self.flights.start(self.partition.id);
                self.tasks.block(Box::new(move || {
                    let flushed = job.run();
                    drop(flight);
                    // Nobody waits for it when the take-over was given up.
                    drop(done.send(flushed));
                }));
                self.flushing = Some(flushing);
            }
        }
        Ok(())
    }

    async fn flushed(&mut self) -> Result<(), ReplayError> {
        if let Some(flushing) = self.flushing.take() {
            let flushed = flushing.await;
            let flushed = flushed
                .unwrap_or_else(|_| Flushed::failed(StoreError::damaged("a fault in the program")));
            self.partition.rows.flushed(flushed)?;
        }
        Ok(())
    }

    fn tell(&mut self, at: u64, target: u64) {
        if self.told.elapsed() >= Duration::from_secs(2) {
            self.told = Instant::now();
            let per_second = self.events as f64 / self.started.elapsed().as_secs_f64();
            info!(
                partition = self.partition.id,
                at,
                target,
                events = self.events,
                per_second = per_second.round(),
                "rebuilding from the log"
            );
        }
    }
}

/// Waits until the partition is claimed; for ever when it never will be.
async fn claimed(is_claimed: &mut watch::Receiver<bool>) {
    let never = is_claimed.wait_for(|is_claimed| *is_claimed).await.is_err();
    if never {
        std::future::pending::<()>().await;
    }
}

/// Whose blocks are read to fold a partition.
pub(crate) fn services<C: Core>() -> Vec<Service> {
    let mut services = C::READS.to_vec();
    services.push(C::SERVICE);
    services
}

/// The last block at or before `target` that is read: where reading can stop. A later one ends
/// the reading just as well.
pub(crate) async fn last_relevant<L: EventLog>(
    log: &L,
    partition: u32,
    services: &[Service],
    target: u64,
) -> Result<Option<u64>, LogError> {
    let mut last = None;
    for &service in services {
        if let Some(stored) = log.last(Chain::Blocks { partition, service }).await? {
            last = last.max(Some(stored.sequence.min(target)));
        }
    }
    Ok(last)
}
