//! How long partitions are without an owner that answers when a replica ends or is killed.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use redress_wire::{
    Service,
    ops::{GetStatusRequest, ops_client::OpsClient},
};
use tonic::transport::{Channel, Endpoint};

use crate::{
    bench::rig::{Replica, Rig},
    percentile::{Sorted, Times},
    up::STOP_WITHIN,
};

/// Of each kind.
pub(super) const MOVES: usize = 8;
/// Whose replicas end: the service with the largest rows.
const SERVICE: Service = Service::Router;
const MOVED_WITHIN: Duration = Duration::from_secs(30);
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
            waited.add(until_without(&channel, &leaving, MOVED_WITHIN).await?);
            planned.add(began.elapsed());
        } else {
            replica.child.kill().await;
            until_without(&channel, &leaving, LOOK).await?;
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

/// Until every partition is answered for, and by somebody else. Gives how long the slowest answer
/// took.
async fn until_without(
    channel: &Channel,
    leaving: &str,
    patience: Duration,
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        let owners = owners(channel, patience).await;
        slowest = slowest.max(asked.elapsed());
        if owners.is_some_and(|owners| owners.iter().all(|owner| owner != leaving)) {
            return Ok(slowest);
        }
        let words = "the partitions of a replica that left have no owner";
        anyhow::ensure!(began.elapsed() < MOVED_WITHIN, words);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
