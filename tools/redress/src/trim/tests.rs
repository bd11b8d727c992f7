use std::collections::{BTreeMap, HashMap};

use prost::Message as _;
use redress_log::{
    Chain, Entry, EventLog as _, Feed as _, FeedMark, Place, Reader as _, Stored,
    memory::{MemoryFeed, MemoryLog},
};
use redress_log_archive::{Archive, Archived};
use redress_runtime::Head;
use redress_wire::{
    Payload, Service,
    intake::ComplaintRegistered,
    log::{Block, Event, Snapshot},
};

use super::{
    Limits, OpenCases, Plan, Published, Rules, carry_out::carry_out, limits, plan,
    snapshots::Newest,
};

const PARTITION: u32 = 2;
const YOUNG: i64 = 1_000;
const RULES: Rules = Rules {
    keep_from_us: YOUNG,
    keep_days: 30,
};

/// A log that is written block by block.
#[derive(Default)]
struct World {
    log: MemoryLog,
    heads: BTreeMap<Service, Head>,
}

impl World {
    /// Appends a block with one registration; gives its sequence.
    async fn append(&mut self, service: Service, complaint: u8, time_us: i64) -> u64 {
        let head = self.heads.entry(service).or_default();
        let registered = Payload::ComplaintRegistered(ComplaintRegistered::default());
        let event = Event {
            complaint_id: vec![complaint; 16],
            time_us,
            payload: Some(registered),
            ..Event::default()
        };
        let block = Block {
            prev_hash: head.link(),
            height: head.height + 1,
            events: vec![event],
            ..Block::default()
        };
        let payload = block.encode_to_vec();
        let hash = *blake3::hash(&payload).as_bytes();
        let partition = PARTITION;
        let entry = Entry {
            chain: Chain::Blocks { partition, service },
            expected: head.sequence,
            payload: payload.into(),
        };
        let stored = self.log.append(&[entry]).await.expect("nobody else writes");
        *head = Head {
            sequence: stored[0],
            hash,
            height: block.height,
            consumed: 0,
        };
        stored[0]
    }

    /// Snapshots of all services that have folded everything so far.
    async fn snapshots(&self) -> Newest {
        let identity = self.log.identity(PARTITION).await;
        let identity = identity.expect("the twin answers").to_vec();
        let consumed = self.heads.values().map(|head| head.sequence).max();
        let snapshot = |service: Service| Snapshot {
            own_sequence: self.heads.get(&service).map_or(0, |head| head.sequence),
            consumed: consumed.unwrap_or(0),
            log: identity.clone(),
            reads: match service {
                Service::Intake => Vec::new(),
                _ => vec!["intake".to_owned()],
            },
            ..Snapshot::default()
        };
        let all = Service::ALL.map(|service| ((service, PARTITION), snapshot(service)));
        all.into_iter().collect()
    }

    async fn limits(&self, newest: &Newest, feed: &MemoryFeed) -> Limits {
        let published = Published::read(&self.log, feed, PARTITION + 2).await;
        let published = published.expect("the twins answer");
        let limits = limits(&self.log, &published, newest, PARTITION).await;
        limits.expect("the twins answer")
    }

    async fn plan(&self, newest: &Newest, open: &OpenCases) -> Plan {
        let limits = self.limits(newest, &MemoryFeed::default()).await;
        let planned = plan(&self.log, PARTITION, &limits, open, &RULES).await;
        planned.expect("the log is sound")
    }
}

fn open(complaint: u8) -> OpenCases {
    let cases = HashMap::from([([complaint; 16], "CF1".to_owned())]);
    OpenCases::from([(PARTITION, cases)])
}

#[tokio::test]
async fn a_block_goes_once_every_snapshot_has_folded_it() {
    let mut world = World::default();
    for complaint in 0..5 {
        world.append(Service::Intake, complaint, 1).await;
    }
    let mut newest = world.snapshots().await;
    let planned = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!((planned.blocks, planned.last), (4, 4), "its last one stays");
    assert_eq!(planned.because, "intake's snapshot needs it");

    let behind = newest.get_mut(&(Service::Notifier, PARTITION));
    behind.expect("all have one").consumed = 2;
    let planned = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!((planned.blocks, planned.last), (2, 2));
    assert_eq!(planned.because, "notifier's snapshot needs it");

    newest.remove(&(Service::Router, PARTITION));
    let planned = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!((planned.blocks, planned.below.len()), (0, 0));
    assert_eq!(planned.because, "router has no rows yet");
}

/// A feed that stands at a block of intake in a partition.
async fn feed_at(log: &MemoryLog, partition: u32, sequence: u64) -> MemoryFeed {
    let feed = MemoryFeed::default();
    let log = log.identity(partition).await.expect("the twin answers");
    let mark = FeedMark {
        service: Service::Intake,
        partition,
        expected: 0,
        place: Place {
            sequence,
            events: 1,
            log,
        },
    };
    let marked = feed.publish(&[], &[mark]).await;
    marked.expect("nobody else publishes");
    feed
}

#[tokio::test]
async fn what_the_feed_has_not_published_stays() {
    let mut world = World::default();
    for complaint in 0..5 {
        world.append(Service::Intake, complaint, 1).await;
    }
    let feed = feed_at(&world.log, PARTITION, 2).await;
    let limits = world.limits(&world.snapshots().await, &feed).await;
    let intake = limits.first_needed.get(&Service::Intake);
    assert_eq!(intake, Some(&(2, "the feed".to_owned())));
}

#[tokio::test]
async fn blocks_of_a_service_stay_where_its_feed_has_only_begun_elsewhere() {
    let mut world = World::default();
    for complaint in 0..5 {
        world.append(Service::Intake, complaint, 1).await;
    }
    let feed = feed_at(&world.log, PARTITION + 1, 2).await;
    let limits = world.limits(&world.snapshots().await, &feed).await;
    let intake = limits.first_needed.get(&Service::Intake);
    assert_eq!(intake, Some(&(0, "the feed".to_owned())));
    let router = limits.first_needed.get(&Service::Router);
    assert!(router.is_none_or(|(_, who)| who != "the feed"));
}

#[tokio::test]
async fn from_the_first_young_block_or_open_case_on_everything_stays() {
    let mut world = World::default();
    for (complaint, time) in [(0, 1), (1, 2), (2, YOUNG), (3, 4), (4, 5)] {
        world.append(Service::Intake, complaint, time).await;
    }
    let newest = world.snapshots().await;
    let planned = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!((planned.blocks, planned.last), (2, 2));
    assert_eq!(planned.because, "it is of the last 30 days");
    let planned = world.plan(&newest, &open(1)).await;
    assert_eq!((planned.blocks, planned.last), (1, 1));
    assert_eq!(planned.because, "case CF1 is not archived");
}

#[tokio::test]
async fn a_quiet_chain_keeps_its_last_block_and_holds_nobody_up() {
    let mut world = World::default();
    world.append(Service::Notifier, 0, 1).await;
    for complaint in 0..4 {
        world.append(Service::Intake, complaint, 1).await;
    }
    let planned = world
        .plan(&world.snapshots().await, &OpenCases::new())
        .await;
    assert_eq!(planned.below, BTreeMap::from([(Service::Intake, 5)]));
    assert_eq!(planned.blocks, 3);
}

#[tokio::test]
async fn a_damaged_log_is_not_trimmed() {
    let mut world = World::default();
    world.append(Service::Intake, 0, 1).await;
    world.heads.get_mut(&Service::Intake).expect("a head").hash = [9; 32];
    world.append(Service::Intake, 1, 1).await;
    let newest = world.snapshots().await;
    let limits = world.limits(&newest, &MemoryFeed::default()).await;
    let refused = plan(&world.log, PARTITION, &limits, &OpenCases::new(), &RULES).await;
    let refused = refused.expect_err("its chain is broken");
    assert!(format!("{refused:#}").contains("the log is damaged"));
}

async fn read(whole: &Archived<MemoryLog>, blocks: usize) -> Vec<Stored> {
    let reader = whole.read(PARTITION, &Service::ALL, 1).await;
    let mut reader = reader.expect("it can be read");
    let mut read = Vec::new();
    for _ in 0..blocks {
        read.push(reader.next().await.expect("it can be read"));
    }
    read
}

#[tokio::test]
async fn what_is_taken_off_is_in_the_archive_and_an_interrupted_trim_is_done_again() {
    let mut world = World::default();
    for complaint in 0..6 {
        world.append(Service::Intake, complaint, 1).await;
        world.append(Service::Router, complaint, 1).await;
    }
    let all = world.log.entries();
    let folder = tempfile::tempdir().expect("a folder");
    let newest = world.snapshots().await;
    let first = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!(first.blocks, 10);
    // It dies when the archive is written and one chain of two is trimmed.
    let trimmed = carry_out(&world.log, &first, folder.path()).await;
    trimmed.expect("there is room");
    let log = MemoryLog::default();
    for stored in &all {
        let last = log.last(stored.chain).await.expect("the twin answers");
        let entry = Entry {
            chain: stored.chain,
            expected: last.map_or(0, |last| last.sequence),
            payload: stored.payload.clone(),
        };
        log.append(&[entry]).await.expect("nobody else writes");
    }
    let (partition, service) = (PARTITION, Service::Router);
    let half = log.trim(Chain::Blocks { partition, service }, 12).await;
    assert_eq!(half, Ok(5));
    world.log = log;
    let again = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!(again.blocks, 5);
    let trimmed = carry_out(&world.log, &again, folder.path()).await;
    trimmed.expect("there is room");
    assert_eq!(world.log.entries().len(), 2);
    let archive = Archive::open(folder.path()).expect("it is there");
    let whole = Archived::new(world.log.clone(), archive);
    assert_eq!(read(&whole, all.len()).await, all);
    let nothing = world.plan(&newest, &OpenCases::new()).await;
    assert_eq!((nothing.blocks, nothing.below.len()), (0, 0));
}
