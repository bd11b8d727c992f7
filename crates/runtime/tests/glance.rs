//! What is answered while a round is on its way into the log.

mod toy;

use std::time::Duration;

use redress_log::{
    AppendError, Chain, Entry, EventLog, LogError, Stored, Streams,
    memory::{MemoryLog, MemoryPeers, MemorySnapshots},
};
use redress_runtime::{Handle, Processor};
use redress_store::MemoryStore;
use redress_wire::Service;
use tokio::sync::watch;
use toy::{Ask, PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);

/// The log of a broker that takes its time: nothing is stored while it is shut.
#[derive(Clone)]
struct SlowLog {
    log: MemoryLog,
    shut: watch::Sender<bool>,
    /// Batches that came and are not answered.
    coming: watch::Sender<usize>,
}

impl SlowLog {
    async fn has_one_under_way(&self) {
        let mut coming = self.coming.subscribe();
        let under_way = coming.wait_for(|coming| *coming > 0).await;
        drop(under_way.expect("the log is here"));
    }
}

impl EventLog for SlowLog {
    type Reader = <MemoryLog as EventLog>::Reader;
    type Snapshots = MemorySnapshots;

    fn snapshots(&self) -> MemorySnapshots {
        self.log.snapshots()
    }

    async fn first(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        self.log.first(chain).await
    }

    async fn trim(&self, chain: Chain, below: u64) -> Result<u64, LogError> {
        self.log.trim(chain, below).await
    }

    async fn streams(&self) -> Result<Streams, LogError> {
        self.log.streams().await
    }

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        self.coming.send_modify(|coming| *coming += 1);
        let mut shut = self.shut.subscribe();
        shut.wait_for(|shut| !shut)
            .await
            .expect("the sender is here");
        self.coming.send_modify(|coming| *coming -= 1);
        self.log.append(entries).await
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        self.log.last(chain).await
    }

    async fn at(&self, partition: u32, sequence: u64) -> Result<Option<Stored>, LogError> {
        self.log.at(partition, sequence).await
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<Self::Reader, LogError> {
        self.log.read(partition, services, from).await
    }

    async fn identity(&self, partition: u32) -> Result<[u8; 16], LogError> {
        self.log.identity(partition).await
    }
}

async fn asked(handle: &Handle<Toy, MemoryPeers>, word: &str) -> u64 {
    let word = word.to_owned();
    let told = handle.query_one(0, &Ask { word }).await;
    told.expect("an answer").number
}

async fn numbered(handle: Handle<Toy, MemoryPeers>) -> u64 {
    let word = "number".to_owned();
    let told = handle.command(0, Ask { word }, "", SOON).await;
    told.expect("a number").number
}

/// A processor that owns everything, on a log that can be shut.
async fn started(world: &World) -> (Processor<Toy, MemoryPeers>, SlowLog) {
    let log = SlowLog {
        log: world.log.clone(),
        shut: watch::Sender::new(false),
        coming: watch::Sender::new(0),
    };
    let parts = world.parts("m1", MemoryStore::new(), world.members.clone(), log.clone());
    let toy = Processor::start(parts).await.expect("the twin answers");
    redress_testkit::eventually("ownership", SOON, async || {
        let owned = (0..PARTITIONS).all(|partition| toy.handle.owns(partition));
        owned.then_some(())
    })
    .await;
    (toy, log)
}

#[tokio::test]
async fn what_was_committed_is_told_while_the_next_round_is_on_its_way() {
    let (toy, log) = started(&World::new()).await;
    let handle = toy.handle.clone();
    assert_eq!(numbered(handle.clone()).await, 1);

    log.shut.send_replace(true);
    let second = tokio::spawn(numbered(handle.clone()));
    log.has_one_under_way().await;
    let counted = tokio::spawn({
        let handle = handle.clone();
        async move { asked(&handle, "no/").await }
    });
    assert_eq!(asked(&handle, "has/no/000001").await, 1);
    assert_eq!(
        asked(&handle, "has/no/000002").await,
        0,
        "it is not durable"
    );
    assert!(!second.is_finished() && !counted.is_finished());

    log.shut.send_replace(false);
    assert_eq!(second.await.expect("an answer"), 2);
    assert_eq!(asked(&handle, "has/no/000002").await, 1);
    assert_eq!(
        counted.await.expect("an answer"),
        2,
        "it waited for the round"
    );
    toy.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_came_while_a_round_was_on_its_way_has_waited_for_company() {
    const LINGER: Duration = Duration::from_secs(1);
    let mut world = World::new();
    world.pace.change_linger = LINGER;
    let (toy, log) = started(&world).await;
    log.shut.send_replace(true);
    let first = tokio::spawn(numbered(toy.handle.clone()));
    log.has_one_under_way().await;
    let second = tokio::spawn(numbered(toy.handle.clone()));
    tokio::time::sleep(LINGER).await;
    let began = tokio::time::Instant::now();
    log.shut.send_replace(false);
    assert_eq!(first.await.expect("an answer"), 1);
    assert_eq!(second.await.expect("an answer"), 2);
    assert!(began.elapsed() < LINGER / 2, "{:?}", began.elapsed());
    toy.stop().await;
}
