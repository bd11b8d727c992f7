//! How fast a deleted store is rebuilt from the log.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use redress_wire::Service;

use super::rig::Rig;
use crate::{
    admin,
    up::{STOP_WITHIN, start_service},
};

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// It has caught up when the count rests this long.
const REST: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_mins(2);

/// What the router folded, and how long it took from its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replay {
    pub(super) events: f64,
    pub(super) took: Duration,
}

impl Replay {
    pub(super) fn per_second(&self) -> f64 {
        self.events / self.took.as_secs_f64().max(1e-3)
    }
}

pub(super) async fn measure(rig: &mut Rig) -> anyhow::Result<Replay> {
    let index = rig
        .settings
        .iter()
        .position(|one| one.service == Service::Router);
    let index = index.context("there is a router")?;
    rig.services[index].terminate();
    rig.services[index].ended_within(STOP_WITHIN).await;
    fs::remove_dir_all(rig.dir.join("stores").join(Service::Router.name()))
        .context("the router's store cannot be deleted")?;
    let started = Instant::now();
    rig.services[index] = start_service(&rig.settings[index])?;
    let admin = rig.at.admin(Service::Router).to_owned();
    let (mut events, mut changed) = (0.0, started);
    loop {
        let page = admin::metrics(&admin).await.unwrap_or_default();
        let now = page
            .get("redress_replayed_events_total")
            .copied()
            .unwrap_or_default();
        if now > events {
            (events, changed) = (now, Instant::now());
        }
        let backlog = page.get("redress_backlog").copied().unwrap_or(1.0);
        if events > 0.0 && backlog <= 0.0 && changed.elapsed() > REST {
            return Ok(Replay {
                events,
                took: changed.duration_since(started),
            });
        }
        let words = "the router did not catch up with the log";
        anyhow::ensure!(started.elapsed() < PATIENCE, "{words} within {PATIENCE:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
