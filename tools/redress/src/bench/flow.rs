//! The flow of blocks of a run: how many rounds and blocks each service wrote, and how long they
//! are. The ceiling sends the same flow without any work.

use std::collections::BTreeMap;

use redress_log::{Chain, EventLog as _};
use redress_wire::{Service, names};

use super::rig::Rig;
use crate::admin;

/// Blocks looked at to know how long they are; their mean is then good to some percent.
const LOOKED_AT: u64 = 600;

/// What each service wrote for a number of complaints.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    pub(super) complaints: u64,
    pub(super) services: BTreeMap<Service, Rounds>,
}

/// The rounds of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct Rounds {
    pub(super) batches: u64,
    pub(super) blocks: u64,
    /// Lengths of blocks that were looked at, in bytes.
    pub(super) lengths: Vec<usize>,
}

/// What had been written before.
pub(super) struct Written {
    counts: BTreeMap<Service, (u64, u64)>,
    /// Of each stream.
    last_sequences: Vec<u64>,
}

impl Written {
    pub(super) async fn now(rig: &Rig) -> anyhow::Result<Self> {
        let mut counts = BTreeMap::new();
        for service in Service::ALL {
            let page = admin::metrics(rig.at.admin(service))
                .await
                .unwrap_or_default();
            let count = |name: &str| page.get(name).copied().unwrap_or_default() as u64;
            let both = (count("redress_rounds_total"), count("redress_blocks_total"));
            counts.insert(service, both);
        }
        let broker = rig.connect().await?;
        let context = async_nats::jetstream::new(broker.client().clone());
        let mut last_sequences = Vec::new();
        for stream in 0..broker.log().streams().await?.count() {
            let stream = context.get_stream(names::log_stream(stream)).await?;
            last_sequences.push(stream.cached_info().state.last_sequence);
        }
        Ok(Self {
            counts,
            last_sequences,
        })
    }
}

/// The flow since `before`.
pub(super) async fn measure(rig: &Rig, before: &Written, complaints: u64) -> anyhow::Result<Flow> {
    let now = Written::now(rig).await?;
    let mut flow = Flow {
        complaints,
        services: BTreeMap::new(),
    };
    for (service, (rounds, blocks)) in &now.counts {
        let (old_rounds, old_blocks) = before.counts[service];
        if *blocks > old_blocks {
            let (rounds, blocks) = (rounds - old_rounds, blocks - old_blocks);
            flow.services.insert(
                *service,
                Rounds {
                    batches: rounds,
                    blocks,
                    lengths: vec![],
                },
            );
        }
    }
    let log = rig.connect().await?.log();
    let streams = before.last_sequences.iter().zip(&now.last_sequences);
    let looked_at = LOOKED_AT / before.last_sequences.len().max(1) as u64;
    // Partition `n` stands in stream `n`.
    for (partition, (before, last)) in (0..).zip(streams) {
        let step = (last.saturating_sub(*before) / looked_at).max(1);
        for sequence in (before + 1..=*last).step_by(step as usize) {
            if let Some(stored) = log.at(partition, sequence).await?
                && let Chain::Blocks { service, .. } = stored.chain
                && let Some(rounds) = flow.services.get_mut(&service)
            {
                rounds.lengths.push(stored.payload.len());
            }
        }
    }
    Ok(flow)
}
