//! How fast a broker takes rounds, while readers keep up.
//!
//! `cargo run --release -p redress-log-nats --example log_speed -- nats://127.0.0.1:4222`
//!
//! Give it an empty broker with `sync_interval: always`: it makes the streams and fills the log.
//! Each owner writes rounds of 2 KB blocks, one after the other; each partition has one reader.

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use bytes::Bytes;
use redress_log::{Chain, Entry, EventLog, Reader};
use redress_log_nats::{ConnectOptions, NatsLog, Provisioning, connect, provision};
use redress_wire::Service;
use tokio::task::JoinSet;

const BLOCK_BYTES: usize = 2048;
const RUN: Duration = Duration::from_secs(4);
const PARTITIONS: u32 = 16;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = env::args()
        .nth(1)
        .unwrap_or_else(|| "nats://127.0.0.1:4222".to_owned());
    let broker = connect(&ConnectOptions::new(&url)).await?;
    let size = Some(8 << 30);
    provision(
        &broker,
        &Provisioning {
            log_max_bytes: size,
            ..Provisioning::default()
        },
    )
    .await?;
    println!("owners  entries/round   rounds/s  entries/s   p50 ms   p99 ms   reading until");
    for (owners, entries) in [(1, 1), (1, 16), (5, 1), (5, 16)] {
        // Connections of their own, as processes have.
        let mut processes = Vec::new();
        for _ in 0..owners {
            processes.push(connect(&ConnectOptions::new(&url)).await?.log());
        }
        run(&processes, entries).await?;
    }
    Ok(())
}

async fn run(processes: &[NatsLog], entries: u32) -> Result<(), Failure> {
    let mut readers = JoinSet::new();
    let mut ends = Vec::new();
    for (service, log) in Service::ALL.into_iter().zip(processes) {
        for partition in 0..entries.min(PARTITIONS) {
            let chain = Chain::Blocks { partition, service };
            let from = log.last(chain).await?.map_or(1, |last| last.sequence + 1);
            let reader = log.read(partition, &[service], from).await?;
            let (end, ended) = tokio::sync::oneshot::channel();
            ends.push((chain, end));
            readers.spawn(read_until(reader, ended));
        }
    }
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for (service, log) in Service::ALL.into_iter().zip(processes) {
        writers.spawn(write(log.clone(), service, entries));
    }
    let mut took = Vec::new();
    for written in writers.join_all().await {
        took.extend(written?);
    }
    let elapsed = started.elapsed();
    for (chain, end) in ends {
        let last = processes[0]
            .last(chain)
            .await?
            .map_or(0, |last| last.sequence);
        end.send(last).ok();
    }
    readers
        .join_all()
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    report(
        processes.len(),
        entries,
        &mut took,
        elapsed,
        started.elapsed(),
    );
    Ok(())
}

async fn write(log: NatsLog, service: Service, entries: u32) -> Result<Vec<Duration>, Failure> {
    let chain = |partition| Chain::Blocks { partition, service };
    let mut expected = Vec::new();
    for partition in 0..entries {
        expected.push(
            log.last(chain(partition))
                .await?
                .map_or(0, |last| last.sequence),
        );
    }
    let payload = Bytes::from(vec![7; BLOCK_BYTES]);
    let (started, mut took) = (Instant::now(), Vec::new());
    while started.elapsed() < RUN {
        let begun = Instant::now();
        let round: Vec<Entry> = (0..)
            .zip(&expected)
            .map(|(id, at)| Entry {
                chain: chain(id),
                expected: *at,
                payload: payload.clone(),
            })
            .collect();
        expected = log.append(&round).await?;
        took.push(begun.elapsed());
    }
    Ok(took)
}

/// Reads until the sequence that is told when the writers have ended.
async fn read_until(
    mut reader: impl Reader,
    mut ended: tokio::sync::oneshot::Receiver<u64>,
) -> Result<(), Failure> {
    let mut read = 0;
    let end = loop {
        tokio::select! {
            end = &mut ended => break end?,
            stored = reader.next() => read = stored?.sequence,
        }
    };
    while read < end {
        read = reader.next().await?.sequence;
    }
    Ok(())
}

fn report(owners: usize, entries: u32, took: &mut [Duration], wrote: Duration, read: Duration) {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    let rounds = took.len() as f64 / wrote.as_secs_f64();
    println!(
        "{owners:>6} {entries:>14} {rounds:>10.0} {:>10.0} {:>8.2} {:>8.2}   {:.0} ms after",
        rounds * f64::from(entries),
        at(50),
        at(99),
        read.saturating_sub(wrote).as_secs_f64() * 1000.0,
    );
}
