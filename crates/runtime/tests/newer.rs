//! What a replica does when it meets an event of a newer release.

mod toy;

use std::time::Duration;

use redress_log::{Chain, Membership as _, Presence, memory::MemoryPeers};
use redress_runtime::Processor;
use redress_store::MemoryStore;
use redress_wire::Service;
use toy::{PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);

async fn until(holds: impl Fn() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().then_some(())).await;
}

fn owned(at: &Processor<Toy, MemoryPeers>) -> usize {
    (0..PARTITIONS).filter(|p| at.handle.owns(*p)).count()
}

/// How many blocks the toy wrote in a partition.
fn blocks(world: &World, partition: u32) -> usize {
    let chain = Chain::Blocks {
        partition,
        service: Service::Router,
    };
    let entries = world.log.entries();
    let blocks = entries.iter().filter(|stored| stored.chain == chain);
    blocks.count()
}

async fn meets_the_newer(world: &World) -> Processor<Toy, MemoryPeers> {
    let toy = world.start("m1", MemoryStore::new()).await;
    world.register(1, &["a"]).await;
    until(|| world.routed() == ["a"]).await;
    world.register_newer(1).await;
    world.register(1, &["b"]).await;
    until(|| toy.handle.too_old().is_some()).await;
    toy
}

#[tokio::test]
async fn the_partition_is_held_back_the_others_go_on_and_the_log_is_not_filled() {
    let world = World::new();
    let toy = meets_the_newer(&world).await;
    until(|| owned(&toy) == PARTITIONS as usize - 1).await;
    let why = toy.handle.too_old().unwrap_or_default();
    assert!(why.contains("needs a newer release"), "{why}");
    let before = blocks(&world, 1);
    world.register(2, &["c"]).await;
    until(|| world.routed().len() == 2).await;
    assert!(!toy.handle.owns(1));
    assert_eq!(world.routed(), ["a", "c"], "nothing behind it is decided");
    assert_eq!(blocks(&world, 1), before);
    toy.stop().await;
}

#[tokio::test]
async fn a_process_that_starts_there_holds_back_as_well() {
    let world = World::new();
    meets_the_newer(&world).await.stop().await;
    let again = world.start("m2", MemoryStore::new()).await;
    until(|| again.handle.too_old().is_some()).await;
    until(|| owned(&again) == PARTITIONS as usize - 1).await;
    assert_eq!(world.routed(), ["a"]);
    again.stop().await;
}

#[tokio::test]
async fn everything_is_left_to_a_member_that_has_not_met_it() {
    let world = World::new();
    let toy = meets_the_newer(&world).await;
    let presence = Presence {
        warm: (0..PARTITIONS).collect(),
        ..Presence::default()
    };
    let newer = world.members.renew(Service::Router, "newer", &presence);
    newer.await.expect("the twin answers");
    let view = world.members.watch(Service::Router).await;
    let view = view.expect("the twin answers");
    until(|| {
        let view = view.borrow();
        let free = view.owners.values().filter(|owner| owner.member.is_none());
        free.count() == PARTITIONS as usize
    })
    .await;
    assert_eq!(owned(&toy), 0);
    // It goes, and the one that stepped back takes what it can read again.
    world.members.expire(Service::Router, "newer");
    until(|| owned(&toy) == PARTITIONS as usize - 1).await;
    toy.stop().await;
}
