//! Partitions, a few at a time, each by itself: what is kept in memory is the open cases of those
//! that are being read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use redress_complaint::ComplaintId;
use redress_runtime::Block;
use redress_what_if::{Pair, Replay, Report, Side, Window};
use redress_wire::Service;
use tokio::task::JoinSet;

use super::{
    decode,
    source::{Reading, Source},
};
use crate::{args::NatsArgs, output::Output};

/// Steps of the bar for each partition.
const STEPS: u64 = 1000;

/// What the workers share.
struct Shared {
    sides: Pair<Side>,
    window: Window,
    nats: NatsArgs,
    from: Vec<u64>,
    next: AtomicU32,
    events: AtomicU64,
    bar: ProgressBar,
}

/// What is to be replayed.
pub(crate) struct Job {
    pub(crate) sides: Pair<Side>,
    pub(crate) window: Window,
    pub(crate) nats: NatsArgs,
    /// Of each partition the sequence from which on to read.
    pub(crate) from: Vec<u64>,
    pub(crate) partitions: u32,
    pub(crate) workers: usize,
}

/// The report of all partitions, and how many events were read.
pub(crate) async fn replay(job: Job, out: &Output) -> anyhow::Result<(Report, u64)> {
    let bar = bar(u64::from(job.partitions), out);
    let workers = job.workers.clamp(1, job.partitions.max(1) as usize);
    let shared = Arc::new(Shared {
        sides: job.sides,
        window: job.window,
        nats: job.nats,
        from: job.from,
        next: AtomicU32::new(0),
        events: AtomicU64::new(0),
        bar,
    });
    let mut running = JoinSet::new();
    for _ in 0..workers {
        running.spawn(work(Arc::clone(&shared)));
    }
    let mut report = Report::default();
    while let Some(done) = running.join_next().await {
        report.merge(done??);
    }
    shared.bar.finish_and_clear();
    Ok((report, shared.events.load(Ordering::Relaxed)))
}

/// Takes partitions until none is left. Each worker has a connection of its own, so that one does
/// not wait for what another reads.
async fn work(shared: Arc<Shared>) -> anyhow::Result<Report> {
    let source = Source::open(&shared.nats).await?;
    let mut report = Report::default();
    loop {
        let partition = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(&from) = shared.from.get(partition as usize) else {
            return Ok(report);
        };
        if let Some(reading) = source.read(partition, from).await? {
            report.merge(one(&shared, reading, u64::from(partition)).await?);
        }
    }
}

async fn one(shared: &Shared, mut reading: Reading, partition: u64) -> anyhow::Result<Report> {
    let mut replay = Replay::new(&shared.sides, shared.window);
    let mut over = Over::default();
    let mut shown = 0;
    let read = loop {
        match reading.next().await {
            Ok(Some(block)) => {
                tell(&mut replay, &mut over, &block);
                let count = block.content.events.len() as u64;
                let events = shared.events.fetch_add(count, Ordering::Relaxed) + count;
                let steps = progress(&reading, block.sequence);
                shared.bar.inc(steps - shown);
                shown = steps;
                shared.bar.set_message(format!("{events}"));
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    reading.close().await;
    shared.bar.inc(STEPS - shown);
    read.map_err(|error| error.context(format!("partition {partition} cannot be replayed")))?;
    Ok(replay.finish())
}

/// Cases that are over, each with the place of the block that said so: they are forgotten when
/// sla-monitor has had its say.
#[derive(Default)]
struct Over {
    cases: VecDeque<(u64, ComplaintId)>,
}

fn tell(replay: &mut Replay<'_>, over: &mut Over, block: &Block) {
    for event in &block.content.events {
        let ended = decode::tell(event, &mut |id, happening| {
            replay.tell(id, happening);
        });
        over.cases.extend(ended.map(|id| (block.sequence, id)));
    }
    if block.service != Service::SlaMonitor {
        return;
    }
    let heard = |(said_at, _): &(u64, ComplaintId)| *said_at <= block.content.consumed;
    while over.cases.front().is_some_and(heard) {
        if let Some((_, id)) = over.cases.pop_front() {
            replay.end(id);
        }
    }
}

fn progress(reading: &Reading, at: u64) -> u64 {
    let whole = (reading.end - reading.from).max(1);
    (at.saturating_sub(reading.from) * STEPS / whole).min(STEPS)
}

fn bar(partitions: u64, out: &Output) -> ProgressBar {
    let bar = ProgressBar::new(partitions * STEPS);
    if out.json {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let events = out.pick("events", "个事件");
    let template = format!("{{bar:30.green}} {{percent}} %  {{msg}} {events}  {{eta_precise}}");
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
