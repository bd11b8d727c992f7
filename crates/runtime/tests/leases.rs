//! What becomes of partitions when the store of leases answers badly.

mod toy;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use redress_log::{
    ClaimError, Membership, MembershipError, Presence, View,
    memory::{MemoryMembership, MemoryPeers},
};
use redress_runtime::Processor;
use redress_store::MemoryStore;
use redress_wire::Service;
use tokio::sync::watch;
use toy::{PARTITIONS, Toy, World};

/// Leases whose next answers are lost.
#[derive(Clone, Default)]
struct Lossy {
    twin: MemoryMembership,
    /// Releases that do not arrive.
    releases: Arc<AtomicI32>,
    /// Claims that stand, while the claimant hears nothing.
    claims: Arc<AtomicI32>,
    /// Renewals that fail.
    renewals: Arc<AtomicI32>,
}

fn lost() -> ClaimError {
    MembershipError("no answer".to_owned()).into()
}

impl Membership for Lossy {
    async fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> Result<(), MembershipError> {
        if self.renewals.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Err(MembershipError("no answer".to_owned()));
        }
        self.twin.renew(service, member, presence).await
    }

    async fn leave(&self, service: Service, member: &str) -> Result<(), MembershipError> {
        self.twin.leave(service, member).await
    }

    async fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        let claimed = self.twin.claim(service, partition, member, seen).await?;
        if self.claims.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Err(lost());
        }
        Ok(claimed)
    }

    async fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> Result<(), ClaimError> {
        if self.releases.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Err(lost());
        }
        self.twin.release(service, partition, revision).await
    }

    async fn watch(&self, service: Service) -> Result<watch::Receiver<View>, MembershipError> {
        self.twin.watch(service).await
    }
}

async fn owns(at: &Processor<Toy, MemoryPeers>, how_many: usize) {
    let handle = at.handle.clone();
    let what = format!("{how_many} partitions");
    redress_testkit::eventually(&what, Duration::from_secs(10), async || {
        let owned = (0..PARTITIONS).filter(|p| handle.owns(*p)).count();
        (owned == how_many).then_some(())
    })
    .await;
}

async fn started(world: &World, lossy: &Lossy) -> Processor<Toy, MemoryPeers> {
    let lossy = Lossy {
        twin: world.members.clone(),
        ..lossy.clone()
    };
    world.start_with("m1", MemoryStore::new(), lossy).await
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_cannot_be_renewed_is_tried_again_after_a_while() {
    let (world, lossy) = (World::new(), Lossy::default());
    let first = started(&world, &lossy).await;
    owns(&first, PARTITIONS as usize).await;
    lossy.renewals.store(i32::MAX, Ordering::Relaxed);
    // 50 renewals would be due.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let tried = i32::MAX - lossy.renewals.load(Ordering::Relaxed);
    assert!((40..400).contains(&tried), "{tried} times");
    lossy.renewals.store(0, Ordering::Relaxed);
    owns(&first, PARTITIONS as usize).await;
    first.stop().await;
}

#[tokio::test]
async fn a_partition_whose_release_was_lost_reaches_its_next_owner() {
    let (world, lossy) = (World::new(), Lossy::default());
    let first = started(&world, &lossy).await;
    owns(&first, PARTITIONS as usize).await;
    lossy.releases.store(3, Ordering::Relaxed);
    let second = world.start("m2", MemoryStore::new()).await;
    owns(&first, PARTITIONS as usize / 2).await;
    owns(&second, PARTITIONS as usize / 2).await;
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_keeps_no_partition_from_its_owner() {
    let (world, lossy) = (World::new(), Lossy::default());
    lossy.claims.store(i32::MAX, Ordering::Relaxed);
    let first = started(&world, &lossy).await;
    let second = world.start("m2", MemoryStore::new()).await;
    owns(&second, PARTITIONS as usize / 2).await;
    lossy.claims.store(0, Ordering::Relaxed);
    owns(&first, PARTITIONS as usize / 2).await;
    first.stop().await;
    second.stop().await;
}
