//! The core in a processor over the twins: live rows against a replay, and the doors.

mod common;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use common::{registered, routed};
use futures::{StreamExt as _, poll};
use prost::Message as _;
use redress_analytics::{AnalyticsCore, Door};
use redress_host::{Metrics, RuntimeMetrics, SystemClock, policy_dir::PolicyVersion};
use redress_log::{
    Chain, Entry, EventLog as _,
    memory::{MemoryLog, MemoryMembership, MemoryPeers},
};
use redress_runtime::{Head, Pace, Parts, Processor, rebuild};
use redress_store::{MemoryStore, state_hash};
use redress_testkit::eventually;
use redress_wire::{
    Service,
    analytics::{GetFiguresRequest, WatchFiguresRequest, analytics_server::Analytics as _},
    log::{Block, Event},
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request};

const PARTITIONS: u32 = 3;
const SOON: Duration = Duration::from_secs(10);

struct World {
    log: MemoryLog,
    processor: Processor<AnalyticsCore, MemoryPeers>,
    stopping: CancellationToken,
}

impl World {
    async fn start() -> Self {
        let log = MemoryLog::new([7; 16]);
        let version = PolicyVersion {
            policy: (),
            version: "1".to_owned(),
            files: BTreeMap::default(),
        };
        let (sender, rules) = tokio::sync::watch::channel(Arc::new(version));
        // Nobody changes the rules; the channel stays open for the test's life.
        std::mem::forget(sender);
        let parts: Parts<AnalyticsCore, _, _, _> = Parts {
            log: log.clone(),
            membership: MemoryMembership::new(Duration::from_secs(6)),
            peers: MemoryPeers::default(),
            store: Arc::new(MemoryStore::new()),
            member: "m1".to_owned(),
            seat: "seat".to_owned(),
            stands_by: false,
            partitions: PARTITIONS,
            rules,
            clock: Arc::new(SystemClock),
            metrics: RuntimeMetrics::register(&Metrics::new("analytics")),
            pace: Pace {
                linger: Duration::from_millis(1),
                ..Pace::default()
            },
            renew_every: Duration::from_millis(200),
        };
        let processor = Processor::start(parts)
            .await
            .expect("the twin always answers");
        Self {
            log,
            processor,
            stopping: CancellationToken::new(),
        }
    }

    fn door(&self) -> Door<MemoryPeers> {
        let handle = self.processor.handle.clone();
        Door::new(handle, Arc::new(SystemClock), self.stopping.clone())
    }

    async fn append(&self, partition: u32, service: Service, events: Vec<Event>) {
        let chain = Chain::Blocks { partition, service };
        let last = self.log.last(chain).await.expect("the twin reads");
        let head = last.map_or(Head::default(), |stored| Head {
            sequence: stored.sequence,
            hash: *blake3::hash(&stored.payload).as_bytes(),
            height: Block::decode(stored.payload).expect("a block").height,
            consumed: 0,
        });
        let block = Block {
            prev_hash: head.link(),
            height: head.height + 1,
            events,
            ..Block::default()
        };
        let payload = block.encode_to_vec().into();
        let entry = Entry {
            chain,
            expected: head.sequence,
            payload,
        };
        self.log.append(&[entry]).await.expect("nobody else writes");
    }

    async fn complaints(&self) -> u64 {
        let request = Request::new(GetFiguresRequest::default());
        self.door()
            .get_figures(request)
            .await
            .expect("answered")
            .into_inner()
            .complaints
    }

    async fn until_counted(&self, complaints: u64) {
        eventually("the figures", SOON, async || {
            (self.complaints().await == complaints).then_some(())
        })
        .await;
    }
}

fn number(at: u32) -> String {
    format!("CF20260501{at:03}")
}

#[tokio::test]
async fn figures_are_the_sum_of_all_partitions_and_equal_to_a_replay() {
    let world = World::start().await;
    for at in 0..30 {
        let partition = at % PARTITIONS;
        world
            .append(
                partition,
                Service::Intake,
                vec![registered(&number(at), "app")],
            )
            .await;
        let case = vec![routed(&number(at), "after_sales", 1000 * i64::from(at))];
        world.append(partition, Service::Router, case).await;
    }
    world.until_counted(30).await;
    let routed = async || {
        let request = Request::new(GetFiguresRequest::default());
        let figures = world
            .door()
            .get_figures(request)
            .await
            .expect("answered")
            .into_inner();
        (figures.routing.expect("always there").count == 30).then_some(())
    };
    eventually("all routings", SOON, routed).await;
    for status in world
        .processor
        .handle
        .status(true)
        .await
        .expect("all owned")
    {
        let rebuilt = rebuild::<AnalyticsCore, _>(
            &world.log,
            status.partition,
            status.own_sequence,
            status.consumed,
        )
        .await
        .expect("the log is whole");
        assert_eq!(
            state_hash(&rebuilt.rows).unwrap().to_vec(),
            status.state_hash
        );
    }
    world.processor.stop().await;
}

#[tokio::test]
async fn a_watch_tells_the_figures_at_once_and_again_only_when_they_changed() {
    let world = World::start().await;
    world
        .append(0, Service::Intake, vec![registered(&number(1), "app")])
        .await;
    world.until_counted(1).await;
    let request = WatchFiguresRequest {
        interval_ms: 100,
        ..Default::default()
    };
    let watch = world
        .door()
        .watch_figures(Request::new(request))
        .await
        .expect("answered");
    let mut figures = watch.into_inner();
    assert_eq!(
        figures
            .next()
            .await
            .expect("at once")
            .expect("figures")
            .complaints,
        1
    );
    let mut next = figures.next();
    assert!(poll!(&mut next).is_pending());
    world
        .append(1, Service::Intake, vec![registered(&number(2), "app")])
        .await;
    assert_eq!(next.await.expect("again").expect("figures").complaints, 2);
    let next = figures.next();
    world.stopping.cancel();
    assert!(next.await.is_none(), "a watch ends when the process stops");
    world.processor.stop().await;
}

#[tokio::test]
async fn days_that_do_not_exist_are_refused() {
    let world = World::start().await;
    let request = GetFiguresRequest {
        from_day: 20_260_231,
        to_day: 0,
    };
    let refused = world
        .door()
        .get_figures(Request::new(request))
        .await
        .expect_err("no such day");
    assert_eq!(refused.code(), Code::InvalidArgument);
    world.processor.stop().await;
}
