//! Processor time for each complaint.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::{
    bench::{load::Load, rig::Rig, throughput::fill_to},
    up::Child,
};

/// Complaints before it counts, while caches fill.
const WARM: u64 = 5_000;
/// Complaints that count: some ten seconds.
pub(super) const COUNTED: u64 = 40_000;
/// `USER_HZ`, in which Linux tells processor times: 100 on every platform that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// What complaints cost with so many replicas.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    /// Microseconds of processor time a complaint, by service, and of the broker.
    pub(super) us: Vec<(String, f64)>,
    /// Complaints a second until the last one was counted and nothing moved any more.
    pub(super) per_second: f64,
}

impl Cost {
    /// The mean of two measurements.
    pub(super) fn mean(mut self, other: &Self) -> Self {
        for ((_, us), (_, other)) in self.us.iter_mut().zip(&other.us) {
            *us = f64::midpoint(*us, *other);
        }
        self.per_second = f64::midpoint(self.per_second, other.per_second);
        self
    }

    /// Of all services, without the broker.
    pub(super) fn of_services(&self) -> f64 {
        let services = self.us.iter().filter(|(name, _)| name != "nats-server");
        services.map(|(_, us)| us).sum()
    }
}

pub(super) async fn measure(rig: &Rig, load: &mut Load<'_>) -> anyhow::Result<Cost> {
    fill_to(WARM, rig, load).await?;
    let (before, began) = (used(rig)?, Instant::now());
    let settled_at = fill_to(WARM + COUNTED, rig, load).await?;
    let took = settled_at.duration_since(began);
    let after = used(rig)?;
    let mut us: Vec<(String, f64)> = Vec::new();
    for ((name, before), (_, after)) in before.into_iter().zip(after) {
        let each = (after.saturating_sub(before)).as_secs_f64() * 1e6 / COUNTED as f64;
        match us.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += each,
            None => us.push((name, each)),
        }
    }
    Ok(Cost {
        us,
        per_second: COUNTED as f64 / took.as_secs_f64(),
    })
}

/// Processor time of every process so far.
fn used(rig: &Rig) -> anyhow::Result<Vec<(String, Duration)>> {
    let children = rig.all().chain([&rig.broker]);
    children
        .map(|child| Ok((child.name.clone(), processor_time(child)?)))
        .collect()
}

fn processor_time(child: &Child) -> anyhow::Result<Duration> {
    let gone = || format!("{} does not run any more", child.name);
    let pid = child.pid().with_context(gone)?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(gone)?;
    let ticks = ticks(&stat).with_context(|| format!("{} has no processor time", child.name))?;
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND))
}

/// Of user and system, from a line of `/proc/<pid>/stat`: fields 14 and 15, where the second one,
/// the program's name in brackets, may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 300 1 2 3";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("nothing"), None);
    }

    #[test]
    fn the_broker_is_no_service() {
        let us = vec![
            ("intake".to_owned(), 30.0),
            ("nats-server".to_owned(), 20.0),
        ];
        let cost = Cost {
            us,
            per_second: 1.0,
        };
        assert!((cost.of_services() - 30.0).abs() < 1e-9);
    }
}
