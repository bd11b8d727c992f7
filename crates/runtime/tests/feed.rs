//! The publisher of the feed over the twins, in sentences.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prost::Message as _;
use redress_host::{Metrics, SystemClock};
use redress_log::{
    Chain, Entry, EventLog as _,
    memory::{Fault, MemoryFeed, MemoryLog},
};
use redress_runtime::{FeedParts, TokioTasks, publish_feed};
use redress_wire::{
    Payload, Service,
    feed::{CaseChanged, Published},
    log::{Block, Event},
    router::{CaseEvent, CaseReopened, case_event::Change},
};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

const PARTITIONS: u32 = 2;
/// The year 2100: nothing here is too old to be published.
const LATER: i64 = 4_102_444_800_000_000;
const SOON: Duration = Duration::from_mins(5);

#[derive(Default)]
struct World {
    log: MemoryLog,
    feed: MemoryFeed,
    /// Stream sequence, height and hash of the last block of each partition.
    heads: BTreeMap<u32, (u64, u64, Vec<u8>)>,
}

impl World {
    /// One block with these versions of the partition's only case.
    async fn record(&mut self, partition: u32, versions: std::ops::RangeInclusive<u64>) {
        self.record_at(partition, versions, LATER).await;
    }

    async fn record_at(
        &mut self,
        partition: u32,
        versions: std::ops::RangeInclusive<u64>,
        time_us: i64,
    ) {
        let (expected, height, prev_hash) = self.heads.remove(&partition).unwrap_or_default();
        let block = Block {
            prev_hash,
            height: height + 1,
            events: versions
                .map(|version| reopened(partition, version, time_us))
                .collect(),
            ..Block::default()
        };
        let payload: bytes::Bytes = block.encode_to_vec().into();
        let hash = blake3::hash(&payload).as_bytes().to_vec();
        let chain = Chain::Blocks {
            partition,
            service: Service::Router,
        };
        let entry = Entry {
            chain,
            expected,
            payload,
        };
        let stored = self.log.append(&[entry]).await.expect("nobody else writes");
        self.heads.insert(partition, (stored[0], height + 1, hash));
    }

    fn publisher(&self) -> Publisher {
        let stop = CancellationToken::new();
        let parts = FeedParts {
            log: self.log.clone(),
            feed: self.feed.clone(),
            service: Service::Router,
            partitions: PARTITIONS,
            owns: Arc::new(|_| true),
            wanted: Arc::new(|_| true),
            clock: Arc::new(SystemClock),
            tasks: Arc::new(TokioTasks),
            published: Metrics::new("router").counter("feed_events", "Events published"),
        };
        let running = tokio::spawn(publish_feed(parts, stop.clone()));
        Publisher { running, stop }
    }

    /// The versions of each case, in the order in which they were published.
    async fn published(&self, events: usize) -> BTreeMap<String, Vec<u64>> {
        let events = timeout(SOON, self.feed.wait_for(events))
            .await
            .expect("it is published");
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for event in &events {
            let case = CaseChanged::decode(&*event.payload).expect("a fact of a case");
            versions.entry(case.number).or_default().push(case.version);
        }
        versions
    }
}

struct Publisher {
    running: JoinHandle<()>,
    stop: CancellationToken,
}

impl Publisher {
    async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("no panic");
    }
}

fn reopened(partition: u32, version: u64, time_us: i64) -> Event {
    let fact = CaseEvent {
        number: partition.to_string(),
        version,
        change: Some(Change::Reopened(CaseReopened::default())),
        ..CaseEvent::default()
    };
    Event {
        time_us,
        payload: Some(Payload::CaseEvent(fact)),
        ..Event::default()
    }
}

fn ids(events: &[Published]) -> Vec<&str> {
    let id = |event: &'_ Published| event.headers.iter().position(|(name, _)| *name == "ce-id");
    let ids = events
        .iter()
        .filter_map(|event| Some(&*event.headers[id(event)?].1));
    ids.collect()
}

fn each(cases: u32, versions: u64) -> BTreeMap<String, Vec<u64>> {
    (0..cases)
        .map(|case| (case.to_string(), (1..=versions).collect()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_event_is_published_once_in_the_order_of_its_case_also_after_a_restart() {
    let mut world = World::default();
    world.record(0, 1..=3).await;
    world.record(1, 1..=2).await;
    let publisher = world.publisher();
    world.published(5).await;
    world.record(0, 4..=4).await;
    world.published(6).await;
    publisher.stop().await;
    world.record(1, 3..=4).await;
    let again = world.publisher();
    assert_eq!(world.published(8).await, each(2, 4));
    again.stop().await;
    let events = world.feed.events();
    assert_eq!(events.len(), 8);
    let mut ids = ids(&events);
    ids.sort_unstable();
    let expected = [
        "router-0-1-0",
        "router-0-1-1",
        "router-0-1-2",
        "router-0-2-0",
        "router-1-1-0",
        "router-1-1-1",
        "router-1-2-0",
        "router-1-2-1",
    ];
    assert_eq!(ids, expected);
}

#[tokio::test(start_paused = true)]
async fn whatever_becomes_of_a_batch_its_events_are_published_once() {
    for fault in [
        Fault::StoredInDoubt,
        Fault::LostInDoubt,
        Fault::LateInDoubt,
        Fault::Fenced,
        Fault::Refused,
    ] {
        let mut world = World::default();
        world.feed.fail_next(fault);
        let publisher = world.publisher();
        world.record(0, 1..=3).await;
        world.record(1, 1..=3).await;
        world.published(6).await;
        world.record(0, 4..=4).await;
        world.record(1, 4..=4).await;
        assert_eq!(world.published(8).await, each(2, 4), "{fault:?}");
        publisher.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_that_both_believe_to_be_the_owner_publish_each_event_once() {
    let mut world = World::default();
    let (one, other) = (world.publisher(), world.publisher());
    for version in 1..=20 {
        world.record(0, version..=version).await;
        assert_eq!(
            world.published(version as usize).await,
            each(1, version),
            "one of them published it"
        );
    }
    one.stop().await;
    other.stop().await;
    assert_eq!(world.feed.events().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_block_with_more_events_than_a_batch_takes_is_spread_over_several() {
    let mut world = World::default();
    world.record(0, 1..=2500).await;
    let publisher = world.publisher();
    world.published(1).await;
    publisher.stop().await;
    let again = world.publisher();
    assert_eq!(world.published(2500).await, each(1, 2500));
    again.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_the_feed_keeps_is_left_out() {
    let mut world = World::default();
    world.record_at(0, 7..=9, 1).await;
    world.record(0, 1..=2).await;
    let publisher = world.publisher();
    assert_eq!(world.published(2).await, each(1, 2));
    publisher.stop().await;
}
