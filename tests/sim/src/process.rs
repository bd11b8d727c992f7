//! A replica of a service: the real core and the real runtime, over the misbehaving ports.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use redress_analytics::AnalyticsCore;
use redress_host::{Clock, Metrics, RuntimeMetrics, policy_dir::PolicyReceiver};
use redress_intake::IntakeCore;
use redress_notifier::NotifierCore;
use redress_router::RouterCore;
use redress_runtime::{Core, FeedParts, Handle, Pace, Parts, Processor, Tasks, publish_feed};
use redress_sla_monitor::SlaMonitorCore;
use redress_wire::{Service, peer::Status};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::{
    broker::{LEASE, SimFeed, SimLog, SimPeers},
    doors,
    house::Policies,
    model::Promise,
    outside,
    scheduler::Owner,
    store::SimStore,
    world::World,
};

/// A core as a process runs it.
pub(crate) trait Simulated: Core {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules>;
    fn pace() -> Pace;
    fn reach(handle: Handle<Self, SimPeers>) -> Reach;

    /// Starts what the service runs besides its processor.
    fn besides(
        _at: &Place,
        _handle: Handle<Self, SimPeers>,
        _effects: mpsc::UnboundedReceiver<(u32, Self::Effect)>,
    ) {
    }
}

/// Reaches a service through one of its replicas.
#[derive(Clone)]
pub(crate) enum Reach {
    Intake(Handle<IntakeCore, SimPeers>),
    Router(Handle<RouterCore, SimPeers>),
    SlaMonitor(Handle<SlaMonitorCore, SimPeers>),
    Notifier(Handle<NotifierCore, SimPeers>),
    Analytics(Handle<AnalyticsCore, SimPeers>),
}

impl Reach {
    /// Where every partition stands.
    pub(crate) async fn status(&self, with_hash: bool) -> Result<Vec<Status>, String> {
        let status = match self {
            Self::Intake(handle) => handle.status(with_hash).await,
            Self::Router(handle) => handle.status(with_hash).await,
            Self::SlaMonitor(handle) => handle.status(with_hash).await,
            Self::Notifier(handle) => handle.status(with_hash).await,
            Self::Analytics(handle) => handle.status(with_hash).await,
        };
        status.map_err(|refusal| refusal.message)
    }

    /// Has snapshots made of every partition.
    pub(crate) async fn snapshot(&self) -> Result<Vec<Status>, String> {
        let wanted = match self {
            Self::Intake(handle) => handle.snapshot().await,
            Self::Router(handle) => handle.snapshot().await,
            Self::SlaMonitor(handle) => handle.snapshot().await,
            Self::Notifier(handle) => handle.snapshot().await,
            Self::Analytics(handle) => handle.snapshot().await,
        };
        wanted.map_err(|refusal| refusal.message)
    }
}

/// Does something with the core of a service.
macro_rules! with_core {
    ($service:expr, $core:ident => $work:expr) => {
        match $service {
            Service::Intake => {
                type $core = redress_intake::IntakeCore;
                $work
            }
            Service::Router => {
                type $core = redress_router::RouterCore;
                $work
            }
            Service::SlaMonitor => {
                type $core = redress_sla_monitor::SlaMonitorCore;
                $work
            }
            Service::Notifier => {
                type $core = redress_notifier::NotifierCore;
                $work
            }
            Service::Analytics => {
                type $core = redress_analytics::AnalyticsCore;
                $work
            }
        }
    };
}
pub(crate) use with_core;

/// Whose blocks a service reads.
pub(crate) fn reads(service: Service) -> &'static [Service] {
    with_core!(service, C => C::READS)
}

/// Where a process runs.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) world: World,
    pub(crate) owner: Owner,
    pub(crate) service: Service,
    pub(crate) replica: usize,
    pub(crate) member: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stop: CancellationToken,
}

impl Place {
    /// Runs a task of this process.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.world.scheduler.spawn(self.owner, work);
    }
}

/// The life of a process, until it is told to stop.
pub(crate) async fn live<C: Simulated>(at: Place, store: SimStore, stop: oneshot::Receiver<()>) {
    let tasks = at.world.scheduler.tasks_of(at.owner);
    let mut processor = loop {
        match Processor::<C, _>::start_on(parts(&at, &store), tasks.clone()).await {
            Ok(processor) => break processor,
            Err(_) => sleep(Duration::from_millis(200)).await,
        }
    };
    at.world.opened(&at, C::reach(processor.handle.clone()));
    if C::DECIDES {
        at.spawn(publish_feed(
            feed(&at, &processor.handle, tasks),
            at.stop.clone(),
        ));
    }
    C::besides(&at, processor.handle.clone(), processor.take_effects());
    tokio::select! {
        biased;
        _ = stop => {}
        () = processor.failed() => {
            at.world.model.accuse(Promise::Sound, format!("{} ended by itself", at.member));
        }
    }
    at.world.closed(at.owner);
    at.stop.cancel();
    processor.stop().await;
    at.world.stopped(&at);
}

fn parts<C: Simulated>(
    at: &Place,
    store: &SimStore,
) -> Parts<C, SimLog, crate::broker::SimMembers, SimPeers> {
    let broker = &at.world.broker;
    Parts {
        log: broker.log_of(at.owner),
        membership: broker.members_of(at.owner, &at.member),
        peers: broker.peers_of(at.owner),
        store: Arc::new(store.clone()),
        member: at.member.clone(),
        seat: format!("{}-{}", at.service, at.replica),
        stands_by: at.world.setting.stands_by,
        partitions: at.world.setting.partitions,
        rules: C::rules(&at.world.policies),
        clock: at.clock.clone(),
        metrics: RuntimeMetrics::register(&Metrics::new("sim")),
        pace: Pace {
            untold_most: UNTOLD_MOST,
            ..C::pace()
        },
        renew_every: LEASE / 3,
    }
}

fn feed<C: Simulated>(
    at: &Place,
    handle: &Handle<C, SimPeers>,
    tasks: Arc<dyn Tasks>,
) -> FeedParts<SimLog, SimFeed> {
    let owner = handle.clone();
    FeedParts {
        log: at.world.broker.log_of(at.owner),
        feed: at.world.broker.feed_of(at.owner),
        service: C::SERVICE,
        partitions: handle.partitions(),
        owns: Arc::new(move |partition| owner.owns(partition)),
        wanted: Arc::new(|_| true),
        clock: at.clock.clone(),
        tasks,
        published: Metrics::new("sim").counter("feed_events", "Events published for outsiders"),
    }
}

/// Few, so that blocks without events are appended in every run.
const UNTOLD_MOST: usize = 16;

/// How wrong the clock of a machine is.
pub(crate) fn skew(world: &World) -> SignedDuration {
    let millis = world.chance.between(0, 4_000) as i64 - 2_000;
    SignedDuration::from_millis(if world.chance.happens(500) { 0 } else { millis })
}

impl Simulated for IntakeCore {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules> {
        policies.intake.subscribe()
    }

    fn pace() -> Pace {
        redress_intake::pace()
    }

    fn reach(handle: Handle<Self, SimPeers>) -> Reach {
        Reach::Intake(handle)
    }

    fn besides(
        at: &Place,
        handle: Handle<Self, SimPeers>,
        effects: mpsc::UnboundedReceiver<(u32, Self::Effect)>,
    ) {
        let repeats = redress_intake::repeats::run(handle.clone(), effects, at.stop.clone());
        at.spawn(async move { drop(repeats.await) });
        at.spawn(doors::inbox(at.clone(), handle));
    }
}

impl Simulated for RouterCore {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules> {
        policies.router.subscribe()
    }

    fn pace() -> Pace {
        Pace {
            linger: Duration::from_millis(5),
            ..Pace::default()
        }
    }

    fn reach(handle: Handle<Self, SimPeers>) -> Reach {
        Reach::Router(handle)
    }
}

impl Simulated for SlaMonitorCore {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules> {
        policies.sla.subscribe()
    }

    fn pace() -> Pace {
        Pace::default()
    }

    fn reach(handle: Handle<Self, SimPeers>) -> Reach {
        Reach::SlaMonitor(handle)
    }
}

impl Simulated for NotifierCore {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules> {
        policies.notifier.subscribe()
    }

    fn pace() -> Pace {
        redress_notifier::PACE
    }

    fn reach(handle: Handle<Self, SimPeers>) -> Reach {
        Reach::Notifier(handle)
    }

    fn besides(
        at: &Place,
        handle: Handle<Self, SimPeers>,
        effects: mpsc::UnboundedReceiver<(u32, Self::Effect)>,
    ) {
        at.spawn(outside::send(at.clone(), handle, effects));
    }
}

impl Simulated for AnalyticsCore {
    fn rules(policies: &Policies) -> PolicyReceiver<Self::Rules> {
        policies.analytics.subscribe()
    }

    fn pace() -> Pace {
        redress_analytics::PACE
    }

    fn reach(handle: Handle<Self, SimPeers>) -> Reach {
        Reach::Analytics(handle)
    }
}
