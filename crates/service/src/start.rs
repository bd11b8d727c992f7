use std::{fmt, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use redress_host::{
    Host, Phase, Profile, RuntimeMetrics,
    policy_dir::{Files, PolicyReceiver},
};
use redress_log_archive::{Archive, Archived};
use redress_log_nats::{Broker, LogOptions, NatsLog, NatsPeers};
use redress_runtime::{Core, Handle, Pace, Parts, Processor};
use redress_store::Store;
use tokio::sync::mpsc;
use tonic::service::Routes;

use crate::{ServiceArgs, args::Fence, broker, feed, ops, seat, store};

#[cfg(debug_assertions)]
use crate::controls::Leases;
#[cfg(not(debug_assertions))]
use redress_log_nats::NatsMembership as Leases;

/// What a service builds its doors and senders from.
pub struct Wired<C: Core, X: Args> {
    /// Settings, lifecycle, metrics, clock.
    pub host: Host<ServiceArgs<X>>,
    /// Reaches the owner of any partition.
    pub handle: Handle<C, NatsPeers>,
    /// Work in the outside world, by partition.
    pub effects: mpsc::UnboundedReceiver<(u32, C::Effect)>,
    /// The broker.
    pub broker: Broker,
    /// The log, with what was trimmed off it if that is at hand.
    pub log: Archived<NatsLog>,
    /// The rules in force.
    pub rules: PolicyReceiver<C::Rules>,
}

/// Runs a service until it is told to stop.
///
/// `parse` makes the rules from the policy's files; `doors` gives the service's gRPC routes and
/// spawns its other tasks on the lifecycle.
pub fn run<C, X, E, F>(
    profile: Profile,
    pace: Pace,
    parse: fn(&Files) -> Result<C::Rules, E>,
    doors: F,
) -> ExitCode
where
    C: Core,
    X: Args + Clone + Send + Sync + 'static,
    E: fmt::Display + 'static,
    F: AsyncFnOnce(Wired<C, X>) -> anyhow::Result<Routes>,
{
    redress_host::run(profile, async move |host: Host<ServiceArgs<X>>| {
        start(host, pace, parse, doors).await
    })
}

async fn start<C, X, E, F>(
    host: Host<ServiceArgs<X>>,
    pace: Pace,
    parse: fn(&Files) -> Result<C::Rules, E>,
    doors: F,
) -> anyhow::Result<()>
where
    C: Core,
    X: Args + Clone + Send + Sync + 'static,
    E: fmt::Display + 'static,
    F: AsyncFnOnce(Wired<C, X>) -> anyhow::Result<Routes>,
{
    host.readiness.expect(&["broker", "partitions"]);
    #[cfg(debug_assertions)]
    crate::controls::begin(&host.settings.own.runtime);
    let rules = host.watch_policy(parse)?;
    let store = store::open(&host).await?;
    let member = member_id(host.settings.shared.instance.as_deref());
    let broker = broker::wait_for(&host, &member).await?;
    let shared = &host.settings.shared;
    let partitions = broker::partitions(&broker, shared.partitions).await?;
    broker::keep_watch(
        &host.lifecycle,
        &host.readiness,
        &broker,
        shared.tolerate_no_sync,
    );
    let log = log(&host, &broker).await?;
    let parts = parts(
        &host,
        pace,
        &broker,
        log.clone(),
        store,
        member,
        partitions,
        rules.clone(),
    );
    let mut processor = Processor::start(parts)
        .await
        .context("the service cannot take part")?;
    let handle = processor.handle.clone();
    let effects = processor.take_effects();
    keep_running(&host, processor);
    wait_for_partitions(&host, &handle);
    feed::start(&host, &broker, &handle);
    let ops = ops::routes(handle.clone());
    let wired = Wired {
        host: host.clone(),
        handle,
        effects,
        broker,
        log,
        rules,
    };
    let routes = doors(wired).await?;
    let routes = ops.add_to(routes);
    host.serve_grpc(routes, redress_wire::FILE_DESCRIPTOR_SET)
        .await?;
    Ok(())
}

/// The log, together with the archive of what was trimmed if one is set.
async fn log<X: Args + Clone>(
    host: &Host<ServiceArgs<X>>,
    broker: &Broker,
) -> anyhow::Result<Archived<NatsLog>> {
    let runtime = &host.settings.own.runtime;
    let fence = runtime.test_fence == Fence::On;
    let log = broker.log_with(LogOptions {
        fence,
        ..LogOptions::default()
    });
    let archive = match runtime.log_archive.clone() {
        None => Archive::default(),
        Some(folder) => tokio::task::spawn_blocking(move || Archive::open(&folder))
            .await
            .context("opening the archive panicked")?
            .map_err(|fault| host.settings.wrong("log_archive", fault.to_string()))?,
    };
    Ok(Archived::new(log, archive))
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of a processor, put together once"
)]
fn parts<C: Core, X: Args + Clone>(
    host: &Host<ServiceArgs<X>>,
    pace: Pace,
    broker: &Broker,
    log: Archived<NatsLog>,
    store: Arc<dyn Store>,
    member: String,
    partitions: u32,
    rules: PolicyReceiver<C::Rules>,
) -> Parts<C, Archived<NatsLog>, Leases, NatsPeers> {
    let runtime = &host.settings.own.runtime;
    let membership = broker.members();
    #[cfg(debug_assertions)]
    let membership = Leases::of(runtime, &member, membership);
    let linger = host
        .settings
        .shared
        .linger_ms
        .map(|ms| Duration::from_millis(ms.into()));
    Parts {
        log,
        membership,
        peers: broker.peers(),
        store,
        member,
        seat: seat::of(
            &host.settings.store_dir(),
            host.settings.shared.instance.as_deref(),
        ),
        stands_by: runtime.standby,
        partitions,
        rules,
        clock: host.clock.clone(),
        metrics: RuntimeMetrics::register(&host.metrics),
        pace: Pace {
            linger: linger.unwrap_or(pace.linger),
            change_linger: linger.map_or(pace.change_linger, |set| pace.change_linger.min(set)),
            ..pace
        },
        renew_every: Duration::from_secs(runtime.lease_seconds) / 3,
    }
}

fn keep_running<C: Core, X: Args + Clone>(
    host: &Host<ServiceArgs<X>>,
    mut processor: Processor<C, NatsPeers>,
) {
    host.lifecycle
        .spawn(Phase::Work, "processor", move |stop| async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = processor.failed() => anyhow::bail!("the processor ended by itself"),
            }
            processor.stop().await;
            Ok(())
        });
}

/// A new id at every start: leases of an earlier life are not this one's.
fn member_id(instance: Option<&str>) -> String {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    instance.map_or_else(|| unique.clone(), |name| format!("{name}-{unique}"))
}

/// How often a ready replica looks whether all partitions still have owners.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How soon it looks again after it has waited for owners in vain: work waits for it.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Ready once every partition has an owner that is up to date, here or elsewhere.
fn wait_for_partitions<C: Core, X: Args + Clone + Send + Sync + 'static>(
    host: &Host<ServiceArgs<X>>,
    handle: &Handle<C, NatsPeers>,
) {
    let (readiness, handle) = (host.readiness.clone(), handle.clone());
    readiness.set(
        "partitions",
        Err("partitions are being taken over".to_owned()),
    );
    host.lifecycle
        .spawn(Phase::Watch, "partitions", move |stop| async move {
            loop {
                let state = tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    state = handle.status(false) => state,
                };
                if let Some(why) = handle.too_old() {
                    readiness.set("release", Err(why));
                }
                let pause = if state.is_ok() {
                    LOOK_EVERY
                } else {
                    LOOK_AGAIN
                };
                readiness.set(
                    "partitions",
                    state.map(drop).map_err(|refusal| refusal.message),
                );
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = tokio::time::sleep(pause) => {}
                }
            }
        });
}
