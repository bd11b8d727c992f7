//! Fresh snapshots of every service and partition.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, bail};
use redress_log::{EventLog, Snapshots as _};
use redress_runtime::check_snapshot;
use redress_wire::{
    Service,
    log::Snapshot,
    ops::{MakeSnapshotsRequest, PartitionStatus},
};
use tokio::time::{Instant, sleep};

use crate::{clients::Clients, output::Output};

/// The newest snapshot of each service and partition that has rows.
pub(crate) type Newest = BTreeMap<(Service, u32), Snapshot>;

/// Between two looks for a snapshot.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Has every service make snapshots of all partitions, and waits until each is there.
///
/// # Errors
/// A service does not answer, or a snapshot does not come in time.
pub(crate) async fn fresh(
    log: &impl EventLog,
    clients: &Clients,
    within: Duration,
    out: &Output,
) -> anyhow::Result<Newest> {
    let mut wanted = Vec::new();
    for service in Service::ALL {
        let made = clients.ops(service)?;
        let made = made.clone().make_snapshots(MakeSnapshotsRequest {}).await;
        let made = made.map_err(|status| clients.explain(service, &status))?;
        let places = made.into_inner().partitions.into_iter();
        wanted.extend(places.map(|place| (service, place)));
    }
    out.say(out.pick("snapshots are being made", "正在生成快照"));
    let until = Instant::now() + within;
    let mut newest = Newest::new();
    for (service, place) in wanted {
        if place.own_sequence == 0 && place.consumed == 0 {
            continue;
        }
        let snapshot = wait_for(log, service, &place, until).await?;
        newest.insert((service, place.partition), snapshot);
    }
    Ok(newest)
}

async fn wait_for(
    log: &impl EventLog,
    service: Service,
    place: &PartitionStatus,
    until: Instant,
) -> anyhow::Result<Snapshot> {
    loop {
        let newest = log.snapshots().newest(service, place.partition).await;
        let newest = newest.context("the snapshots cannot be read: run `redress provision`")?;
        let covers = |newest: &Snapshot| {
            newest.own_sequence >= place.own_sequence && newest.consumed >= place.consumed
        };
        if let Some((_, newest)) = newest.filter(|(_, newest)| covers(newest)) {
            return Ok(newest);
        }
        if Instant::now() >= until {
            bail!(
                "{service} has made no snapshot of partition {} in time: see what it logs, and try \
                 again, with more --wait if there are many rows; nothing was taken off",
                place.partition
            );
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Reads all of them from beginning to end.
///
/// # Errors
/// One is not whole, or not what was written.
pub(crate) async fn check(
    log: &impl EventLog,
    newest: &Newest,
    out: &Output,
) -> anyhow::Result<()> {
    out.say(out.pick("snapshots are read back", "正在校验快照"));
    for ((service, partition), snapshot) in newest {
        let checked = check_snapshot(log, *service, *partition, snapshot).await;
        if let Err(fault) = checked {
            bail!(
                "{service}'s snapshot of partition {partition} is of no use: {fault}; nothing was \
                 taken off"
            );
        }
    }
    Ok(())
}
