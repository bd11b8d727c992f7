//! How partitions change hands: heirs follow them first, so that nobody waits for a long replay.

mod toy;

use std::{collections::BTreeSet, time::Duration};

use redress_host::{Metrics, RuntimeMetrics};
use redress_log::{Chain, EventLog as _, Membership as _, View, memory::MemoryPeers};
use redress_runtime::Processor;
use redress_store::MemoryStore;
use redress_wire::Service;
use toy::{Ask, PARTITIONS, Toy, UNTOLD_MOST, World};

const SOON: Duration = Duration::from_secs(10);

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().await.then_some(())).await;
}

fn owned(by: &Processor<Toy, MemoryPeers>) -> u32 {
    (0..PARTITIONS).filter(|p| by.handle.owns(*p)).count() as u32
}

async fn register_everywhere(world: &World, times: usize) {
    for partition in 0..PARTITIONS {
        for _ in 0..times {
            world.register(partition, &["a", "b"]).await;
        }
    }
}

fn metrics() -> RuntimeMetrics {
    RuntimeMetrics::register(&Metrics::new("toy"))
}

async fn view(world: &World) -> View {
    let view = world.members.watch(Service::Router).await;
    view.expect("the twin always answers").borrow().clone()
}

#[tokio::test]
async fn a_partition_moves_only_to_a_member_that_has_followed_it() {
    let world = World::new();
    register_everywhere(&world, 20).await;
    let first = world.start("m1", MemoryStore::new()).await;
    until(async || owned(&first) == PARTITIONS).await;
    let mut seen = world.members.watch(Service::Router).await.expect("a view");
    let second = world.start("m2", MemoryStore::new()).await;
    let watching = tokio::spawn(async move {
        let mut followed = BTreeSet::<u32>::new();
        while seen.changed().await.is_ok() && followed.len() < PARTITIONS as usize / 2 {
            let view = seen.borrow_and_update().clone();
            let said = view.members.get("m2").cloned().unwrap_or_default();
            followed.extend(&said.warm);
            for (id, owner) in &view.owners {
                let is_free = owner.member.is_none();
                assert!(!is_free || followed.contains(id), "{id} was given up cold");
            }
        }
        followed.len()
    });
    until(async || owned(&second) == PARTITIONS / 2 && owned(&first) == PARTITIONS / 2).await;
    assert_eq!(watching.await.expect("no panic"), PARTITIONS as usize / 2);
    first.stop().await;
    second.stop().await;
    assert_eq!(world.routed().len(), 40 * PARTITIONS as usize);
}

#[tokio::test]
async fn a_member_that_stops_goes_when_its_heir_is_ready() {
    let world = World::new();
    register_everywhere(&world, 20).await;
    let first = world.start("m1", MemoryStore::new()).await;
    until(async || owned(&first) == PARTITIONS).await;
    let figures = metrics();
    let membership = world.members.clone();
    let second = world
        .start_as("m2", MemoryStore::new(), membership, false, figures.clone())
        .await;
    until(async || owned(&second) == PARTITIONS / 2).await;
    first.stop().await;
    let view = view(&world).await;
    assert!(!view.members.contains_key("m1"));
    let folded = figures.replayed_events.get();
    until(async || owned(&second) == PARTITIONS).await;
    assert_eq!(
        figures.replayed_events.get(),
        folded,
        "all was folded before the first one left"
    );
    let ask = Ask {
        word: "out/".to_owned(),
    };
    let told = second.handle.query_all(&ask).await.expect("an answer");
    assert_eq!(told.len(), PARTITIONS as usize);
    second.stop().await;
}

#[tokio::test]
async fn who_stands_by_has_nothing_to_fold_when_the_owner_vanishes() {
    let world = World::new();
    register_everywhere(&world, 20).await;
    let first = world.start("m1", MemoryStore::new()).await;
    until(async || owned(&first) == PARTITIONS).await;
    let figures = metrics();
    let membership = world.members.clone();
    let second = world
        .start_as("m2", MemoryStore::new(), membership, true, figures.clone())
        .await;
    until(async || {
        let view = view(&world).await;
        let warm = view.members.get("m2").map_or(0, |said| said.warm.len());
        owned(&second) == PARTITIONS / 2 && warm == PARTITIONS as usize / 2
    })
    .await;
    until(async || figures.standby_partitions.get() == i64::from(PARTITIONS / 2)).await;
    // What its owner decides is folded at once, not only when it is gone.
    register_everywhere(&world, 1).await;
    until(async || world.routed().len() == 42 * PARTITIONS as usize).await;
    let all = 2 * 42 * u64::from(PARTITIONS);
    let own = 2 * 2 * u64::from(PARTITIONS / 2);
    until(async || figures.replayed_events.get() == all - own).await;
    drop(first);
    world.members.expire(Service::Router, "m1");
    until(async || owned(&second) == PARTITIONS).await;
    assert_eq!(figures.replayed_events.get(), all - own);
    until(async || figures.standby_partitions.get() == 0).await;
    second.stop().await;
}

/// Whether all that intake has registered is folded here.
async fn folded(world: &World, by: &Processor<Toy, MemoryPeers>) -> bool {
    for status in by.handle.status(false).await.expect("an answer") {
        let chain = Chain::Blocks {
            partition: status.partition,
            service: Service::Intake,
        };
        let last = world.log.last(chain).await.expect("the twin reads");
        if last.is_some_and(|last| last.sequence > status.consumed) {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn who_follows_an_owner_that_decides_nothing_is_not_left_behind() {
    const BLOCKS: usize = 5;
    const EVENTS: usize = UNTOLD_MOST / 2;
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    until(async || owned(&first) == PARTITIONS).await;
    for partition in 0..PARTITIONS {
        for _ in 0..BLOCKS {
            world.register(partition, &["quiet"; EVENTS]).await;
        }
    }
    until(async || folded(&world, &first).await).await;
    let figures = metrics();
    let membership = world.members.clone();
    let second = world
        .start_as("m2", MemoryStore::new(), membership, true, figures.clone())
        .await;
    // Of each partition it lacks no more than what a block may leave untold.
    let least = PARTITIONS as usize * (BLOCKS * EVENTS - UNTOLD_MOST);
    until(async || figures.replayed_events.get() >= least as u64).await;
    assert!(world.events().is_empty());
    first.stop().await;
    second.stop().await;
}
