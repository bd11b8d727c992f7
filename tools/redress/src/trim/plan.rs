//! What goes and what stays of a partition: read from its beginning, block by block.

use std::collections::BTreeMap;

use anyhow::Context as _;
use redress_log::{Chain, EventLog, Reader as _, Stored};
use redress_runtime::{Block, Head};
use redress_wire::{Payload, Service, log::Event};

use super::{Limits, OpenCases};

/// What is kept whatever the limits are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// What was recorded at or after this time, in microseconds since 1970.
    pub(crate) keep_from_us: i64,
    /// How many days that is.
    pub(crate) keep_days: u32,
}

/// What becomes of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) partition: u32,
    /// The blocks of a service below this sequence go.
    pub(crate) below: BTreeMap<Service, u64>,
    /// How many blocks go, and their bytes.
    pub(crate) blocks: u64,
    pub(crate) bytes: u64,
    /// The last sequence that goes; 0 if none does.
    pub(crate) last: u64,
    /// Why the rest stays.
    pub(crate) because: String,
}

/// Reads a partition up to the first block that has to stay for its time or its case. Blocks that
/// a service needs are passed over: those of other services behind them may still go.
///
/// # Errors
/// The log cannot be read, or is damaged.
pub(crate) async fn plan(
    log: &impl EventLog,
    partition: u32,
    limits: &Limits,
    open: &OpenCases,
    rules: &Rules,
) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        partition,
        ..Plan::default()
    };
    if let Some(why) = &limits.nothing {
        plan.because.clone_from(why);
        return Ok(plan);
    }
    let end = end(log, partition).await?;
    let mut reader = log.read(partition, &Service::ALL, 1).await?;
    let (mut at, mut heads, mut needed) = (0, BTreeMap::new(), None);
    while at < end {
        let stored = reader.next().await?;
        at = stored.sequence;
        let block = follow(&stored, &mut heads)?;
        if let Some(why) = stays(&block, open, rules) {
            plan.because = why;
            return Ok(plan);
        }
        match limits.first_needed.get(&block.service) {
            Some((first, _)) if at < *first => plan.take(&block),
            Some((_, who)) => drop(needed.get_or_insert_with(|| who.clone())),
            None => drop(needed.get_or_insert_with(|| "a newer release".to_owned())),
        }
    }
    plan.because = needed.map_or_else(|| "it is empty".to_owned(), |who| format!("{who} needs it"));
    Ok(plan)
}

impl Plan {
    fn take(&mut self, block: &Block) {
        self.below.insert(block.service, block.sequence + 1);
        self.blocks += 1;
        self.bytes += block.size_bytes as u64;
        self.last = block.sequence;
    }

    /// Whether a message of the log goes.
    pub(crate) fn takes(&self, stored: &Stored) -> bool {
        let Chain::Blocks { service, .. } = stored.chain else {
            return false;
        };
        let below = self.below.get(&service);
        below.is_some_and(|below| stored.sequence < *below)
    }
}

/// The last sequence of a partition; 0 if it is empty.
async fn end(log: &impl EventLog, partition: u32) -> anyhow::Result<u64> {
    let mut end = 0;
    for service in Service::ALL {
        let last = log.last(Chain::Blocks { partition, service }).await?;
        end = end.max(last.map_or(0, |last| last.sequence));
    }
    Ok(end)
}

/// The block, if it continues its chain: what is damaged is not archived as if it were sound.
fn follow(stored: &Stored, heads: &mut BTreeMap<Service, Head>) -> anyhow::Result<Block> {
    let block = Block::decode(stored).map_err(anyhow::Error::msg)?;
    let (partition, service, sequence) = (block.partition, block.service, block.sequence);
    if let Some(head) = heads.get(&service) {
        let checked = head.check(partition, service, sequence, &block.content);
        checked.context("nothing was taken off")?;
    }
    let head = Head {
        sequence,
        hash: block.hash,
        height: block.content.height,
        consumed: block.content.consumed,
    };
    heads.insert(service, head);
    Ok(block)
}

/// Why a block and all behind it stay, if they do.
fn stays(block: &Block, open: &OpenCases, rules: &Rules) -> Option<String> {
    let events = &block.content.events;
    let young = |event: &Event| event.time_us >= rules.keep_from_us;
    if events.iter().any(young) {
        return Some(format!("it is of the last {} days", rules.keep_days));
    }
    let open = open.get(&block.partition)?;
    let number = |event: &Event| {
        let is_registration = matches!(event.payload, Some(Payload::ComplaintRegistered(_)));
        let id: [u8; 16] = event.complaint_id.as_slice().try_into().ok()?;
        open.get(&id).filter(|_| is_registration)
    };
    let number = events.iter().find_map(number)?;
    Some(format!("case {number} is not archived"))
}
