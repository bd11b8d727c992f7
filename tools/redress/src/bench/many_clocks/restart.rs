//! How long sla-monitor takes to be back, with its store or from the log alone.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use redress_wire::Service;

use super::store;
use crate::{
    admin,
    bench::rig::Rig,
    up::{STOP_WITHIN, start_service},
};

const LOOK_EVERY: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_mins(20);

/// What it took until every partition was owned and up to date.
#[derive(Clone, Copy, Debug)]
pub(in crate::bench) struct Restart {
    pub(in crate::bench) took: Duration,
    /// Events folded again.
    pub(in crate::bench) events: f64,
    pub(in crate::bench) mib: f64,
}

pub(super) async fn measure(rig: &mut Rig, with_store: bool) -> anyhow::Result<Restart> {
    let service = rig.services.first_mut().context("sla-monitor runs")?;
    service.terminate();
    service.ended_within(STOP_WITHIN).await;
    if !with_store {
        fs::remove_dir_all(store(rig)).context("the store cannot be deleted")?;
    }
    let started = Instant::now();
    let again = start_service(&rig.settings[0])?;
    rig.services[0] = again;
    let admin = rig.at.admin(Service::SlaMonitor).to_owned();
    loop {
        let ready = admin::readiness(&admin).await.is_some_and(|it| it.ready);
        if ready {
            break;
        }
        anyhow::ensure!(started.elapsed() < PATIENCE, "sla-monitor is not back");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = started.elapsed();
    let page = admin::metrics(&admin).await.unwrap_or_default();
    Ok(Restart {
        took,
        events: page
            .get("redress_replayed_events_total")
            .copied()
            .unwrap_or_default(),
        mib: super::resident(rig)?,
    })
}
