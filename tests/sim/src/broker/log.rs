//! The log over the network.

use std::time::Duration;

use futures::FutureExt as _;
use redress_log::{
    AppendError, Chain, Entry, EventLog, LogError, Reader, Stored, Streams, memory::MemoryReader,
};
use redress_wire::Service;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Broker, lock, snapshots::SimSnapshots};
use crate::{
    control::Control,
    scheduler::{OUTSIDE, Owner},
};

/// How long a writer waits for the broker's answer, as the adapter does.
pub(super) const COMMIT_PATIENCE: Duration = Duration::from_secs(5);

/// A process's connection to the log.
#[derive(Clone)]
pub(crate) struct SimLog {
    broker: Broker,
    owner: Owner,
}

impl Broker {
    pub(crate) fn log_of(&self, owner: Owner) -> SimLog {
        SimLog {
            broker: self.clone(),
            owner,
        }
    }

    /// An append arrives at the broker.
    fn land(&self, owner: Owner, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        let mut entries = entries.to_vec();
        if !self.0.control.has_fence() {
            for entry in &mut entries {
                entry.expected = self.last_stored(entry.chain).map_or(0, |s| s.sequence);
            }
        }
        let landed = self.0.log.append(&entries).now_or_never();
        let landed = landed.expect("the twin answers at once");
        match &landed {
            Ok(sequences) => {
                let kept = self.0.whole.append(&entries).now_or_never();
                assert_eq!(kept, Some(landed.clone()), "both are the same log");
                let stored = sequences
                    .iter()
                    .zip(&entries)
                    .map(|(&sequence, entry)| Stored {
                        chain: entry.chain,
                        sequence,
                        payload: entry.payload.clone(),
                    });
                let batch: Vec<Stored> = stored.collect();
                for stored in &batch {
                    lock(&self.0.damage).landed(stored);
                    self.count(stored);
                }
                self.0.model.landed(owner, &batch);
            }
            Err(fault) => self.0.trace.note(format!("p{owner} append: {fault}")),
        }
        landed
    }

    fn count(&self, stored: &Stored) {
        let mut promised = lock(&self.0.promised);
        *promised = match self.0.control {
            // A control has one stream, and may have counted it when it promised it.
            Control::AnswerBeforeCommit => stored.sequence,
            _ => *promised + 1,
        };
    }

    fn last_stored(&self, chain: Chain) -> Option<Stored> {
        let last = self.0.log.last(chain).now_or_never();
        last.expect("the twin answers at once")
            .expect("the twin never fails")
    }

    /// A copy of an append on its way to the broker and its answer on the way back.
    async fn append_once(
        self,
        owner: Owner,
        entries: Vec<Entry>,
    ) -> Option<Result<Vec<u64>, AppendError>> {
        let weather = self.weather();
        if !self.travel(weather.append_lost).await {
            return None;
        }
        let answer = self.land(owner, &entries);
        self.travel(weather.answer_lost).await.then_some(answer)
    }

    /// Says "stored" at once and stores later, unless the writer dies before: a control.
    fn append_later(&self, owner: Owner, entries: &[Entry]) -> Vec<u64> {
        let first = {
            let mut promised = lock(&self.0.promised);
            let first = *promised + 1;
            *promised += entries.len() as u64;
            first
        };
        let (broker, late) = (self.clone(), entries.to_vec());
        let delay = self.0.chance.millis(5, 40);
        self.0.scheduler.spawn(owner, async move {
            sleep(delay).await;
            // What becomes of it, nobody asks: it was promised.
            drop(broker.land(owner, &late));
        });
        (first..).take(entries.len()).collect()
    }
}

impl EventLog for SimLog {
    type Reader = SimReader;
    type Snapshots = SimSnapshots;

    fn snapshots(&self) -> SimSnapshots {
        self.broker.snapshots()
    }

    async fn first(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        self.ask().await?;
        let first = self.broker.0.log.first(chain).await?;
        Ok(first.map(|stored| self.broker.served(stored)))
    }

    async fn trim(&self, chain: Chain, below: u64) -> Result<u64, LogError> {
        self.ask().await?;
        self.broker.0.log.trim(chain, below).await
    }

    async fn streams(&self) -> Result<Streams, LogError> {
        // The adapter asks once.
        self.broker.0.log.streams().await
    }

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        let (broker, owner) = (&self.broker, self.owner);
        if broker.0.control == Control::AnswerBeforeCommit {
            return Ok(broker.append_later(owner, entries));
        }
        let weather = broker.weather();
        // These two say that nothing is stored, so no copy of it may be on its way either.
        if broker.0.chance.happens(weather.refused) {
            broker.travel(0).await;
            return Err(AppendError::Refused("no room right now".to_owned()));
        }
        if broker.0.chance.happens(weather.fenced) {
            broker.travel(0).await;
            return Err(AppendError::Fenced("another write is in flight".to_owned()));
        }
        if broker.0.chance.happens(weather.append_twice) {
            let (again, copy) = (broker.clone(), entries.to_vec());
            let delay = broker.0.chance.millis(0, 2_000);
            broker.0.scheduler.spawn(OUTSIDE, async move {
                sleep(delay).await;
                again.append_once(owner, copy).await;
            });
        }
        // On the network a message travels on when its sender has died.
        let travelling = broker.clone().append_once(owner, entries.to_vec());
        let answer = broker.in_process(OUTSIDE, COMMIT_PATIENCE, travelling);
        answer
            .await
            .unwrap_or_else(|| Err(AppendError::InDoubt("no answer in time".to_owned())))
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        self.ask().await?;
        let last = self.broker.last_stored(chain);
        Ok(last.map(|stored| self.broker.served(stored)))
    }

    async fn at(&self, partition: u32, sequence: u64) -> Result<Option<Stored>, LogError> {
        self.ask().await?;
        let stored = self.broker.0.log.at(partition, sequence).await?;
        Ok(stored.map(|stored| self.broker.served(stored)))
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<SimReader, LogError> {
        self.ask().await?;
        let twin = self.broker.0.log.read(partition, services, from).await?;
        Ok(SimReader {
            twin,
            broker: self.broker.clone(),
            travelling: None,
        })
    }

    async fn identity(&self, partition: u32) -> Result<[u8; 16], LogError> {
        self.ask().await?;
        self.broker.0.log.identity(partition).await
    }
}

impl SimLog {
    async fn ask(&self) -> Result<(), LogError> {
        let fails = self.broker.weather().read_fails;
        self.broker.ask(fails).await.map_err(LogError)
    }
}

/// Reads one partition; its blocks travel as they like, in their order.
pub(crate) struct SimReader {
    twin: MemoryReader,
    broker: Broker,
    travelling: Option<(Instant, Stored)>,
}

impl Reader for SimReader {
    async fn next(&mut self) -> Result<Stored, LogError> {
        if self.travelling.is_none() {
            let stored = tokio::select! {
                biased;
                () = self.broker.cut_off() => return Err(cut_off()),
                stored = self.twin.next() => stored?,
            };
            let weather = self.broker.weather();
            if self.broker.0.chance.happens(weather.read_fails / 4) {
                return Err(cut_off());
            }
            let arrives = Instant::now() + self.broker.0.chance.delay(weather.longest_delay_ms);
            self.travelling = Some((arrives, stored));
        }
        if let Some((arrives, _)) = &self.travelling {
            sleep_until(*arrives).await;
        }
        let arrived = self.travelling.take();
        let (_, stored) = arrived.expect("one was just on its way");
        Ok(self.broker.served(stored))
    }

    fn behind(&self) -> u64 {
        self.twin.behind()
    }
}

fn cut_off() -> LogError {
    LogError("the connection broke".to_owned())
}
