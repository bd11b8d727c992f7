use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use redress_host::{Host, Lifecycle, Phase, Readiness};
use redress_log::Installation as _;
use redress_log_nats::{Broker, ConnectOptions, connect, wait_until_provisioned};
use redress_wire::names;

use crate::ServiceArgs;

/// How often the broker is looked at again.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// Waits for the broker and for its streams; the process is not ready meanwhile and says so.
pub(crate) async fn wait_for<X: Args + Clone>(
    host: &Host<ServiceArgs<X>>,
    member: &str,
) -> anyhow::Result<Broker> {
    let shared = &host.settings.shared;
    let waiting = format!("waiting for the broker at {}", shared.nats_url);
    host.readiness.set("broker", Err(waiting));
    let runtime = &host.settings.own.runtime;
    let service = host.profile.service;
    let options = ConnectOptions {
        creds: shared.nats_creds.clone(),
        user: shared.nats_user.clone(),
        password: shared
            .nats_password
            .as_ref()
            .map(|secret| secret.expose().to_owned()),
        ca: shared.nats_ca.clone(),
        name: format!("{service} {member}"),
        inbox_prefix: Some(format!("_INBOX_{service}")),
        monitor_url: runtime.nats_monitor_url.clone(),
        lease: Duration::from_secs(runtime.lease_seconds),
        ..ConnectOptions::new(shared.nats_url.clone())
    };
    let broker = connect(&options)
        .await
        .with_context(|| format!("{} is refused", shared.nats_url))?;
    let missing = "the broker has no Redress streams yet; run `redress provision`";
    host.readiness.set("broker", Err(missing.to_owned()));
    wait_until_provisioned(&broker)
        .await
        .context("the broker's streams cannot be used")?;
    Ok(broker)
}

/// Keeps the readiness note about the broker true: connected, and durable as promised.
pub(crate) fn keep_watch(
    lifecycle: &Lifecycle,
    readiness: &Readiness,
    broker: &Broker,
    tolerate_no_sync: bool,
) {
    let (readiness, broker) = (readiness.clone(), broker.clone());
    lifecycle.spawn(Phase::Watch, "broker watcher", move |stop| async move {
        loop {
            let state = if !broker.is_connected() {
                Err("not connected; the client keeps trying".to_owned())
            } else if tolerate_no_sync {
                Ok(())
            } else {
                broker.check().await.map_err(|fault| fault.to_string())
            };
            let pause = if state.is_ok() {
                CHECK_EVERY
            } else {
                CHECK_EVERY / 10
            };
            readiness.set("broker", state);
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}

/// The installation's number of partitions: fixed once, checked at every start.
pub(crate) async fn partitions(broker: &Broker, wanted: Option<u32>) -> anyhow::Result<u32> {
    let fixed = fixed_partitions(broker, wanted).await?;
    let partitions = fixed
        .parse()
        .with_context(|| format!("the installation's number of partitions reads {fixed:?}"))?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != partitions) {
        bail!(
            "REDRESS_PARTITIONS is {wanted}, but this installation has {partitions} partitions, \
             fixed at its first start; remove the setting or set it to {partitions}"
        );
    }
    Ok(partitions)
}

/// `redress provision` fixes the number. Without it, as on a laptop, the first service does; where
/// accounts are kept apart it may not, and only reads.
async fn fixed_partitions(broker: &Broker, wanted: Option<u32>) -> anyhow::Result<String> {
    /// For up to 8 replicas of a service. On one machine answers at 1,000 complaints/s were faster
    /// with 8 (p99 24 ms) than with 16 (p99 32 ms): a round writes fewer blocks.
    const DEFAULT: u32 = 8;
    let (installation, key) = (broker.installation(), names::PARTITIONS_KEY);
    let unreadable = "the installation's number of partitions cannot be read";
    if let Some(fixed) = installation.fact(key).await.context(unreadable)? {
        return Ok(fixed);
    }
    let asked = wanted.unwrap_or(DEFAULT).to_string();
    let refused = match installation.fix(key, &asked).await {
        Ok(fixed) => return Ok(fixed),
        Err(refused) => refused,
    };
    // Who may not write is told nothing, for seconds: time in which another may have fixed it.
    installation
        .fact(key)
        .await
        .context(unreadable)?
        .with_context(|| {
            format!(
                "the installation's number of partitions is not fixed, and cannot be by this user: \
             run `redress provision` ({refused})"
            )
        })
}
