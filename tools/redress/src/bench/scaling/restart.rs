//! How long a restart takes with all cases in.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use redress_wire::Service;

use crate::{
    admin,
    bench::rig::{BROKER_WITHIN, Rig},
    output::Output,
    up::{Child, STOP_WITHIN, broker_ready, start_broker, start_service},
};

const READY_WITHIN: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Seconds from the start of the process until it was ready.
#[derive(Clone, Debug, Default)]
pub(super) struct Restarts {
    /// Each service with its store, as it left it.
    pub(super) services: Vec<(Service, Duration)>,
    /// The router without a store: everything is folded again.
    pub(super) rebuilt: Duration,
    /// The broker after `kill -9`.
    pub(super) broker: Duration,
    /// From there until all services were ready again.
    pub(super) all: Duration,
}

pub(super) async fn measure(rig: &mut Rig, out: &Output) -> anyhow::Result<Restarts> {
    let mut restarts = Restarts::default();
    for index in 0..rig.services.len() {
        let took = restart(rig, index, false).await?;
        restarts.services.push((rig.settings[index].service, took));
    }
    out.say("restart: the router without its store, then the broker");
    let mut settings = rig.settings.iter();
    let router = settings.position(|one| one.service == Service::Router);
    restarts.rebuilt = restart(rig, router.context("there is a router")?, true).await?;
    rig.broker.kill().await;
    let began = Instant::now();
    rig.broker = start_broker(&rig.broker_config)?;
    broker_ready(&mut rig.broker, &rig.broker_config, BROKER_WITHIN).await?;
    restarts.broker = began.elapsed();
    let began = Instant::now();
    for index in 0..rig.services.len() {
        ready(&rig.settings[index].admin, &mut rig.services[index]).await?;
    }
    restarts.all = began.elapsed();
    Ok(restarts)
}

async fn restart(rig: &mut Rig, index: usize, forget: bool) -> anyhow::Result<Duration> {
    rig.services[index].terminate();
    rig.services[index].ended_within(STOP_WITHIN).await;
    let settings = &rig.settings[index];
    if forget {
        let store = settings.data_dir.join(settings.service.name());
        fs::remove_dir_all(store).context("the store cannot be deleted")?;
    }
    let began = Instant::now();
    rig.services[index] = start_service(settings)?;
    ready(&settings.admin, &mut rig.services[index]).await?;
    Ok(began.elapsed())
}

/// Waits until a service is ready: every partition has an owner that is up to date.
pub(in crate::bench) async fn ready(admin: &str, child: &mut Child) -> anyhow::Result<()> {
    let began = Instant::now();
    while !admin::readiness(admin).await.is_some_and(|it| it.ready) {
        if let Some(status) = child.ended() {
            let (name, words) = (&child.name, child.last_lines());
            anyhow::bail!("{name} ended before it was ready ({status}): {words}");
        }
        let words = "a service is not ready";
        anyhow::ensure!(began.elapsed() < READY_WITHIN, "{words} at {admin}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
