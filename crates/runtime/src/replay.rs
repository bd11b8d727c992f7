//! Folding a partition again: from the place that its rows stand at, up to a place in the log.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use redress_host::RuntimeMetrics;
use redress_log::{EventLog, LogError};
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
    node::Pace,
    partition::Partition,
    tape::{Tape, last_of},
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
    let folded = replay.run(log, own_sequence, consumed).await;
    folded.map_err(|e| e.to_string())?;
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
            flushing: None,
            flights: Flights::default(),
            tasks,
        })
    }

    /// Folds own blocks up to the stream sequence `own`, and before each the inputs that it says were
    /// folded; then those up to `consumed`. No input is read that no own block speaks of: however
    /// long the backlog of an owner is, it waits in the log.
    pub(crate) async fn run<L: EventLog>(
        &mut self,
        log: &L,
        own: u64,
        consumed: u64,
    ) -> Result<(), ReplayError> {
        let id = self.partition.id;
        let mut inputs = Tape::of(log, id, C::READS);
        if C::DECIDES {
            let last = last_of(log, id, &[C::SERVICE]).await?.min(own);
            let mut chain = Tape::of(log, id, &[C::SERVICE]);
            while self.partition.head.sequence < last {
                let block = chain.next(self.partition.head.sequence).await?;
                if block.sequence > own {
                    break;
                }
                self.fold_own(&mut inputs, &block).await?;
                self.tell(block.sequence, last);
            }
        }
        self.fold_inputs(&mut inputs, consumed).await?;
        self.partition.commit()?;
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
        let id = self.partition.id;
        // The blocks that the others are folded by: the owner's, unless it has none.
        let own = [C::SERVICE];
        let leaders = if C::DECIDES { &own[..] } else { C::READS };
        let end = last_of(log, id, leaders).await?;
        let mut leading = Tape::of(log, id, leaders);
        let mut inputs = Tape::of(log, id, C::READS);
        let mut is_warm = false;
        loop {
            let at = self.place();
            self.tell(at, end);
            if !is_warm && at >= end {
                is_warm = true;
                warm();
            }
            let block = tokio::select! {
                biased;
                () = claimed(is_claimed) => break,
                block = leading.next(at) => block?,
            };
            if C::DECIDES {
                self.fold_own(&mut inputs, &block).await?;
            } else {
                self.fold_input(&block)?;
                self.partition.commit()?;
                self.flush().await?;
            }
        }
        self.flushed().await
    }

    /// Stream sequence of the last own block folded, or input where the core decides nothing.
    fn place(&self) -> u64 {
        if C::DECIDES {
            self.partition.head.sequence
        } else {
            self.partition.consumed
        }
    }

    /// Folds the inputs that an own block says were folded before it, then its events.
    async fn fold_own<L: EventLog>(
        &mut self,
        inputs: &mut Tape<'_, L>,
        block: &Block,
    ) -> Result<(), ReplayError> {
        let Partition { id, head, .. } = &self.partition;
        head.check(*id, C::SERVICE, block.sequence, &block.content)?;
        let consumed = block.content.consumed;
        self.fold_inputs(inputs, consumed).await?;
        let partition = &mut self.partition;
        for (index, event) in block.content.events.iter().enumerate() {
            partition.fold_own(index, event);
        }
        partition.consumed = partition.consumed.max(consumed);
        partition.appended_as(block);
        partition.commit()?;
        self.count(block.content.events.len());
        self.flush().await
    }

    /// Folds inputs up to the stream sequence `consumed`.
    async fn fold_inputs<L: EventLog>(
        &mut self,
        inputs: &mut Tape<'_, L>,
        consumed: u64,
    ) -> Result<(), ReplayError> {
        while let Some(block) = inputs.next_up_to(self.partition.consumed, consumed).await? {
            self.fold_input(&block)?;
            // As live: rounds of which nothing comes leave inputs folded and no own block behind.
            if self.partition.untold >= Pace::UNTOLD_MOST {
                self.partition.commit()?;
                self.flush().await?;
            }
        }
        Ok(())
    }

    fn fold_input(&mut self, block: &Block) -> Result<(), ReplayError> {
        self.partition.read.follow(block)?;
        self.partition.fold_input(block);
        self.count(block.content.events.len());
        Ok(())
    }

    fn count(&mut self, events: usize) {
        let events = events as u64;
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
