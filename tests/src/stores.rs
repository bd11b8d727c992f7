//! Compares what services keep with what the log alone gives.

use std::{path::Path, time::Duration};

use redress_analytics::AnalyticsCore;
use redress_intake::IntakeCore;
use redress_log::EventLog;
use redress_notifier::NotifierCore;
use redress_router::RouterCore;
use redress_runtime::{Core, rebuild};
use redress_sla_monitor::SlaMonitorCore;
use redress_store::state_hash;
use redress_testkit::eventually;
use redress_wire::{
    Service,
    ops::{GetStatusRequest, PartitionStatus, ops_client::OpsClient},
};

use tonic::transport::Channel;

use crate::platform::Platform;

/// Compares all rows of all services with a replay; gives what differs.
///
/// Each partition is rebuilt to exactly the place that it stood at when it was asked, so the
/// platform may go on meanwhile.
///
/// # Panics
/// If a service does not answer.
pub async fn compare(platform: &Platform) -> Vec<String> {
    compare_at(&platform.broker().log(), &|service| {
        platform.channel(service)
    })
    .await
}

/// The same for services that are reached by these channels.
///
/// # Panics
/// If a service does not answer.
pub async fn compare_at(log: &impl EventLog, channel: &dyn Fn(Service) -> Channel) -> Vec<String> {
    let mut differ = Vec::new();
    differ.extend(compare_one::<IntakeCore>(channel, log).await);
    differ.extend(compare_one::<RouterCore>(channel, log).await);
    differ.extend(compare_one::<SlaMonitorCore>(channel, log).await);
    differ.extend(compare_one::<NotifierCore>(channel, log).await);
    differ.extend(compare_one::<AnalyticsCore>(channel, log).await);
    differ
}

async fn compare_one<C: Core>(
    channel: &dyn Fn(Service) -> Channel,
    log: &impl EventLog,
) -> Vec<String> {
    let mut differ = Vec::new();
    for live in snapshot(&channel(C::SERVICE), C::SERVICE).await {
        let place = (live.own_sequence, live.consumed);
        let rebuilt = rebuild::<C, _>(log, live.partition, place.0, place.1).await;
        let rebuilt = match rebuilt {
            Ok(rebuilt) => rebuilt,
            Err(fault) => {
                differ.push(format!("{} {}: {fault}", C::SERVICE, live.partition));
                continue;
            }
        };
        let hash = state_hash(&rebuilt.rows).expect("rows in memory");
        if hash.as_slice() != live.state_hash || rebuilt.head.sequence != live.own_sequence {
            differ.push(format!(
                "{} partition {}: live rows (at {}) differ from a replay (at {})",
                C::SERVICE,
                live.partition,
                live.own_sequence,
                rebuilt.head.sequence
            ));
        }
    }
    differ
}

/// Where the service's partitions stand, and the hash of their rows there.
async fn snapshot(channel: &Channel, service: Service) -> Vec<PartitionStatus> {
    let what = format!("the partitions of {service} to answer");
    let within = Duration::from_mins(1);
    eventually(&what, within, async || status(channel.clone(), true).await).await
}

/// Where a service's partitions stand; `None` while one of them has no owner.
pub async fn status(channel: Channel, with_state_hash: bool) -> Option<Vec<PartitionStatus>> {
    let request = GetStatusRequest { with_state_hash };
    let answer = OpsClient::new(channel).get_status(request).await.ok()?;
    Some(answer.into_inner().partitions)
}

/// Flips bytes all over the largest file of a store.
///
/// # Panics
/// If there is none.
pub fn damage(store: &Path) {
    let mut files = Vec::new();
    let mut folders = vec![store.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a store") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.metadata().expect("a file").len(), path));
            }
        }
    }
    let (_, largest) = files.into_iter().max().expect("a file in the store");
    let mut bytes = std::fs::read(&largest).expect("a readable file");
    for byte in bytes.iter_mut().step_by(997) {
        *byte ^= 0xff;
    }
    std::fs::write(largest, bytes).expect("a writable file");
}
