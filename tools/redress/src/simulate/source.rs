//! The log as history: read only, partition by partition.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use redress_log::{Chain, EventLog as _, Installation as _, Reader as _};
use redress_log_nats::{Broker, NatsLog, NatsReader};
use redress_runtime::{Block, Head};
use redress_wire::{Service, log, names};

use crate::{
    args::NatsArgs,
    broker::{PATIENCE, reach},
};

/// Whose facts a simulation needs.
pub(crate) const SERVICES: [Service; 4] = [
    Service::Intake,
    Service::Router,
    Service::SlaMonitor,
    Service::Notifier,
];
/// The clocks of the machines that write may differ by this much, and a block waits in its round.
const SLACK: SignedDuration = SignedDuration::from_mins(10);
/// Messages without a time (numbers, empty blocks) in a row that are looked through.
const LOOK_ON: u64 = 256;
/// A block that is there comes sooner than this.
const STALLED: Duration = Duration::from_secs(30);

/// The log of an installation.
pub(crate) struct Source {
    log: NatsLog,
    /// Kept open as long as it is read.
    _broker: Broker,
    pub(crate) partitions: u32,
}

/// A partition that is read to its end.
pub(crate) struct Reading {
    reader: NatsReader,
    heads: BTreeMap<Service, Head>,
    /// The first sequence, and the last there was when the reading began.
    pub(crate) from: u64,
    pub(crate) end: u64,
    at: u64,
}

impl Source {
    /// Connects to the broker.
    pub(crate) async fn open(nats: &NatsArgs) -> anyhow::Result<Self> {
        let broker = reach(nats, PATIENCE).await?;
        let fixed = broker.installation().fact(names::PARTITIONS_KEY).await;
        let fixed = fixed.context("the number of partitions cannot be read")?;
        let Some(fixed) = fixed else {
            bail!("nothing was ever started on this broker: there is no history to replay");
        };
        let partitions = fixed
            .parse()
            .with_context(|| format!("the number of partitions is {fixed:?}"))?;
        Ok(Self {
            log: broker.log(),
            _broker: broker,
            partitions,
        })
    }

    /// The last sequence of a partition; 0 if it is empty.
    pub(crate) async fn end(&self, partition: u32) -> anyhow::Result<u64> {
        let mut end = 0;
        for service in SERVICES {
            let last = self.log.last(Chain::Blocks { partition, service }).await?;
            end = end.max(last.map_or(0, |last| last.sequence));
        }
        Ok(end)
    }

    /// Of each partition a sequence from which on nothing of `since` or later is missed.
    pub(crate) async fn starts(&self, since: Timestamp) -> anyhow::Result<Vec<u64>> {
        let streams = self.log.streams().await?;
        let mut ends = vec![0; streams.count() as usize];
        for partition in 0..self.partitions {
            let end = &mut ends[streams.of(partition) as usize];
            *end = self.end(partition).await?.max(*end);
        }
        let mut starts = Vec::new();
        for (first, end) in (0..).zip(ends) {
            starts.push(self.start(first, since, end).await?);
        }
        let start = |partition| starts[streams.of(partition) as usize];
        Ok((0..self.partitions).map(start).collect())
    }

    /// The same for the stream of a partition, whose last sequence is `end`.
    async fn start(&self, partition: u32, since: Timestamp, end: u64) -> anyhow::Result<u64> {
        let since = since
            .checked_sub(SLACK)
            .unwrap_or(Timestamp::MIN)
            .as_microsecond();
        let (mut low, mut high) = (1, end.max(1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.time_from(partition, middle, high).await? {
                Some(time) if time < since => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// The time of the first block with events from a sequence on.
    async fn time_from(&self, partition: u32, from: u64, end: u64) -> anyhow::Result<Option<i64>> {
        for sequence in from..end.min(from + LOOK_ON) {
            let stored = self.log.at(partition, sequence).await?;
            let block = stored
                .filter(|stored| matches!(stored.chain, Chain::Blocks { .. }))
                .and_then(|stored| log::Block::decode(stored.payload).ok());
            if let Some(event) = block.as_ref().and_then(|block| block.events.first()) {
                return Ok(Some(event.time_us));
            }
        }
        Ok(None)
    }

    /// Reads a partition from a sequence on to what is its end now; `None` if nothing is there.
    pub(crate) async fn read(&self, partition: u32, from: u64) -> anyhow::Result<Option<Reading>> {
        let end = self.end(partition).await?;
        if end < from {
            return Ok(None);
        }
        let reading = self.follow(partition, from).await?;
        Ok(Some(Reading { end, ..reading }))
    }

    /// Reads a partition from a sequence on without an end.
    pub(crate) async fn follow(&self, partition: u32, from: u64) -> anyhow::Result<Reading> {
        let reader = self.log.read(partition, &SERVICES, from).await?;
        Ok(Reading {
            reader,
            heads: BTreeMap::new(),
            from,
            end: u64::MAX,
            at: 0,
        })
    }
}

impl Reading {
    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// The log cannot be read, is damaged, or holds something that this release does not know.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Block>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let next = tokio::time::timeout(STALLED, self.reader.next()).await;
        let stored = next.context("the broker stopped sending history")??;
        self.take(&stored).map(Some)
    }

    /// The next block, however long it takes. Cancel safe.
    pub(crate) async fn wait(&mut self) -> anyhow::Result<Block> {
        let stored = self.reader.next().await?;
        self.take(&stored)
    }

    fn take(&mut self, stored: &redress_log::Stored) -> anyhow::Result<Block> {
        self.at = stored.sequence;
        let block = Block::decode(stored).map_err(anyhow::Error::msg)?;
        if let Some(head) = self.heads.get(&block.service) {
            head.check(
                block.partition,
                block.service,
                block.sequence,
                &block.content,
            )?;
        }
        let head = Head {
            sequence: block.sequence,
            hash: block.hash,
            height: block.content.height,
            consumed: block.content.consumed,
        };
        self.heads.insert(block.service, head);
        Ok(block)
    }

    /// Leaves nothing behind on the broker.
    pub(crate) async fn close(self) {
        self.reader.close().await;
    }
}
