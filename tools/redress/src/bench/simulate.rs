//! How fast history is tried: `redress policy simulate` over the log of the installation, as a
//! process of its own.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::Value;
use tokio::process::Command;

use super::{clocks::shorten, rig::Rig};

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The candidate's deadline for cases that can wait, so that there is something to tell apart.
const CANDIDATE: Duration = Duration::from_hours(1);

/// What a simulation read, and what it took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Simulated {
    pub(super) cases: u64,
    pub(super) events: u64,
    /// From the first event to the report.
    pub(super) seconds: f64,
    /// From the start of the process to its end.
    pub(super) whole: Duration,
    /// The most memory that it had at once.
    pub(super) peak_mib: f64,
}

impl Simulated {
    pub(super) fn per_second(&self) -> f64 {
        self.events as f64 / self.seconds.max(1e-3)
    }
}

pub(super) async fn measure(rig: &Rig) -> anyhow::Result<Simulated> {
    let (today, candidate) = (rig.dir.join("policy"), rig.dir.join("candidate"));
    shorten(&today, &candidate, CANDIDATE)?;
    let started = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--json", "--nats-url", rig.nats.url(), "policy", "simulate"])
        .arg("--against")
        .arg(&today)
        .arg("--policy")
        .arg(&candidate)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let pid = child.id().context("it has just been started")?;
    let mut peak_mib = 0.0;
    let watching = async {
        loop {
            peak_mib = high_water_mib(pid).unwrap_or(peak_mib);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let mut stdout = child.stdout.take().context("its output is ours")?;
    let mut said = Vec::new();
    tokio::select! {
        read = tokio::io::AsyncReadExt::read_to_end(&mut stdout, &mut said) => read.map(drop)?,
        () = watching => {}
    }
    anyhow::ensure!(child.wait().await?.success(), "the simulation failed");
    let whole = started.elapsed();
    let report: Value = serde_json::from_slice(&said).context("the report is no JSON")?;
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    Ok(Simulated {
        cases: count("cases"),
        events: count("events"),
        seconds: report["seconds"].as_f64().unwrap_or_default(),
        whole,
        peak_mib,
    })
}

fn high_water_mib(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status"));
    let status = status.ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}
