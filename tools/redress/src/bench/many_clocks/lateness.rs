//! How late clocks fire while further cases come in.

use std::time::{Duration, Instant};

use redress_log::{EventLog as _, Reader as _};
use redress_runtime::Block;
use redress_wire::{Payload, Service, log::Event};
use tokio::{sync::mpsc, task::JoinSet, time::sleep_until};

use super::{SHORT, router::Router};
use crate::{
    bench::{BenchArgs, rig::Rig},
    output::moment,
    percentile::{Sorted, Times},
};

/// Cases a second.
pub(in crate::bench) const RATE: u64 = 1000;
/// How long router gathers for a round.
const ROUND: Duration = Duration::from_millis(40);

/// Lateness of what fired while cases came in.
#[derive(Clone, Debug)]
pub(in crate::bench) struct Lateness {
    pub(in crate::bench) cases: u64,
    pub(in crate::bench) fired: u64,
    /// Until it was decided: what the event says.
    pub(in crate::bench) decided: Sorted,
    /// Until it was stored and could be read.
    pub(in crate::bench) read: Sorted,
}

/// A point that fired.
struct Fired {
    decided: Duration,
    read: Duration,
}

pub(super) async fn measure(
    args: &BenchArgs,
    rig: &Rig,
    router: &mut Router,
) -> anyhow::Result<Lateness> {
    let (fired, mut points) = mpsc::unbounded_channel();
    let mut readers = readers(rig, router.partitions, &fired).await?;
    // Clocks fire from the half of the short deadline on.
    let lasts = Duration::from_secs(args.seconds) + SHORT / 2;
    let cases = load(router, lasts).await?;
    readers.abort_all();
    while readers.join_next().await.is_some() {}
    drop(fired);
    let (mut decided, mut read) = (Times::default(), Times::default());
    while let Some(point) = points.recv().await {
        decided.add(point.decided);
        read.add(point.read);
    }
    anyhow::ensure!(read.len() > 0, "no clock fired within {lasts:?}");
    Ok(Lateness {
        cases,
        fired: read.len() as u64,
        decided: decided.sorted(),
        read: read.sorted(),
    })
}

/// Open loop: each round's cases at their time, whatever became of those before.
async fn load(router: &mut Router, lasts: Duration) -> anyhow::Result<u64> {
    let started = Instant::now();
    let mut sent = 0;
    for round in 1_u32.. {
        let due = ROUND * round;
        if due > lasts {
            break;
        }
        sleep_until((started + due).into()).await;
        let wanted = due.as_millis() as u64 * RATE / 1000;
        router.cases(wanted - sent, "low", moment()).await?;
        sent = wanted;
    }
    let late = started.elapsed().saturating_sub(lasts);
    anyhow::ensure!(
        late < Duration::from_secs(1),
        "the load itself was {late:?} late"
    );
    Ok(sent)
}

/// A reader of what sla-monitor writes in each partition, from now on.
async fn readers(
    rig: &Rig,
    partitions: u32,
    fired: &mpsc::UnboundedSender<Fired>,
) -> anyhow::Result<JoinSet<anyhow::Result<()>>> {
    let broker = rig.connect().await?;
    let log = broker.log();
    let mut readers = JoinSet::new();
    for partition in 0..partitions {
        let mut end = 0;
        for service in [Service::Router, Service::SlaMonitor] {
            let chain = redress_log::Chain::Blocks { partition, service };
            end = end.max(log.last(chain).await?.map_or(0, |last| last.sequence));
        }
        let mut reader = log.read(partition, &[Service::SlaMonitor], end + 1).await?;
        let (fired, broker) = (fired.clone(), broker.clone());
        readers.spawn(async move {
            let _connected = broker;
            loop {
                let stored = reader.next().await?;
                let read_at = moment().as_microsecond();
                let block = Block::decode(&stored).map_err(anyhow::Error::msg)?;
                for event in &block.content.events {
                    if let Some(at_us) = point(event) {
                        let late = |until: i64| Duration::from_micros(until.abs_diff(at_us));
                        let (decided, read) = (late(event.time_us), late(read_at));
                        drop(fired.send(Fired { decided, read }));
                    }
                }
            }
        });
    }
    Ok(readers)
}

/// The time of the point that an event is about.
fn point(event: &Event) -> Option<i64> {
    match &event.payload {
        Some(Payload::ClockWarned(warned)) => Some(warned.warn_at_us),
        Some(Payload::ClockBreached(breached)) => Some(breached.due_at_us),
        Some(Payload::ClockEscalated(escalated)) => Some(escalated.escalate_at_us),
        _ => None,
    }
}
