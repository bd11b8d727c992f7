//! How late clocks fire with many of them armed.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use redress_wire::analytics::Latency;

use super::{
    BenchArgs,
    load::{Load, Text},
    rig::{Rig, copy},
    stages::figures,
    throughput::fill_to,
};
use crate::{commands::policy, output::Output};

/// The shipped deadline of the clock `start` of cases that can wait, and the short one in its
/// place: long enough that all are armed before the first one fires.
const SHIPPED: &str = "within = \"3 working days\"";
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Lateness of what fired, while `armed` clocks ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks {
    pub(super) armed: u64,
    pub(super) fired: u64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

pub(super) async fn measure(
    args: &BenchArgs,
    texts: &[Text],
    out: &Output,
) -> anyhow::Result<Clocks> {
    let cases = args.cases / 2;
    // At half of the throughput that is aimed at, all cases are in before the first clock ends.
    let short = Duration::from_secs((cases / 2_000).max(10));
    let dir = tempfile::tempdir()?;
    shorten(&args.policy_dir, dir.path(), short)?;
    let rig = Rig::start(args, dir.path(), out).await?;
    out.say(&format!(
        "clocks: {cases} cases, a part of them due within {} s",
        short.as_secs()
    ));
    let mut load = Load::new(texts);
    fill_to(cases, &rig, &mut load).await?;
    let clients = rig.clients();
    let armed = figures(&clients).await?.clocks_running;
    let ends = Instant::now() + short + Duration::from_secs(5);
    while Instant::now() < ends {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let figures = figures(&clients).await?;
    rig.stop().await;
    let late: Latency = figures.clock_lateness.unwrap_or_default();
    anyhow::ensure!(late.count > 0, "no clock fired: no text is of low urgency");
    Ok(Clocks {
        armed,
        fired: late.count,
        p50_ms: late.p50_seconds * 1000.0,
        p99_ms: late.p99_seconds * 1000.0,
        max_ms: late.max_seconds * 1000.0,
    })
}

/// Copies the policy with a short deadline for cases of low urgency.
pub(super) fn shorten(from: &Path, to: &Path, short: Duration) -> anyhow::Result<()> {
    copy(from, to)?;
    let file = to.join("deadlines.toml");
    let text = fs::read_to_string(&file)?;
    anyhow::ensure!(
        text.contains(SHIPPED),
        "{} has no line {SHIPPED}",
        file.display()
    );
    fs::write(
        &file,
        text.replace(SHIPPED, &format!("within = \"{}s\"", short.as_secs())),
    )?;
    policy::load(to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_can_be_given_a_short_deadline() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let dir = tempfile::tempdir().expect("a folder");
        shorten(&shipped, dir.path(), Duration::from_secs(25)).expect("still a valid policy");
        let text = fs::read_to_string(dir.path().join("deadlines.toml")).expect("a file");
        assert!(text.contains("within = \"25s\""), "{text}");
    }
}
