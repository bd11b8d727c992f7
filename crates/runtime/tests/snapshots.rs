//! Snapshots: made while the work goes on, and what a partition comes back from once its log was
//! trimmed and its rows are lost.

mod toy;

use std::time::Duration;

use redress_log::{Chain, EventLog as _, Snapshots as _, memory::MemoryPeers};
use redress_runtime::{Processor, rebuild};
use redress_store::{MemoryStore, state_hash};
use redress_wire::{Service, log::Snapshot, peer::Status};
use toy::{PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);
const AT: u32 = 1;

async fn until(holds: impl Fn() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().then_some(())).await;
}

async fn stands(toy: &Processor<Toy, MemoryPeers>) -> Status {
    let all = redress_testkit::eventually("the owners", SOON, async || {
        toy.handle.status(true).await.ok()
    });
    let mut all = all.await.into_iter();
    all.find(|status| status.partition == AT)
        .expect("it is one of them")
}

async fn newest(world: &World) -> Option<Snapshot> {
    let newest = world.log.snapshots().newest(Service::Router, AT).await;
    newest.expect("the twin answers").map(|(_, newest)| newest)
}

/// Has snapshots made, and waits for that of one partition.
async fn copy(world: &World, toy: &Processor<Toy, MemoryPeers>) -> Snapshot {
    let stands = toy.handle.snapshot().await.expect("the owners answer");
    let wanted = stands.into_iter().find(|status| status.partition == AT);
    let wanted = wanted.expect("it is one of them");
    redress_testkit::eventually("the snapshot", SOON, async || {
        newest(world).await.filter(|newest| {
            newest.own_sequence >= wanted.own_sequence && newest.consumed >= wanted.consumed
        })
    })
    .await
}

/// Takes off what a snapshot of the toy has folded.
async fn trim(world: &World, snapshot: &Snapshot) {
    for (service, below) in [
        (Service::Router, snapshot.own_sequence),
        (Service::Intake, snapshot.consumed + 1),
    ] {
        let partition = AT;
        let chain = Chain::Blocks { partition, service };
        world.log.trim(chain, below).await.expect("the twin trims");
    }
}

async fn registered(world: &World, numbers: &[&str]) {
    for number in numbers {
        world.register(AT, &[number]).await;
    }
    let last = numbers.last().expect("there are some");
    until(|| world.routed().iter().any(|routed| routed == last)).await;
}

#[tokio::test]
async fn rows_that_are_lost_come_back_from_the_snapshot_of_a_trimmed_log() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    registered(&world, &["a", "b", "c"]).await;
    let snapshot = copy(&world, &first).await;
    trim(&world, &snapshot).await;
    registered(&world, &["d"]).await;
    let before = stands(&first).await;
    first.stop().await;

    let second = world.start("m2", MemoryStore::new()).await;
    let after = stands(&second).await;
    assert_eq!(after.state_hash, before.state_hash);
    assert_eq!(after.height, before.height + 1, "the fence");
    registered(&world, &["e"]).await;
    let stands = stands(&second).await;
    let rebuilt = rebuild::<Toy, _>(&world.log, AT, stands.own_sequence, stands.consumed).await;
    let rebuilt = rebuilt.expect("the log goes on from the snapshot");
    let hash = state_hash(&rebuilt.rows).expect("memory does not fail");
    assert_eq!(hash[..], stands.state_hash[..]);
    second.stop().await;
}

#[tokio::test]
async fn a_store_from_before_the_beginning_of_the_log_is_replaced_by_the_snapshot() {
    let (world, old) = (World::new(), MemoryStore::new());
    let first = world.start("m1", old.clone()).await;
    registered(&world, &["a", "b"]).await;
    first.stop().await;
    let second = world.start("m2", MemoryStore::new()).await;
    registered(&world, &["c", "d"]).await;
    let snapshot = copy(&world, &second).await;
    trim(&world, &snapshot).await;
    let before = stands(&second).await;
    second.stop().await;

    let again = world.start("m3", old).await;
    assert_eq!(stands(&again).await.state_hash, before.state_hash);
    again.stop().await;
}

#[tokio::test]
async fn a_damaged_snapshot_is_not_believed_and_the_log_is_folded_instead() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    registered(&world, &["a", "b"]).await;
    copy(&world, &first).await;
    let before = stands(&first).await;
    first.stop().await;
    world.log.snapshots().damage(Service::Router, AT);
    let second = world.start("m2", MemoryStore::new()).await;
    assert_eq!(stands(&second).await.state_hash, before.state_hash);
    second.stop().await;
}

#[tokio::test]
async fn without_a_usable_snapshot_a_trimmed_partition_stands_still_and_the_others_go_on() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    registered(&world, &["a", "b"]).await;
    let snapshot = copy(&world, &first).await;
    trim(&world, &snapshot).await;
    first.stop().await;
    let blocks = world.blocks().len();
    world.log.snapshots().damage(Service::Router, AT);
    let second = world.start("m2", MemoryStore::new()).await;
    until(|| (0..PARTITIONS).all(|p| second.handle.owns(p) == (p != AT))).await;
    world.register(2, &["elsewhere"]).await;
    until(|| world.routed().contains(&"elsewhere".to_owned())).await;
    second.stop().await;
    let fences = PARTITIONS as usize - 1;
    assert_eq!(
        world.blocks().len(),
        blocks + fences + 1,
        "none where it halts"
    );
    let refused = rebuild::<Toy, _>(&world.log, AT, snapshot.own_sequence, 0).await;
    let refused = refused.err().expect("its beginning is gone");
    assert!(refused.contains("snapshot"), "{refused}");
}

#[tokio::test]
async fn a_newer_snapshot_takes_the_place_of_the_older_one() {
    let world = World::new();
    let toy = world.start("m1", MemoryStore::new()).await;
    registered(&world, &["a"]).await;
    let first = copy(&world, &toy).await;
    assert_eq!(copy(&world, &toy).await, first, "nothing has changed");
    registered(&world, &["b"]).await;
    let second = copy(&world, &toy).await;
    assert!(second.consumed > first.consumed && second.rows > first.rows);
    until(|| world.log.snapshots().parts(Service::Router, AT) == second.parts as usize).await;
    toy.stop().await;
}

#[tokio::test]
async fn rows_of_many_parts_come_back_and_the_work_goes_on_meanwhile() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    let names: Vec<String> = (0..40_000).map(|n| format!("{n:0>60}")).collect();
    for some in names.chunks(1_000) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        world.register(AT, &some).await;
    }
    until(|| world.routed().len() == names.len()).await;
    let snapshot = copy(&world, &first).await;
    assert!(snapshot.parts > 10, "{snapshot:?}");
    assert_eq!(snapshot.rows as usize, 2 * names.len() + 1);
    trim(&world, &snapshot).await;
    registered(&world, &["one more"]).await;
    let before = stands(&first).await;
    first.stop().await;
    let second = world.start("m2", MemoryStore::new()).await;
    assert_eq!(stands(&second).await.state_hash, before.state_hash);
    second.stop().await;
}
