//! From submit to answer at 1,000 a second.

use std::time::Duration;

use super::{BenchArgs, ceiling, load::Load, rig::Rig};
use crate::{
    door::{Pace, Tally, send_over_nats},
    percentile::{Sorted, Times},
};

pub(super) const RATE: f64 = 1000.0;
const PATIENCE: Duration = Duration::from_secs(30);
/// Complaints of the first seconds, while caches fill, are not timed.
const WARM_UP_SECONDS: u64 = 2;
/// An open loop: nothing waits for anything.
const NO_BOUND: usize = 1_000_000;

/// Times of the answers, each from when the complaint was due to be sent.
#[derive(Clone, Debug)]
pub(super) struct Latency {
    pub(super) times: Sorted,
    pub(super) count: usize,
    /// The same broker's bare rounds, on the same disk right after.
    pub(super) bare: Sorted,
}

pub(super) async fn measure(
    args: &BenchArgs,
    rig: &Rig,
    load: &mut Load<'_>,
) -> anyhow::Result<Latency> {
    let broker = rig.connect().await?;
    let client = broker.client();
    let pace = Pace {
        rate: Some(RATE),
        in_flight: NO_BOUND,
        patience: PATIENCE,
    };
    let count = |seconds: u64| (seconds as f64 * RATE) as usize;
    let mut tally = Tally::default();
    let jobs = std::iter::from_fn(|| Some(load.next())).take(count(WARM_UP_SECONDS));
    send_over_nats(client, jobs, pace, |done| tally.add(&done.outcome)).await?;
    let mut times = Times::default();
    let jobs = std::iter::from_fn(|| Some(load.next())).take(count(args.seconds));
    send_over_nats(client, jobs, pace, |done| {
        tally.add(&done.outcome);
        times.add(done.took);
    })
    .await?;
    anyhow::ensure!(
        tally.all_taken(),
        "not all complaints were taken: {tally:?}"
    );
    let count = times.len();
    Ok(Latency {
        times: times.sorted(),
        count,
        bare: ceiling::bare_rounds(args).await?,
    })
}
