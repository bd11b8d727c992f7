//! A million open cases with four clocks each in one process (`redress bench --only many-clocks
//! --cases 1000000`).
//!
//! sla-monitor runs alone on a broker of its own; what it reads of router, this process writes. So
//! its memory and its time are the clocks' alone.
//!
//! | figure   | how it is measured                                                                |
//! |----------|-----------------------------------------------------------------------------------|
//! | memory   | resident size with all cases open and nothing to do                               |
//! | lateness | 1,000 further cases a second; when a warning or breach can be read, after its time |
//! | policy   | from the changed file to the first case under the new version; cases moved to it   |
//! | restart  | from the start of the process until it is ready, with its store                   |
//! | rebuild  | the same without its store: the real core folds the log                           |

mod lateness;
mod policy;
mod restart;
mod router;

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use redress_wire::Service;

use super::{BenchArgs, clocks::shorten, memory, rig::Rig};
use crate::{admin, output::Output};
pub(super) use lateness::Lateness;
pub(super) use policy::NewPolicy;
pub(super) use restart::Restart;
use router::Router;

/// The deadline of the start of cases that can wait, while lateness is measured.
const SHORT: Duration = Duration::from_secs(10);
/// Clocks of a case that was filled in: first response, start, preliminary reply, result.
pub(super) const CLOCKS_EACH: u64 = 4;
const PATIENCE: Duration = Duration::from_mins(20);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What was measured.
#[derive(Clone, Debug)]
pub(super) struct ManyClocks {
    pub(super) cases: u64,
    /// From the first block to the last clock.
    pub(super) filled_in: Duration,
    /// Resident before the first case, and with all of them.
    pub(super) mib: (f64, f64),
    /// The most at once, until all of them were there and further ones had come in.
    pub(super) peak_mib: f64,
    pub(super) lateness: Lateness,
    pub(super) policy: NewPolicy,
    pub(super) restarted: Restart,
    pub(super) rebuilt: Restart,
}

pub(super) async fn measure(args: &BenchArgs, out: &Output) -> anyhow::Result<ManyClocks> {
    let dir = tempfile::tempdir()?;
    shorten(&args.policy_dir, dir.path(), SHORT)?;
    let mut rig = Rig::start_only(args, dir.path(), &[Service::SlaMonitor], out).await?;
    let empty_mib = resident(&rig)?;
    let mut router = Router::start(&rig).await?;
    out.say(&format!(
        "{} cases with {CLOCKS_EACH} clocks each",
        args.cases
    ));
    let started = Instant::now();
    router.fill(args.cases).await?;
    let filled_in = settled(&rig, args.cases, started).await?;
    router.ensure_clocks(CLOCKS_EACH).await?;
    let mib = (empty_mib, resident(&rig)?);
    out.say("lateness: 1,000 further cases a second");
    let lateness = lateness::measure(args, &rig, &mut router).await?;
    let monitor = rig.services.first().context("sla-monitor runs")?;
    let peak_mib = memory::peak_mib(monitor)?;
    out.say("another policy");
    let policy = policy::measure(&rig, &mut router).await?;
    out.say("restart with its store, and without");
    let restarted = restart::measure(&mut rig, true).await?;
    let rebuilt = restart::measure(&mut rig, false).await?;
    rig.stop().await;
    Ok(ManyClocks {
        cases: args.cases,
        filled_in,
        mib,
        peak_mib,
        lateness,
        policy,
        restarted,
        rebuilt,
    })
}

impl ManyClocks {
    /// Its section of the page.
    pub(super) fn lines(&self) -> String {
        let clocks = self.cases * CLOCKS_EACH;
        let (empty, full) = self.mib;
        let mut lines = format!(
            "\n## {clocks} clocks in one process\n\nsla-monitor alone with a broker, {} open cases \
             with {CLOCKS_EACH} clocks each, filled in within {:.0} s; {} further cases at {}/s \
             while {} warnings, breaches and steps fired.\n\n| | |\n| --- | ---: |\n",
            self.cases,
            self.filled_in.as_secs_f64(),
            self.lateness.cases,
            lateness::RATE,
            self.lateness.fired,
        );
        for (name, value) in self.rows(clocks, empty, full) {
            let _ = writeln!(lines, "| {name} | {value} |");
        }
        lines
    }

    fn rows(&self, clocks: u64, empty: f64, full: f64) -> Vec<(&'static str, String)> {
        let each = (full - empty) * f64::from(1 << 20) / clocks as f64;
        let late = |of: &crate::percentile::Sorted| {
            let at = |share| of.at_ms(share);
            format!("{:.1} / {:.1} / {:.1} ms", at(0.5), at(0.99), at(1.0))
        };
        let back = |it: &Restart| {
            let (seconds, events, mib) = (it.took.as_secs_f64(), it.events, it.mib);
            format!("{seconds:.1} s, {events:.0} events folded, {mib:.0} MiB then")
        };
        let policy = &self.policy;
        vec![
            (
                "memory, all open",
                format!("{full:.0} MiB ({empty:.0} without a case)"),
            ),
            (
                "memory at most, filled in as fast as it goes",
                format!("{:.0} MiB", self.peak_mib),
            ),
            ("memory for each clock", format!("{each:.0} bytes")),
            (
                "fired late until decided, p50 / p99 / max",
                late(&self.lateness.decided),
            ),
            (
                "fired late until stored and read, p50 / p99 / max",
                late(&self.lateness.read),
            ),
            (
                "another policy in force after",
                format!("{:.1} s", policy.in_force_after.as_secs_f64()),
            ),
            (
                "running cases moved to it on demand",
                format!("{} in {:.1} s", policy.moved, policy.moved_in.as_secs_f64()),
            ),
            ("restart with its store", back(&self.restarted)),
            ("rebuilt from the log", back(&self.rebuilt)),
        ]
    }
}

/// Waits until every case has its clocks.
async fn settled(rig: &Rig, cases: u64, started: Instant) -> anyhow::Result<Duration> {
    loop {
        let page = admin::metrics(rig.at.admin(Service::SlaMonitor)).await;
        let page = page.unwrap_or_default();
        let events = page.get("redress_events_total").copied();
        if events.unwrap_or_default() >= cases as f64 {
            return Ok(started.elapsed());
        }
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "of {cases} cases {events:?} have clocks after {PATIENCE:?}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn resident(rig: &Rig) -> anyhow::Result<f64> {
    let all = memory::measure(rig)?;
    let monitor = all
        .iter()
        .find(|(name, _)| name == Service::SlaMonitor.name());
    monitor.map(|(_, mib)| *mib).context("sla-monitor runs")
}

/// Where sla-monitor's store stands.
fn store(rig: &Rig) -> std::path::PathBuf {
    rig.dir
        .join("stores")
        .join(Path::new(Service::SlaMonitor.name()))
}
