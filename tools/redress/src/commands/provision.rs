//! `redress provision`.

use std::time::Duration;

use redress_log_nats::{Provisioning, check_provisioned, provision};
use serde_json::json;

use super::Ending;
use crate::{
    args::{Global, ProvisionArgs},
    broker::{reach, shown},
    output::Output,
};

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
    };
    provision(&broker, &wanted).await?;
    check_provisioned(&broker).await?;
    let at = shown(global.nats.url());
    if out.json {
        out.object(&json!({"provisioned": true, "nats": at, "replicas": wanted.replicas}))?;
    } else {
        out.line(&format!(
            "{at}: {}",
            out.pick("streams and buckets are there", "流与存储桶已就绪")
        ))?;
    }
    Ok(Ending::Fine)
}
