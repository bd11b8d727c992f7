//! Taking a partition over: follow its owner while there is one, fence it out, then fold what is
//! still lacking.

use std::{sync::Arc, time::Duration};

use prost::Message as _;
use redress_host::RuntimeMetrics;
use redress_log::{AppendError, Chain, Entry, EventLog, LogError};
use redress_store::Store;
use redress_wire::{Service, log};
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};
use tracing::{info, warn};

use crate::{
    Block, Core, Head,
    beginning::Beginning,
    flights::Flights,
    halt::Halt,
    node::Tidings,
    partition::Partition,
    replay::{Replay, ReplayError, last_relevant},
    tasks::Tasks,
};

/// How long to wait before the log is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// A take-over under way; dropped to give it up.
pub(crate) struct TakeOver<L> {
    pub(crate) log: L,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) partition: u32,
    pub(crate) member: String,
    pub(crate) metrics: RuntimeMetrics,
    pub(crate) tasks: Arc<dyn Tasks>,
    /// What an earlier ownership may still have on its way to the store.
    pub(crate) flights: Flights,
    /// The stored rows are known to be damaged.
    pub(crate) discard: bool,
    /// Sequence of the block that fences the owner before out, once it is there.
    pub(crate) fence: Option<u64>,
    /// Whether the partition is this member's now; until then its owner is followed.
    pub(crate) is_claimed: watch::Receiver<bool>,
    pub(crate) tidings: mpsc::UnboundedSender<Tidings>,
}

impl<L: EventLog> TakeOver<L> {
    /// Tries until it is done.
    pub(crate) async fn run<C: Core>(mut self) -> Result<Partition<C>, Halt> {
        let partition = self.partition;
        loop {
            self.flights.landed(partition).await;
            match self.attempt().await {
                Ok(taken) => return Ok(taken),
                Err(ReplayError::Chain(broken)) => return Err(broken.into()),
                Err(ReplayError::TooNew(why)) => return Err(Halt::TooNew(why)),
                Err(ReplayError::Trimmed(why)) => return Err(Halt::Trimmed(why)),
                Err(ReplayError::Store(error)) if error.is_damage() => {
                    warn!(partition, %error, "the partition's rows are discarded and rebuilt");
                    self.discard = true;
                }
                Err(error) => warn!(partition, %error, "the take-over is tried again"),
            }
            sleep(PAUSE).await;
        }
    }

    async fn attempt<C: Core>(&mut self) -> Result<Partition<C>, ReplayError> {
        let partition = self.partition;
        let mut replay = self.open::<C>().await?;
        let warm = || {
            let _ = self.tidings.send(Tidings::Warm(partition));
        };
        replay.follow(&self.log, &mut self.is_claimed, warm).await?;
        if C::DECIDES {
            let fence = self.stand_fence(C::SERVICE).await?;
            replay.run_to_fence(&self.log, fence).await?;
        }
        if replay.events > 0 {
            info!(
                partition,
                events = replay.events,
                "the partition was rebuilt from the log"
            );
        }
        replay.partition.catch_up = last_relevant(&self.log, partition, C::READS, u64::MAX)
            .await?
            .unwrap_or(0);
        Ok(replay.partition)
    }

    /// The partition as its store holds it, or what else it can be gone on from.
    async fn open<C: Core>(&mut self) -> Result<Replay<C>, ReplayError> {
        let partition = self.partition;
        let identity = self.log.identity(partition).await?;
        if self.discard {
            self.store.discard(partition)?;
            self.discard = false;
        }
        let beginning = Beginning {
            log: &self.log,
            store: &self.store,
            tasks: &self.tasks,
            partition,
            identity,
        };
        let (rows, head) = beginning.find::<C>().await?;
        let (metrics, tasks) = (self.metrics.clone(), self.tasks.clone());
        let replay = Replay::<C>::start(partition, rows, head, identity, metrics, tasks);
        let mut replay = replay.await?;
        replay.flights = self.flights.clone();
        Ok(replay)
    }

    /// Fences the owner before out, unless that was done in an earlier attempt and still stands: a
    /// store that cannot be used for long must not fill the log with empty blocks.
    async fn stand_fence(&mut self, service: Service) -> Result<u64, ReplayError> {
        let partition = self.partition;
        if let Some(fence) = self.fence {
            let last = self.log.last(Chain::Blocks { partition, service }).await?;
            if last.is_some_and(|last| last.sequence == fence) {
                return Ok(fence);
            }
        }
        let stands = fence_out(&self.log, partition, service, &self.member).await?;
        self.fence = Some(stands);
        Ok(stands)
    }
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
            let block = Block::decode(&stored)?;
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
