//! What becomes of a partition whose log or store is damaged or cannot be used.

mod toy;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use redress_log::{Chain, memory::MemoryPeers};
use redress_runtime::Processor;
use redress_store::{MemoryStore, PartitionStore, Store, StoreError};
use redress_wire::Service;
use toy::{PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);

async fn until(holds: impl Fn() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().then_some(())).await;
}

fn owned(at: &Processor<Toy, MemoryPeers>) -> usize {
    (0..PARTITIONS).filter(|p| at.handle.owns(*p)).count()
}

fn blocks(world: &World, partition: u32) -> usize {
    let chain = Chain::Blocks {
        partition,
        service: Service::Router,
    };
    let entries = world.log.entries();
    entries
        .iter()
        .filter(|stored| stored.chain == chain)
        .count()
}

#[tokio::test]
async fn what_follows_a_damaged_block_is_never_folded_not_even_after_a_restart() {
    let (world, store) = (World::new(), MemoryStore::new());
    let first = world.start("m1", store.clone()).await;
    world.register(1, &["a"]).await;
    until(|| world.routed() == ["a"]).await;
    world.register_after_damage(1, "b").await;
    until(|| !first.handle.owns(1)).await;
    first.stop().await;
    for (member, store) in [("m2", store), ("m3", MemoryStore::new())] {
        let again = world.start(member, store).await;
        until(|| owned(&again) == PARTITIONS as usize - 1).await;
        world.register(2, &[member]).await;
        until(|| world.routed().contains(&member.to_owned())).await;
        again.stop().await;
    }
    assert_eq!(world.routed(), ["a", "m2", "m3"]);
}

/// A store that cannot be used at first.
struct Full {
    twin: MemoryStore,
    refusals: AtomicI32,
}

impl Store for Full {
    fn partition(&self, partition: u32) -> Result<Arc<dyn PartitionStore>, StoreError> {
        if self.refusals.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Err(StoreError::unavailable("no space left on device"));
        }
        self.twin.partition(partition)
    }

    fn discard(&self, partition: u32) -> Result<(), StoreError> {
        self.twin.discard(partition)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.twin.flush()
    }
}

#[tokio::test]
async fn a_partition_that_cannot_be_taken_over_does_not_fill_the_log() {
    let world = World::new();
    let store = Full {
        twin: MemoryStore::new(),
        refusals: AtomicI32::new(3 * PARTITIONS as i32),
    };
    let leases = world.members.clone();
    let toy = world.start_with("m1", store, leases).await;
    until(|| owned(&toy) == PARTITIONS as usize).await;
    for partition in 0..PARTITIONS {
        assert_eq!(
            blocks(&world, partition),
            1,
            "one fence, however many attempts"
        );
    }
    toy.stop().await;
}
