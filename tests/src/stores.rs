//! Compares what services keep with what the log alone gives.

use std::time::Duration;

use redress_analytics::AnalyticsCore;
use redress_intake::IntakeCore;
use redress_log_nats::NatsLog;
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

use crate::platform::Platform;

/// Compares all rows of all services with a replay; gives what differs.
///
/// Each partition is rebuilt to exactly the place that it stood at when it was asked, so the
/// platform may go on meanwhile.
///
/// # Panics
/// If a service does not answer.
pub async fn compare(platform: &Platform) -> Vec<String> {
    let log = platform.broker().log();
    let mut differ = Vec::new();
    differ.extend(compare_one::<IntakeCore>(platform, &log).await);
    differ.extend(compare_one::<RouterCore>(platform, &log).await);
    differ.extend(compare_one::<SlaMonitorCore>(platform, &log).await);
    differ.extend(compare_one::<NotifierCore>(platform, &log).await);
    differ.extend(compare_one::<AnalyticsCore>(platform, &log).await);
    differ
}

async fn compare_one<C: Core>(platform: &Platform, log: &NatsLog) -> Vec<String> {
    let mut differ = Vec::new();
    for live in snapshot(platform, C::SERVICE).await {
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
async fn snapshot(platform: &Platform, service: Service) -> Vec<PartitionStatus> {
    eventually(
        "the partitions to answer",
        Duration::from_mins(1),
        async || status(platform, service).await,
    )
    .await
}

async fn status(platform: &Platform, service: Service) -> Option<Vec<PartitionStatus>> {
    let mut ops = OpsClient::new(platform.channel(service));
    let answer = ops
        .get_status(GetStatusRequest {
            with_state_hash: true,
        })
        .await
        .ok()?;
    Some(answer.into_inner().partitions)
}
