//! How long partitions are without an owner that answers when a replica ends or is killed.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use redress_wire::{
    Service,
    ops::{GetStatusRequest, ops_client::OpsClient},
};
use tonic::transport::{Channel, Endpoint};

use super::restart::ready;
use crate::{
    bench::rig::{Replica, Rig},
    commands::provision,
    percentile::{Sorted, Times},
    up::{STOP_WITHIN, start_service},
};

/// Of each kind.
pub(super) const MOVES: usize = 8;
/// Whose replicas end: the service with the largest rows.
const SERVICE: Service = Service::Router;
const MOVED_WITHIN: Duration = Duration::from_secs(30);
/// All partitions are folded from the beginning of the log.
const WARM_WITHIN: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// A look that takes longer is given up for the next one, where nobody answers for a while.
const LOOK: Duration = Duration::from_millis(250);

/// How long moves took.
#[derive(Clone, Debug)]
pub(super) struct Moves {
    /// From SIGTERM until every partition was answered for by others. Who leaves answers until
    /// those who come have caught up.
    pub(super) planned: Sorted,
    /// The slowest answer meanwhile to a question that goes to all partitions.
    pub(super) waited: Sorted,
    /// From `kill -9` until every partition was answered for by others.
    pub(super) killed: Sorted,
}

impl Default for Moves {
    fn default() -> Self {
        Self {
            planned: Times::default().sorted(),
            waited: Times::default().sorted(),
            killed: Times::default().sorted(),
        }
    }
}

/// Moves to and from a router that stood by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoodBy {
    /// From `kill -9` of the other one until it answered for every partition.
    pub(super) killed: Duration,
    /// The slowest answer while it left in good order.
    pub(super) waited: Duration,
}

pub(super) async fn measure(rig: &mut Rig) -> anyhow::Result<Moves> {
    let (mut planned, mut waited, mut killed) =
        (Times::default(), Times::default(), Times::default());
    for turn in 0..2 * MOVES {
        let at = rig.replicas.iter().position(|one| one.service == SERVICE);
        let mut replica = rig.replicas.remove(at.context("there is a second router")?);
        let channel = Endpoint::from_shared(format!("http://{}", rig.at.grpc(SERVICE)))?;
        let channel = channel.connect_lazy();
        let leaving = owner_at(&replica).await?;
        let began = Instant::now();
        if turn % 2 == 0 {
            replica.child.terminate();
            waited.add(until(&channel, MOVED_WITHIN, |owner| owner != leaving).await?);
            planned.add(began.elapsed());
        } else {
            replica.child.kill().await;
            until(&channel, LOOK, |owner| owner != leaving).await?;
            killed.add(began.elapsed());
        }
        replica.child.ended_within(STOP_WITHIN).await;
        rig.scale(SERVICE, 2).await?;
    }
    Ok(Moves {
        planned: planned.sorted(),
        waited: waited.sorted(),
        killed: killed.sorted(),
    })
}

/// Kills a router that another one stands by for, starts it again, and lets the other one end.
pub(super) async fn stood_by(rig: &mut Rig) -> anyhow::Result<StoodBy> {
    let standby = [("REDRESS_STANDBY", "true".to_owned())];
    rig.scale_with(SERVICE, 2, &standby).await?;
    let at = rig.replicas.iter().position(|one| one.service == SERVICE);
    let mut replica = rig.replicas.remove(at.context("there is a second router")?);
    until_warm(&replica).await?;
    let first = rig.settings.iter().position(|one| one.service == SERVICE);
    let first = first.context("there is a router")?;
    let channel = Endpoint::from_shared(format!("http://{}", replica.settings.grpc))?;
    let began = Instant::now();
    rig.services[first].kill().await;
    let is_replica = |owner: &str| owner.starts_with(&replica.name);
    until(&channel.connect_lazy(), LOOK, is_replica).await?;
    let killed = began.elapsed();
    rig.services[first] = start_service(&rig.settings[first])?;
    ready(&rig.settings[first].admin, &mut rig.services[first]).await?;
    let channel = Endpoint::from_shared(format!("http://{}", rig.at.grpc(SERVICE)))?;
    replica.child.terminate();
    let others = |owner: &str| !is_replica(owner);
    let waited = until(&channel.connect_lazy(), MOVED_WITHIN, others).await?;
    replica.child.ended_within(STOP_WITHIN).await;
    Ok(StoodBy { killed, waited })
}

/// Waits until a replica owns or has caught up with every partition.
async fn until_warm(replica: &Replica) -> anyhow::Result<()> {
    let partitions = f64::from(provision::PARTITIONS);
    let began = Instant::now();
    loop {
        let page = crate::admin::metrics(&replica.settings.admin).await;
        let page = page.unwrap_or_default();
        let figure = |name: &str| page.get(name).copied().unwrap_or_default();
        if figure("redress_owned_partitions") + figure("redress_standby_partitions") >= partitions {
            return Ok(());
        }
        let words = "a standby did not catch up";
        anyhow::ensure!(began.elapsed() < WARM_WITHIN, words);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Owners of all partitions, as they answer when a replica asks them.
async fn owners(channel: &Channel, patience: Duration) -> Option<Vec<String>> {
    let mut client = OpsClient::new(channel.clone());
    let request = GetStatusRequest {
        with_state_hash: false,
    };
    let look = tokio::time::timeout(patience, client.get_status(request)).await;
    let partitions = look.ok()?.ok()?.into_inner().partitions;
    Some(partitions.into_iter().map(|one| one.owner).collect())
}

/// The member that a replica is: the owner that is no owner at the other one's.
async fn owner_at(replica: &Replica) -> anyhow::Result<String> {
    let began = Instant::now();
    loop {
        let page = crate::admin::metrics(&replica.settings.admin).await;
        let owned = page
            .unwrap_or_default()
            .get("redress_owned_partitions")
            .copied();
        let channel = Endpoint::from_shared(format!("http://{}", replica.settings.grpc))?;
        if owned.unwrap_or_default() > 0.0
            && let Some(owners) = owners(&channel.connect_lazy(), LOOK).await
            && let Some(owner) = owners
                .into_iter()
                .find(|owner| owner.starts_with(&replica.name))
        {
            return Ok(owner);
        }
        let words = "a new replica got no partitions";
        anyhow::ensure!(began.elapsed() < MOVED_WITHIN, words);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Until every partition is answered for, and by those that are meant. Gives how long the slowest
/// answer took.
async fn until(
    channel: &Channel,
    patience: Duration,
    are_meant: impl Fn(&str) -> bool,
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        let owners = owners(channel, patience).await;
        slowest = slowest.max(asked.elapsed());
        if owners.is_some_and(|owners| owners.iter().all(|owner| are_meant(owner))) {
            return Ok(slowest);
        }
        let words = "the partitions of a replica that left have no owner";
        anyhow::ensure!(began.elapsed() < MOVED_WITHIN, words);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
