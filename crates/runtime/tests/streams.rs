//! A processor over a log of several streams: each part of a round is stored or taken back by
//! itself, and numbers are taken before they are used.

mod toy;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use jiff::Timestamp;
use prost::Message as _;
use redress_host::Clock;
use redress_log::{
    Chain,
    memory::{Fault, MemoryPeers},
};
use redress_runtime::{Parts, Processor, rebuild};
use redress_store::{MemoryStore, state_hash};
use redress_wire::{
    Payload,
    log::{Block, NumberTake},
};
use toy::{Ask, MIDNIGHT, PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);
const STREAMS: u32 = 3;
const FAULTS: [Fault; 5] = [
    Fault::StoredInDoubt,
    Fault::LostInDoubt,
    Fault::LateInDoubt,
    Fault::Fenced,
    Fault::Refused,
];
/// Appends that pass before the fault: take-overs, takes of numbers and the parts of rounds.
const PASSES: usize = 12;

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().await.then_some(())).await;
}

/// A number of each partition, all at once; a log that refuses for now is asked again.
async fn numbers(at: &Processor<Toy, MemoryPeers>) -> Vec<u64> {
    let number = async |partition| {
        let word = "number".to_owned();
        loop {
            let asked = at
                .handle
                .command(partition, Ask { word: word.clone() }, "", SOON);
            if let Ok(told) = asked.await {
                return told.number;
            }
        }
    };
    join_all((0..PARTITIONS).map(number)).await
}

/// The numbers in the log, each found behind the take that gave it.
fn recorded(world: &World) -> Vec<u64> {
    let (mut free, mut given) = (1, Vec::new());
    for stored in world.log.entries() {
        match stored.chain {
            Chain::Numbers { .. } => {
                let take = NumberTake::decode(stored.payload).expect("a take");
                assert!(take.next > free, "{} after {free}", take.next);
                free = take.next;
            }
            Chain::Blocks { .. } => {
                let block = Block::decode(stored.payload).expect("a block");
                for event in block.events {
                    if let Some(Payload::NumbersReserved(drawn)) = event.payload {
                        assert!(drawn.first < free, "{} was not taken", drawn.first);
                        given.push(drawn.first);
                    }
                }
            }
        }
    }
    given
}

/// Live rows are those of a replay, in every partition.
async fn rows_are_those_of_the_log(world: &World, at: &Processor<Toy, MemoryPeers>) {
    for status in at.handle.status(true).await.expect("all are owned") {
        let place = (status.own_sequence, status.consumed);
        let rebuilt = rebuild::<Toy, _>(&world.log, status.partition, place.0, place.1).await;
        let rows = rebuilt.expect("the log can be read").rows;
        let hash = state_hash(&rows).expect("rows in memory");
        assert_eq!(hash.as_slice(), status.state_hash, "{}", status.partition);
    }
}

#[tokio::test]
async fn whatever_becomes_of_one_append_all_is_decided_once() {
    for (fault, place) in FAULTS
        .into_iter()
        .flat_map(|fault| (0..PASSES).map(move |place| (fault, place)))
    {
        let world = World::over(STREAMS);
        let names: Vec<String> = (0..PARTITIONS).map(|id| format!("c{id}")).collect();
        for (partition, name) in (0..).zip(&names) {
            world.register(partition, &[name]).await;
        }
        for _ in 0..place {
            world.log.pass_next();
        }
        world.log.fail_next(fault);
        let toy = world.start("m1", MemoryStore::new()).await;
        let told: BTreeSet<u64> = numbers(&toy).await.into_iter().collect();
        until(async || world.routed().len() >= names.len()).await;
        let mut routed = world.routed();
        routed.sort();
        assert_eq!(routed, names, "{fault:?} after {place}");
        let given = recorded(&world);
        let once: BTreeSet<u64> = given.iter().copied().collect();
        assert_eq!(
            once.len(),
            given.len(),
            "{given:?}, {fault:?} after {place}"
        );
        assert!(told.is_subset(&once) && told.len() == PARTITIONS as usize);
        rows_are_those_of_the_log(&world, &toy).await;
        toy.stop().await;
    }
}

#[tokio::test]
async fn numbers_follow_each_other_over_all_streams_while_nothing_goes_wrong() {
    let world = World::over(STREAMS);
    let toy = world.start("m1", MemoryStore::new()).await;
    let mut told = Vec::new();
    for _ in 0..10 {
        told.extend(numbers(&toy).await);
    }
    told.sort_unstable();
    let many = 10 * u64::from(PARTITIONS);
    assert_eq!(told, (1..=many).collect::<Vec<_>>());
    assert_eq!(recorded(&world).len() as u64, many);
    toy.stop().await;
}

#[tokio::test]
async fn two_replicas_give_no_number_twice() {
    let world = World::over(STREAMS);
    let one = world.start("m1", MemoryStore::new()).await;
    let two = world.start("m2", MemoryStore::new()).await;
    until(async || (0..PARTITIONS).any(|id| two.handle.owns(id))).await;
    for _ in 0..20 {
        futures::join!(numbers(&one), numbers(&two));
    }
    let given = recorded(&world);
    let distinct: BTreeSet<u64> = given.iter().copied().collect();
    assert_eq!(distinct.len(), given.len(), "{given:?}");
    assert!(given.len() >= 40 * PARTITIONS as usize);
    rows_are_those_of_the_log(&world, &one).await;
    futures::join!(one.stop(), two.stop());
}

/// It is midnight again and again.
struct Midnights(AtomicU32);

impl Clock for Midnights {
    fn now(&self) -> Timestamp {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        let is_over = looks.wrapping_mul(0x9e37_79b9) >> 31 == 1;
        if is_over {
            MIDNIGHT
        } else {
            Timestamp::UNIX_EPOCH
        }
    }
}

#[tokio::test]
async fn a_day_that_begins_while_a_round_gets_ready_refuses_nobody() {
    let world = World::over(STREAMS);
    let parts = world.parts(
        "m1",
        MemoryStore::new(),
        world.members.clone(),
        world.log.clone(),
    );
    let clock = Arc::new(Midnights(AtomicU32::new(0)));
    let toy = Processor::start(Parts { clock, ..parts }).await.unwrap();
    until(async || (0..PARTITIONS).all(|id| toy.handle.owns(id))).await;
    for _ in 0..50 {
        let ask = Ask {
            word: "number".to_owned(),
        };
        let told = toy.handle.command(1, ask, "", SOON).await;
        assert!(told.is_ok(), "{told:?}");
    }
    toy.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_in_every_stream() {
    let (world, store) = (World::over(STREAMS), MemoryStore::new());
    let toy = world.start("m1", store.clone()).await;
    world.register(1, &["a"]).await;
    world.register(2, &["b"]).await;
    until(async || world.routed().len() == 2).await;
    toy.stop().await;
    let toy = world.start("m2", store).await;
    world.register(1, &["c"]).await;
    until(async || world.routed().len() == 3).await;
    assert_eq!(numbers(&toy).await.len(), PARTITIONS as usize);
    rows_are_those_of_the_log(&world, &toy).await;
    toy.stop().await;
}
