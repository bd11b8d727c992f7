//! `redress provision`.

use std::time::Duration;

use anyhow::{Context as _, bail};
use redress_log::{EventLog as _, Installation as _};
use redress_log_nats::{Broker, Provisioning, check_provisioned, provision};
use redress_wire::names;
use serde_json::json;

use super::Ending;
use crate::{
    args::{Global, ProvisionArgs},
    broker::{reach, shown},
    output::Output,
};

/// What a service takes when nobody fixed a number: see `redress-service`.
pub(crate) const PARTITIONS: u32 = 8;

pub(crate) async fn run(
    args: &ProvisionArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let broker = reach(&global.nats, Duration::from_secs(args.wait.max(1))).await?;
    let wanted = Provisioning {
        replicas: args.replicas.parse()?,
        log_max_bytes: args.log_max_bytes,
        inbox_max_bytes: args.inbox_max_bytes,
        streams: args.streams,
        partitions: Some(args.partitions.unwrap_or(PARTITIONS)),
    };
    provision(&broker, &wanted).await?;
    check_provisioned(&broker).await?;
    let streams = broker.log().streams().await?;
    let partitions = fix_partitions(&broker, args.partitions).await?;
    let at = shown(global.nats.url());
    if out.json {
        out.object(&json!({
            "provisioned": true,
            "nats": at,
            "replicas": wanted.replicas,
            "partitions": partitions,
            "streams": streams.count(),
        }))?;
    } else {
        out.line(&format!(
            "{at}: {} ({partitions} {}, {streams} {})",
            out.pick("streams and buckets are there", "流与存储桶已就绪"),
            out.pick("partitions", "个分区"),
            out.pick("stream(s) of the log", "个日志流"),
        ))?;
    }
    Ok(Ending::Fine)
}

/// Fixes the number of partitions, or reads the one that was fixed before.
async fn fix_partitions(broker: &Broker, wanted: Option<u32>) -> anyhow::Result<u32> {
    let asked = wanted.unwrap_or(PARTITIONS);
    let fixed = broker
        .installation()
        .fix(names::PARTITIONS_KEY, &asked.to_string())
        .await
        .context("the number of partitions cannot be fixed")?;
    let partitions = fixed
        .parse()
        .with_context(|| format!("the number of partitions reads {fixed:?}"))?;
    if wanted.is_some_and(|wanted| wanted != partitions) {
        bail!(
            "this installation has {partitions} partitions, fixed when it was provisioned first: \
             {asked} is refused; leave --partitions and REDRESS_PARTITIONS out or set {partitions}"
        );
    }
    Ok(partitions)
}
