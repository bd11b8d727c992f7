//! Taking a partition over: fence out the owner before, then fold what the store lacks.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use prost::Message as _;
use redress_host::RuntimeMetrics;
use redress_log::{AppendError, Chain, Entry, EventLog, LogError, Reader as _};
use redress_store::{Flushed, Mark, PartitionStore, Rows, Store, StoreError, Thresholds};
use redress_wire::{Service, log};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};
use tracing::{info, warn};

use crate::{
    Block, ChainBroken, Core, Head, TokioTasks,
    partition::Partition,
    tasks::{Tasks, off_thread},
};

/// How long to wait before the log is asked again.
const PAUSE: Duration = Duration::from_millis(100);

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
}

/// Rebuilds a partition's rows from the log alone, up to a place that live rows stand at: what
/// live rows are compared with.
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
    let tasks: Arc<dyn Tasks> = Arc::new(TokioTasks);
    let (rows, no_log) = (Rows::in_memory(), [0; 16]);
    let mut replay = Replay::<C>::start(partition, rows, None, no_log, metrics, tasks);
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

/// Takes `partition` over; tries until it is done. The future is dropped to give it up.
pub(crate) async fn take_over<C: Core, L: EventLog>(
    log: &L,
    store: &Arc<dyn Store>,
    partition: u32,
    member: &str,
    metrics: &RuntimeMetrics,
    tasks: &Arc<dyn Tasks>,
) -> Result<Partition<C>, ChainBroken> {
    loop {
        match attempt(log, store, partition, member, metrics, tasks).await {
            Ok(taken) => return Ok(taken),
            Err(ReplayError::Chain(broken)) => return Err(broken),
            Err(ReplayError::Store(error)) if error.is_damage() => {
                warn!(partition, %error, "the partition's rows are discarded and rebuilt");
                if let Err(error) = store.discard(partition) {
                    warn!(partition, %error, "the damaged rows cannot be discarded");
                }
            }
            Err(error) => warn!(partition, %error, "the take-over is tried again"),
        }
        sleep(PAUSE).await;
    }
}

async fn attempt<C: Core, L: EventLog>(
    log: &L,
    store: &Arc<dyn Store>,
    partition: u32,
    member: &str,
    metrics: &RuntimeMetrics,
    tasks: &Arc<dyn Tasks>,
) -> Result<Partition<C>, ReplayError> {
    let target = if C::DECIDES {
        fence_out(log, partition, C::SERVICE, member).await?
    } else {
        0
    };
    let identity = log.identity().await?;
    let rows = open_rows(store, partition, tasks).await?;
    let mark = usable_mark::<C, L>(log, partition, &rows, identity).await?;
    let rows = if mark.is_none() && rows.mark().is_some() {
        drop(rows);
        store.discard(partition)?;
        open_rows(store, partition, tasks).await?
    } else {
        rows
    };
    let head = match mark {
        Some(mark) if mark.own_seq > 0 => {
            let stored = log
                .at(mark.own_seq)
                .await?
                .ok_or_else(|| missing(mark.own_seq))?;
            let block = Block::decode(&stored).map_err(ReplayError::Unreadable)?;
            Some((mark, block.content.height))
        }
        Some(mark) => Some((mark, 0)),
        None => None,
    };
    let (metrics, tasks) = (metrics.clone(), tasks.clone());
    let mut replay = Replay::<C>::start(partition, rows, head, identity, metrics, tasks);
    replay.run(log, target).await?;
    if replay.events > 0 {
        info!(
            partition,
            events = replay.events,
            "the partition was rebuilt from the log"
        );
    }
    replay.partition.catch_up = last_relevant(log, partition, C::READS, u64::MAX)
        .await?
        .unwrap_or(0);
    Ok(replay.partition)
}

fn missing(sequence: u64) -> ReplayError {
    ReplayError::Unreadable(format!("stream sequence {sequence} is gone from the log"))
}

/// Opening checks all rows of the partition, so it goes to a thread that may block.
async fn open_rows(
    store: &Arc<dyn Store>,
    partition: u32,
    tasks: &Arc<dyn Tasks>,
) -> Result<Rows, StoreError> {
    let store = store.clone();
    let opened = off_thread(tasks, move || {
        let rows: Arc<dyn PartitionStore> = store.partition(partition)?;
        Rows::open(rows)
    });
    opened
        .await
        .unwrap_or_else(|panic| Err(StoreError::damaged(panic)))
}

/// Appends an empty block, so that the owner before is refused from here on. Gives its sequence.
async fn fence_out<L: EventLog>(
    log: &L,
    partition: u32,
    service: Service,
    member: &str,
) -> Result<u64, ReplayError> {
    let chain = Chain::Blocks { partition, service };
    loop {
        let mut head = Head::default();
        if let Some(stored) = log.last(chain).await? {
            let block = Block::decode(&stored).map_err(ReplayError::Unreadable)?;
            head = Head {
                sequence: stored.sequence,
                hash: block.hash,
                height: block.content.height,
                consumed: block.content.consumed,
            };
        }
        let claim = log::Block {
            prev_hash: head.link(),
            consumed: head.consumed,
            height: head.height + 1,
            owner: member.to_owned(),
            events: Vec::new(),
        };
        let entry = Entry {
            chain,
            expected: head.sequence,
            payload: claim.encode_to_vec().into(),
        };
        match log.append(&[entry]).await {
            Ok(sequences) => return Ok(sequences[0]),
            // Somebody was in between, or perhaps ourselves: look again.
            Err(AppendError::Fenced(_) | AppendError::InDoubt(_)) => {}
            Err(AppendError::Refused(reason)) => return Err(LogError(reason).into()),
        }
        sleep(PAUSE / 10).await;
    }
}

/// The mark of the stored rows, if they were folded from this log by these rules.
async fn usable_mark<C: Core, L: EventLog>(
    log: &L,
    partition: u32,
    rows: &Rows,
    identity: [u8; 16],
) -> Result<Option<Mark>, ReplayError> {
    let Some(mark) = rows.mark().copied() else {
        return Ok(None);
    };
    if mark.schema != C::SCHEMA || mark.log != identity {
        info!(
            partition,
            "the stored rows are of another release or another log: rebuilt"
        );
        return Ok(None);
    }
    if mark.own_seq == 0 {
        return Ok(Some(mark));
    }
    let stored = log.at(mark.own_seq).await?;
    let same = stored.is_some_and(|stored| {
        stored.chain
            == Chain::Blocks {
                partition,
                service: C::SERVICE,
            }
            && crate::block::hash(&stored.payload) == mark.own_hash
    });
    if !same {
        warn!(
            partition,
            "the stored rows are ahead of the log or not of it: rebuilt"
        );
    }
    Ok(same.then_some(mark))
}

struct Replay<C> {
    partition: Partition<C>,
    started: Instant,
    told: Instant,
    events: u64,
    metrics: RuntimeMetrics,
    /// Own blocks after this stream sequence are not folded.
    own_limit: u64,
    /// Rows on their way to the store while the folding goes on.
    flushing: Option<oneshot::Receiver<Flushed>>,
    tasks: Arc<dyn Tasks>,
}

impl<C: Core> Replay<C> {
    fn start(
        id: u32,
        rows: Rows,
        mark: Option<(Mark, u64)>,
        log: [u8; 16],
        metrics: RuntimeMetrics,
        tasks: Arc<dyn Tasks>,
    ) -> Self {
        let head = mark.map_or_else(Head::default, |(mark, height)| Head {
            sequence: mark.own_seq,
            hash: mark.own_hash,
            height,
            consumed: mark.consumed,
        });
        let core = C::open(id, &rows);
        let consumed = mark.map_or(0, |(mark, _)| mark.consumed);
        let partition = Partition {
            id,
            core,
            rows,
            head,
            consumed,
            log,
            inputs: VecDeque::new(),
            catch_up: 0,
            flushed_at: Instant::now(),
        };
        let now = Instant::now();
        Self {
            partition,
            started: now,
            told: now,
            events: 0,
            metrics,
            own_limit: u64::MAX,
            flushing: None,
            tasks,
        }
    }

    /// Reads and folds up to `target`. Inputs after the last own block stay unfolded.
    async fn run<L: EventLog>(&mut self, log: &L, target: u64) -> Result<(), ReplayError> {
        let (own, consumed) = (self.partition.head.sequence, self.partition.consumed);
        let mut at = match (C::DECIDES, C::READS.is_empty()) {
            (true, true) => own,
            (true, false) => own.min(consumed),
            (false, _) => consumed,
        };
        if at >= target {
            return Ok(());
        }
        let mut services = C::READS.to_vec();
        services.push(C::SERVICE);
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
            let block = Block::decode(&stored).map_err(ReplayError::Unreadable)?;
            self.fold(block, own, consumed)?;
            self.flush().await?;
            self.tell(at, target);
        }
        self.flushed().await
    }

    fn fold(&mut self, block: Block, own: u64, consumed: u64) -> Result<(), ReplayError> {
        if block.service != C::SERVICE {
            if block.sequence > consumed {
                self.partition.inputs.push_back(block);
            }
            return Ok(());
        }
        if block.sequence <= own || block.sequence > self.own_limit {
            return Ok(());
        }
        let partition = &mut self.partition;
        partition
            .head
            .check(partition.id, C::SERVICE, block.sequence, &block.content)?;
        while let Some(input) = partition.inputs.pop_front() {
            if input.sequence > block.content.consumed {
                partition.inputs.push_front(input);
                break;
            }
            self.events += input.content.events.len() as u64;
            self.metrics
                .replayed_events
                .inc_by(input.content.events.len() as u64);
            partition.fold_input(&input);
        }
        for (index, event) in block.content.events.iter().enumerate() {
            partition.fold_own(index, event);
        }
        partition.consumed = partition.consumed.max(block.content.consumed);
        partition.appended_as(&block);
        partition.commit()?;
        self.events += block.content.events.len() as u64;
        self.metrics
            .replayed_events
            .inc_by(block.content.events.len() as u64);
        Ok(())
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
                // Nobody waits for it when the take-over was given up.
                self.tasks
                    .block(Box::new(move || drop(done.send(job.run()))));
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

/// The last block at or before `target` that is read: where reading can stop. A later one ends
/// the reading just as well.
async fn last_relevant<L: EventLog>(
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
