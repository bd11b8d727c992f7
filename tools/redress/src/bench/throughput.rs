//! How many complaints a second go all the way: all that were answered in the time of the load, by
//! the time until the last of them was routed, its clocks armed, its notifications recorded, and it
//! was counted. What is answered faster than it goes on does not count for more.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use super::{
    BenchArgs,
    flow::{self, Flow, Written},
    load::Load,
    rig::Rig,
    stages::{Stages, settled},
};
use crate::{
    clients::Clients,
    door::{Pace, Tally, send_over_nats},
};

const PATIENCE: Duration = Duration::from_mins(2);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Complaints under way at once where only their number counts: more than anybody is behind.
const FILL_IN_FLIGHT: usize = 2048;
/// Caches fill and rounds find their size.
const WARM_UP_SHARE: f64 = 0.2;

/// What the run gave.
#[derive(Clone, Debug)]
pub(super) struct Throughput {
    /// Complaints a second, from the first one sent until all are through.
    pub(super) per_second: f64,
    /// Complaints there were before.
    pub(super) before: u64,
    /// Complaints a second of each stage, in the steady state.
    pub(super) stages: [(&'static str, f64); 5],
    /// Answered and not yet counted, at the start and at the end of the steady state.
    pub(super) backlog: (u64, u64),
    /// From the last answer until nothing moved any more.
    pub(super) settled_after: Duration,
    /// How long complaints were sent.
    pub(super) load: Duration,
    /// How many were under way at once.
    pub(super) in_flight: usize,
    pub(super) tally: Tally,
}

/// One look at the run.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: Instant,
    answered: u64,
    stages: Stages,
}

pub(super) async fn measure(
    args: &BenchArgs,
    rig: &Rig,
    load: &mut Load<'_>,
) -> anyhow::Result<(Throughput, Flow)> {
    let clients = rig.clients();
    let before = Stages::now(&clients).await?;
    let written = Written::now(rig).await?;
    let started = Instant::now();
    let ends = started + Duration::from_secs(args.seconds);
    let answered = AtomicU64::new(0);
    let sending = send(args, rig, load, ends, &answered);
    let (tally, looks) = tokio::try_join!(sending, look(&clients, ends, &answered))?;
    let answered_at = Instant::now();
    anyhow::ensure!(
        tally.all_taken(),
        "not all complaints were taken: {tally:?}"
    );
    let new = tally.registered;
    let (after, settled_at) = settled(&clients, before.counted + new, PATIENCE).await?;
    let flow = flow::measure(rig, &written, new).await?;
    let each = |count: u64, before: u64| (count - before) as f64 / new.max(1) as f64;
    let clocks = each(after.clocks, before.clocks);
    let notifications = each(after.notified, before.notified);
    let warm = started + Duration::from_secs(args.seconds).mul_f64(WARM_UP_SHARE);
    let first = looks.iter().find(|look| look.at >= warm);
    let (Some(first), Some(last)) = (first, looks.last()) else {
        anyhow::bail!("the run was too short; give more --seconds");
    };
    let stages = rates(first, last, clocks, notifications);
    let behind = |look: &Look| {
        look.answered
            .saturating_sub(look.stages.counted - before.counted)
    };
    let throughput = Throughput {
        per_second: new as f64 / settled_at.duration_since(started).as_secs_f64(),
        before: before.counted,
        stages,
        backlog: (behind(first), behind(last)),
        settled_after: settled_at.saturating_duration_since(answered_at),
        load: Duration::from_secs(args.seconds),
        in_flight: args.in_flight,
        tally,
    };
    Ok((throughput, flow))
}

async fn send(
    args: &BenchArgs,
    rig: &Rig,
    load: &mut Load<'_>,
    ends: Instant,
    answered: &AtomicU64,
) -> anyhow::Result<Tally> {
    let broker = rig.connect().await?;
    let mut tally = Tally::default();
    let pace = Pace {
        rate: None,
        in_flight: args.in_flight,
        patience: PATIENCE,
    };
    let jobs = std::iter::from_fn(|| (Instant::now() < ends).then(|| load.next()));
    send_over_nats(broker.client(), jobs, pace, |done| {
        tally.add(&done.outcome);
        answered.fetch_add(1, Ordering::Relaxed);
    })
    .await?;
    Ok(tally)
}

async fn look(clients: &Clients, ends: Instant, answered: &AtomicU64) -> anyhow::Result<Vec<Look>> {
    let mut looks = Vec::new();
    while Instant::now() < ends {
        tokio::time::sleep(LOOK_EVERY).await;
        let stages = Stages::now(clients).await?;
        let answered = answered.load(Ordering::Relaxed);
        looks.push(Look {
            at: Instant::now(),
            answered,
            stages,
        });
    }
    Ok(looks)
}

/// Complaints a second of each stage between two looks; a complaint has several clocks and
/// notifications.
fn rates(first: &Look, last: &Look, clocks: f64, notifications: f64) -> [(&'static str, f64); 5] {
    let seconds = last.at.duration_since(first.at).as_secs_f64().max(1e-3);
    let rate = |from: u64, to: u64, each: f64| {
        if each > 0.0 {
            (to - from) as f64 / each / seconds
        } else {
            0.0
        }
    };
    let (a, b) = (first.stages, last.stages);
    [
        ("answered", rate(first.answered, last.answered, 1.0)),
        ("counted", rate(a.counted, b.counted, 1.0)),
        ("routed", rate(a.routed, b.routed, 1.0)),
        ("clocks armed", rate(a.clocks, b.clocks, clocks)),
        (
            "notifications recorded",
            rate(a.notified, b.notified, notifications),
        ),
    ]
}

/// Submits until there are as many cases as wanted, and waits until all is quiet. Gives when the
/// last one was through, before all rows were stored.
pub(super) async fn fill(
    args: &BenchArgs,
    rig: &Rig,
    load: &mut Load<'_>,
) -> anyhow::Result<Instant> {
    fill_to(args.cases, rig, load).await
}

pub(super) async fn fill_to(cases: u64, rig: &Rig, load: &mut Load<'_>) -> anyhow::Result<Instant> {
    let broker = rig.connect().await?;
    let clients = rig.clients();
    let before = Stages::now(&clients).await?;
    let missing = cases.saturating_sub(before.counted);
    let mut tally = Tally::default();
    let pace = Pace {
        rate: None,
        in_flight: FILL_IN_FLIGHT,
        patience: PATIENCE,
    };
    let jobs = std::iter::from_fn(|| Some(load.next())).take(missing as usize);
    send_over_nats(broker.client(), jobs, pace, |done| tally.add(&done.outcome)).await?;
    anyhow::ensure!(
        tally.all_taken(),
        "not all complaints were taken: {tally:?}"
    );
    let wanted = before.counted + tally.registered;
    let (_, settled_at) = settled(&clients, wanted, PATIENCE).await?;
    rig.quiet().await?;
    Ok(settled_at)
}
