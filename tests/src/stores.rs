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
/// Nothing may be submitted meanwhile; what timers write is waited out.
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
    for live in settled(platform, C::SERVICE).await {
        let rebuilt = rebuild::<C, _>(log, live.partition, live.consumed).await;
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

/// The service's partitions, once they stand still.
pub async fn settled(platform: &Platform, service: Service) -> Vec<PartitionStatus> {
    let mut before: Vec<PartitionStatus> = Vec::new();
    eventually(
        "the partitions to stand still",
        Duration::from_secs(60),
        async || {
            let now = status(platform, service).await?;
            let still = !now.is_empty() && now == before;
            before.clone_from(&now);
            still.then_some(now)
        },
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
    let mut partitions = answer.into_inner().partitions;
    for partition in &mut partitions {
        // Rows go to the store while nothing happens; that is no change of state.
        partition.rows_unflushed = 0;
    }
    Some(partitions)
}
