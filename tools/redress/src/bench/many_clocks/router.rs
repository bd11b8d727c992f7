//! What router would write: cases, as many as wanted.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::Timestamp;
use prost::Message as _;
use redress_complaint::{ComplaintId, partition_of};
use redress_log::{Chain, Entry, EventLog as _, Installation as _, Stored};
use redress_log_nats::{Broker, NatsLog};
use redress_runtime::{Block, Head};
use redress_wire::{
    Payload, Service,
    log::{self, Event},
    names,
    router::CaseRouted,
};

use crate::{
    bench::{append::append, rig::Rig},
    output::moment,
};

/// Cases of a block while it is filled; of as many sla-monitor makes some 260 KiB.
const CASES_PER_BLOCK: u64 = 250;

/// The chains that router would have.
pub(super) struct Router {
    log: NatsLog,
    _broker: Broker,
    pub(super) partitions: u32,
    heads: BTreeMap<u32, Head>,
    made: u64,
}

impl Router {
    pub(super) async fn start(rig: &Rig) -> anyhow::Result<Self> {
        let broker = rig.connect().await?;
        let partitions = broker.installation().fact(names::PARTITIONS_KEY).await?;
        let partitions = partitions.context("the service has fixed the partitions")?;
        Ok(Self {
            log: broker.log(),
            _broker: broker,
            partitions: partitions.parse()?,
            heads: BTreeMap::new(),
            made: 0,
        })
    }

    /// So many normal cases, all of them registered now.
    pub(super) async fn fill(&mut self, cases: u64) -> anyhow::Result<()> {
        let mut left = cases;
        while left > 0 {
            let now = left.min(CASES_PER_BLOCK * u64::from(self.partitions));
            self.cases(now, "normal", moment()).await?;
            left -= now;
        }
        Ok(())
    }

    /// Routes cases at an instant: one block for each partition that has some, in one round. Gives
    /// the id of the first.
    pub(super) async fn cases(
        &mut self,
        count: u64,
        urgency: &str,
        at: Timestamp,
    ) -> anyhow::Result<ComplaintId> {
        let first = id_of(self.made);
        let mut events: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
        for number in self.made..self.made + count {
            let id = id_of(number);
            let of = events
                .entry(partition_of(&id, self.partitions))
                .or_default();
            of.push(routed(&id, number, urgency, at));
        }
        self.made += count;
        let blocks = events.into_iter();
        let entries = blocks.map(|(partition, events)| self.entry(partition, events));
        for (entry, sequence) in append(&self.log, entries.collect()).await? {
            self.stored(entry, sequence)?;
        }
        Ok(first)
    }

    fn entry(&self, partition: u32, events: Vec<Event>) -> Entry {
        let head = self.heads.get(&partition).copied().unwrap_or_default();
        let block = log::Block {
            prev_hash: head.link(),
            height: head.height + 1,
            owner: "bench".to_owned(),
            events,
            ..log::Block::default()
        };
        let service = Service::Router;
        Entry {
            chain: Chain::Blocks { partition, service },
            expected: head.sequence,
            payload: block.encode_to_vec().into(),
        }
    }

    fn stored(&mut self, entry: Entry, sequence: u64) -> anyhow::Result<()> {
        let stored = Stored {
            chain: entry.chain,
            sequence,
            payload: entry.payload,
        };
        let block = Block::decode(&stored).map_err(anyhow::Error::msg)?;
        let head = Head {
            sequence,
            hash: block.hash,
            height: block.content.height,
            consumed: 0,
        };
        self.heads.insert(block.partition, head);
        Ok(())
    }

    /// The last block of each partition says how many clocks a case has.
    pub(super) async fn ensure_clocks(&self, each: u64) -> anyhow::Result<()> {
        for partition in 0..self.partitions {
            let service = Service::SlaMonitor;
            let last = self.log.last(Chain::Blocks { partition, service }).await?;
            let last = last.context("every partition has clocks")?;
            let block = Block::decode(&last).map_err(anyhow::Error::msg)?;
            for event in &block.content.events {
                let Some(Payload::ClocksStarted(started)) = &event.payload else {
                    continue;
                };
                let open = started.clocks.iter().filter(|it| it.met_at_us.is_none());
                let open = open.count() as u64;
                anyhow::ensure!(open == each, "a case has {open} clocks instead of {each}");
            }
        }
        Ok(())
    }
}

pub(super) fn id_of(number: u64) -> ComplaintId {
    ComplaintId::of("email", &format!("bench-{number}"))
}

fn routed(id: &ComplaintId, number: u64, urgency: &str, at: Timestamp) -> Event {
    let at_us = at.as_microsecond();
    let routed = CaseRouted {
        number: format!("CF20260507{number:07}"),
        channel: "email".to_owned(),
        kind: "complaint".to_owned(),
        category: "product_quality".to_owned(),
        urgency: urgency.to_owned(),
        severity: "ordinary".to_owned(),
        department: "after_sales_tech".to_owned(),
        handler: format!("after-sales-tech-{}", number % 3 + 1),
        received_at_us: at_us,
        registered_at_us: at_us,
        ..CaseRouted::default()
    };
    Event {
        complaint_id: id.as_bytes().to_vec(),
        time_us: at_us,
        traceparent: String::new(),
        payload: Some(Payload::CaseRouted(routed)),
    }
}
