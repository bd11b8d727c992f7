//! The ceiling: the same flow of blocks and readers, bare.
//!
//! Each writing service has a writer with a connection of its own that appends as many rounds, of
//! as many fenced blocks of the same lengths, as its service did; each service's
//! partitions are read by readers of the same blocks. Nothing is decoded, decided or stored.
//!
//! It is measured twice: over as many streams as the installation had, and over one stream, where a
//! round is one atomic batch, which is what the platform was designed against.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use futures::future::try_join_all;
use redress_log::{Chain, Entry, EventLog as _, Reader as _, Streams};
use redress_log_nats::NatsLog;
use redress_wire::Service;
use tokio::task::JoinSet;

use super::{
    BenchArgs,
    append::append,
    flow::{Flow, Rounds},
    rig::BareBroker,
};
use crate::{
    args::NatsArgs,
    broker::reach,
    commands::provision::PARTITIONS,
    percentile::{Sorted, Times},
};

const BROKER_WITHIN: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_mins(5);
/// Marks the end of a partition for its readers; no block of a run is as short.
const END: &[u8] = b"end";

/// Rounds at a pace: ten seconds.
const ROUNDS: usize = 1000;
const ROUND_EVERY: Duration = Duration::from_millis(10);
/// About a complaint and a half.
const SMALL_BLOCK: usize = 1024;

/// Whose blocks each service reads, as the cores declare it.
const READS: [(Service, &[Service]); 5] = [
    (Service::Intake, &[]),
    (Service::Router, &[Service::Intake, Service::SlaMonitor]),
    (Service::SlaMonitor, &[Service::Router, Service::Notifier]),
    (
        Service::Notifier,
        &[Service::Intake, Service::Router, Service::SlaMonitor],
    ),
    (
        Service::Analytics,
        &[
            Service::Intake,
            Service::Router,
            Service::SlaMonitor,
            Service::Notifier,
        ],
    ),
];

/// What the bare flow took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ceiling {
    pub(super) per_second: f64,
    pub(super) batches: u64,
    pub(super) blocks: u64,
    pub(super) took: Duration,
}

pub(super) async fn measure(
    args: &BenchArgs,
    flow: &Flow,
    streams: Option<Streams>,
) -> anyhow::Result<Ceiling> {
    let mut bare = BareBroker::start(args, streams).await?;
    let writers: Vec<Service> = flow.services.keys().copied().collect();
    let mut readers = start_readers(&bare.nats, &writers).await?;
    let started = Instant::now();
    let writing = flow.services.iter().map(|(service, rounds)| {
        let (nats, service, rounds) = (bare.nats.clone(), *service, rounds.clone());
        async move { tokio::spawn(write(nats, service, rounds)).await? }
    });
    let whole = async {
        try_join_all(writing).await?;
        while let Some(read) = readers.join_next().await {
            read??;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, whole)
        .await
        .with_context(|| format!("the bare flow was not through after {PATIENCE:?}"))??;
    let took = started.elapsed();
    bare.child.terminate();
    Ok(Ceiling {
        per_second: flow.complaints as f64 / took.as_secs_f64(),
        batches: flow.services.values().map(|one| one.batches).sum(),
        blocks: flow.services.values().map(|one| one.blocks).sum(),
        took,
    })
}

/// Appends what the service appended, round after round, each once the one before is durable.
async fn write(nats: NatsArgs, service: Service, flow: Rounds) -> anyhow::Result<()> {
    let broker = reach(&nats, BROKER_WITHIN).await?;
    let log = broker.log();
    let longest = flow.lengths.iter().copied().max().unwrap_or(1);
    let filling = Bytes::from(vec![b'.'; longest.max(END.len() + 1)]);
    let mut heads = vec![0_u64; PARTITIONS as usize];
    let (mut sent, mut looked_at) = (0_u64, 0_usize);
    for round in 1..=flow.batches {
        // Spread evenly: after each round as many blocks as its share.
        let blocks = (flow.blocks * round / flow.batches.max(1) - sent).min(u64::from(PARTITIONS));
        let entries: Vec<Entry> = (0..blocks)
            .map(|index| {
                let partition = ((sent + index) % u64::from(PARTITIONS)) as u32;
                let length = flow.lengths.get(looked_at % flow.lengths.len().max(1));
                looked_at += 1;
                let length = length.copied().unwrap_or(1).max(END.len() + 1);
                let payload = filling.slice(..length);
                entry(service, partition, heads[partition as usize], payload)
            })
            .collect();
        write_on(&log, entries, &mut heads).await?;
        sent += blocks;
    }
    let last: Vec<Entry> = (0..PARTITIONS)
        .map(|it| entry(service, it, heads[it as usize], Bytes::from_static(END)))
        .collect();
    write_on(&log, last, &mut heads).await
}

/// How long the bare broker takes to make a round durable that has a small block for each
/// partition, as intake's have at the pace of [`latency`](super::latency): what an answer cannot be
/// faster than on this disk, now.
pub(super) async fn bare_rounds(args: &BenchArgs) -> anyhow::Result<Sorted> {
    let mut bare = BareBroker::start(args, None).await?;
    let log = reach(&bare.nats, BROKER_WITHIN).await?.log();
    let payload = Bytes::from(vec![b'.'; SMALL_BLOCK]);
    let mut heads = vec![0_u64; PARTITIONS as usize];
    let mut times = Times::default();
    let mut due = tokio::time::interval(ROUND_EVERY);
    for _ in 0..ROUNDS {
        let due = due.tick().await;
        let blocks = (0..PARTITIONS).zip(&heads);
        let blocks = blocks.map(|(it, head)| entry(Service::Intake, it, *head, payload.clone()));
        write_on(&log, blocks.collect(), &mut heads).await?;
        times.add(due.elapsed());
    }
    bare.child.terminate();
    Ok(times.sorted())
}

fn entry(service: Service, partition: u32, expected: u64, payload: Bytes) -> Entry {
    Entry {
        chain: Chain::Blocks { partition, service },
        expected,
        payload,
    }
}

/// Appends blocks, and notes where their chains stand then.
async fn write_on(log: &NatsLog, entries: Vec<Entry>, heads: &mut [u64]) -> anyhow::Result<()> {
    for (entry, sequence) in append(log, entries).await? {
        if let Chain::Blocks { partition, .. } = entry.chain {
            heads[partition as usize] = sequence;
        }
    }
    Ok(())
}

/// A reader for each partition of each service that reads; they wait for the first block.
async fn start_readers(
    nats: &NatsArgs,
    writers: &[Service],
) -> anyhow::Result<JoinSet<anyhow::Result<()>>> {
    let mut readers = JoinSet::new();
    for (_, reads) in READS {
        let reads: Vec<Service> = reads
            .iter()
            .copied()
            .filter(|it| writers.contains(it))
            .collect();
        if reads.is_empty() {
            continue;
        }
        let log = reach(nats, BROKER_WITHIN).await?.log();
        for partition in 0..PARTITIONS {
            let mut reader = log.read(partition, &reads, 1).await?;
            let chains = reads.len();
            readers.spawn(async move {
                let mut ended = 0;
                while ended < chains {
                    ended += usize::from(reader.next().await?.payload == END);
                }
                Ok(())
            });
        }
    }
    Ok(readers)
}
