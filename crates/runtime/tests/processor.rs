//! A processor over the twins: what it promises, and what becomes of it when the log misbehaves.

mod toy;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use redress_host::{Metrics, RuntimeMetrics};
use redress_log::memory::{Fault, MemoryPeers};
use redress_runtime::{Processor, Task, Tasks, TokioTasks, Work, rebuild};
use redress_store::{MemoryStore, StoreError, state_hash};
use redress_wire::{Payload, peer::Redrive};
use tonic::Code;
use toy::{Ask, PARTITIONS, Toy, World};

const SOON: Duration = Duration::from_secs(10);

/// Waits until something holds.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    redress_testkit::eventually("the state", SOON, async || holds().await.then_some(())).await;
}

async fn owns_all(at: &Processor<Toy, MemoryPeers>) {
    let handle = at.handle.clone();
    until(async || (0..PARTITIONS).all(|partition| handle.owns(partition))).await;
}

fn ask(word: &str) -> Ask {
    Ask {
        word: word.to_owned(),
    }
}

async fn number(at: &Processor<Toy, MemoryPeers>, partition: u32) -> u64 {
    at.handle
        .command(partition, ask("number"), "", SOON)
        .await
        .expect("a number")
        .number
}

#[tokio::test]
async fn every_input_is_decided_once_and_in_order() {
    let world = World::new();
    world.register(1, &["a", "b"]).await;
    let toy = world.start("m1", MemoryStore::new()).await;
    world.register(1, &["c"]).await;
    until(async || world.routed() == ["a", "b", "c"]).await;
    toy.stop().await;
    assert_eq!(world.routed(), ["a", "b", "c"]);
}

#[tokio::test]
async fn what_follows_from_inputs_at_once_is_never_too_much_for_a_block() {
    let world = World::new();
    let numbers: Vec<String> = (0..12).map(|n| format!("long{n}")).collect();
    for number in &numbers {
        world.register(1, &[number]).await;
    }
    let toy = world.start("m1", MemoryStore::new()).await;
    until(async || world.routed() == numbers).await;
    let entries = world.log.entries();
    let largest = entries.iter().map(|stored| stored.payload.len()).max();
    assert!(largest < Some(1 << 20), "{largest:?}");
    toy.stop().await;
}

#[tokio::test]
async fn what_follows_from_many_small_inputs_is_spread_over_blocks() {
    let world = World::new();
    let many: Vec<String> = (0..2_000).map(|n| n.to_string()).collect();
    for some in many.chunks(100) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        world.register(1, &some).await;
    }
    let toy = world.start("m1", MemoryStore::new()).await;
    until(async || world.routed() == many).await;
    let most = world.blocks().into_iter().map(|block| block.events.len());
    assert!(most.max() <= Some(512));
    toy.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_backlog_does_not_wait_for_company() {
    let mut world = World::new();
    world.pace.linger = SOON * 10;
    let many: Vec<String> = (0..2_000).map(|n| n.to_string()).collect();
    for some in many.chunks(100) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        world.register(1, &some).await;
    }
    let toy = world.start("m1", MemoryStore::new()).await;
    // What is left at the end is less than a round takes, and waits.
    until(async || world.routed().len() >= 1_500).await;
    toy.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_backlog_waits_in_the_log_and_is_told() {
    let world = World::new();
    let filling = "x".repeat(200 << 10);
    let numbers: Vec<String> = (0..100).map(|n| format!("{n}{filling}")).collect();
    for number in &numbers {
        world.register(1, &[number]).await;
    }
    // The fences pass; then rounds are refused, and each gathers anew.
    (0..PARTITIONS).for_each(|_| world.log.pass_next());
    (0..30).for_each(|_| world.log.fail_next(Fault::Refused));
    let metrics = RuntimeMetrics::register(&Metrics::new("toy"));
    let (leases, told) = (world.members.clone(), metrics.clone());
    let store = MemoryStore::new();
    let toy = world.start_as("m1", store, leases, false, metrics).await;
    let (mut bytes, mut blocks) = (0, 0);
    until(async || {
        bytes = bytes.max(told.input_bytes.get());
        blocks = blocks.max(told.backlog.get());
        world.routed().len() == numbers.len()
    })
    .await;
    // Half of them would be more.
    assert!(bytes < 5 << 20, "{bytes} bytes were read ahead");
    // Those on their way from the reader to the round are not known.
    assert!(blocks > 30, "{blocks} blocks were told");
    until(async || told.backlog.get() == 0).await;
    toy.stop().await;
}

type Blocking = Box<dyn FnOnce() + Send>;

/// A disk that hangs as long as it is told to.
#[derive(Default)]
struct HangingDisk(Mutex<Option<Vec<Blocking>>>);

impl HangingDisk {
    fn hang(&self) {
        *self.0.lock().unwrap() = Some(Vec::new());
    }

    fn go_on(&self) {
        let held = self.0.lock().unwrap().take();
        held.into_iter().flatten().for_each(|work| work());
    }
}

impl Tasks for HangingDisk {
    fn spawn(&self, work: Work) -> Task {
        TokioTasks.spawn(work)
    }

    fn block(&self, work: Blocking) {
        match &mut *self.0.lock().unwrap() {
            Some(held) => held.push(work),
            None => work(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rounds_wait_for_a_store_that_falls_behind() {
    let world = World::new();
    let disk = Arc::new(HangingDisk::default());
    let parts = world.parts(
        "m1",
        MemoryStore::new(),
        world.members.clone(),
        world.log.clone(),
    );
    let toy = Processor::start_on(parts, disk.clone()).await.unwrap();
    until(async || (0..PARTITIONS).all(|id| toy.handle.owns(id))).await;
    disk.hang();
    let filling = "x".repeat(200 << 10);
    for n in 0..100 {
        world.register(1, &[&format!("{n}{filling}")]).await;
    }
    // Each leaves 400 KiB of rows; some 30 of them are as much as may wait.
    let all = async || world.routed().len() == 100;
    let too_fast = tokio::time::timeout(Duration::from_secs(5), until(all)).await;
    assert!(too_fast.is_err(), "40 MB of rows wait in memory");
    disk.go_on();
    until(all).await;
    toy.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_due_does_not_wait_for_company() {
    let mut world = World::new();
    // The round that sets the alarm gathers for so long; another one as long would be too late.
    world.pace.linger = SOON * 2 / 3;
    world.register(1, &["alarm"]).await;
    let toy = world.start("m1", MemoryStore::new()).await;
    until(async || world.routed().contains(&"rang".to_owned())).await;
    toy.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_over_does_not_wait_for_company() {
    let mut world = World::new();
    world.pace.linger = SOON * 10;
    for partition in 0..PARTITIONS {
        world.register(partition, &["a"]).await;
    }
    let began = tokio::time::Instant::now();
    let toy = world.start("m1", MemoryStore::new()).await;
    owns_all(&toy).await;
    // A look at the clock, which ends any gathering, comes after longer.
    assert!(began.elapsed() < SOON / 20, "{:?}", began.elapsed());
    toy.stop().await;
}

#[tokio::test]
async fn a_new_process_with_an_empty_store_decides_nothing_again() {
    let world = World::new();
    world.register(1, &["a", "b"]).await;
    let toy = world.start("m1", MemoryStore::new()).await;
    until(async || world.routed().len() == 2).await;
    toy.stop().await;
    let toy = world.start("m2", MemoryStore::new()).await;
    world.register(1, &["c"]).await;
    until(async || world.routed() == ["a", "b", "c"]).await;
    assert_eq!(
        toy.handle.query_one(1, &ask("out/")).await.unwrap().number,
        3
    );
    toy.stop().await;
}

#[tokio::test]
async fn numbers_are_given_once_across_partitions_without_gaps() {
    let world = World::new();
    let toy = world.start("m1", MemoryStore::new()).await;
    let mut numbers = BTreeSet::new();
    for round in 0..50 {
        numbers.insert(number(&toy, round % PARTITIONS).await);
    }
    assert_eq!(numbers, (1..=50).collect());
    toy.stop().await;
}

#[tokio::test]
async fn a_refusal_records_nothing_and_a_panic_stops_nothing() {
    let world = World::new();
    let toy = world.start("m1", MemoryStore::new()).await;
    let refused = toy
        .handle
        .command(0, ask("refuse"), "", SOON)
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
    let broken = toy
        .handle
        .command(0, ask("panic"), "", SOON)
        .await
        .unwrap_err();
    assert_eq!(broken.code, Code::Internal);
    assert_eq!(number(&toy, 0).await, 1);
    assert_eq!(world.events().len(), 1);
    toy.stop().await;
}

#[tokio::test]
async fn what_cannot_be_processed_is_set_aside_and_blocks_nothing() {
    let world = World::new();
    world.register(2, &["a", "refused", "panics", "b"]).await;
    let toy = world.start("m1", MemoryStore::new()).await;
    until(async || world.routed() == ["a", "b"]).await;
    let aside = toy.handle.set_aside(10).await.unwrap();
    let rows = &aside
        .iter()
        .find(|(partition, _)| *partition == 2)
        .unwrap()
        .1;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row.reason == "this cannot be routed"));
    let redrive = Redrive {
        id: rows[0].id.clone(),
        request_id: "r".to_owned(),
    };
    let outcome = toy.handle.redrive(redrive, SOON).await.unwrap();
    assert!(!outcome.processed, "it still cannot be processed");
    toy.stop().await;
}

#[tokio::test]
async fn a_lost_answer_of_the_log_loses_and_doubles_nothing() {
    for fault in [
        Fault::StoredInDoubt,
        Fault::LostInDoubt,
        Fault::LateInDoubt,
        Fault::Fenced,
    ] {
        let world = World::new();
        let toy = world.start("m1", MemoryStore::new()).await;
        owns_all(&toy).await;
        assert_eq!(number(&toy, 0).await, 1);
        world.log.fail_next(fault);
        assert_eq!(number(&toy, 1).await, 2);
        assert_eq!(number(&toy, 1).await, 3);
        assert_eq!(world.events().len(), 3, "{fault:?}");
        toy.stop().await;
    }
}

#[tokio::test]
async fn an_owner_that_was_fenced_out_steps_down_and_the_caller_is_still_answered() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    assert_eq!(number(&first, 0).await, 1);
    // Its lease is gone without its knowledge; another takes over what it believes to own.
    world.members.expire(redress_wire::Service::Router, "m1");
    let second = world.start("m2", MemoryStore::new()).await;
    let handle = second.handle.clone();
    until(async || (0..PARTITIONS).any(|p| handle.owns(p))).await;
    let mut numbers = BTreeSet::new();
    for partition in 0..PARTITIONS {
        numbers.insert(number(&first, partition).await);
        numbers.insert(number(&second, partition).await);
    }
    assert_eq!(
        numbers.len(),
        2 * PARTITIONS as usize,
        "no number was given twice"
    );
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn two_replicas_share_the_partitions_and_each_answers_for_the_whole() {
    let world = World::new();
    let first = world.start("m1", MemoryStore::new()).await;
    let second = world.start("m2", MemoryStore::new()).await;
    let (one, two) = (first.handle.clone(), second.handle.clone());
    until(async || {
        let owned = |h: &redress_runtime::Handle<Toy, _>| {
            (0..PARTITIONS).filter(|p| h.owns(*p)).count() as u32
        };
        owned(&one) == PARTITIONS / 2 && owned(&two) == PARTITIONS / 2
    })
    .await;
    let mut numbers = BTreeSet::new();
    for partition in 0..PARTITIONS {
        numbers.insert(number(&first, partition).await);
        numbers.insert(number(&second, partition).await);
    }
    assert_eq!(numbers.len(), 2 * PARTITIONS as usize);
    let found = first.handle.query_all(&ask("no/")).await.unwrap();
    assert_eq!(found.iter().map(|(_, told)| told.number).sum::<u64>(), 8);
    first.stop().await;
    assert_eq!(
        number(&second, 0).await,
        9.max(number(&second, 1).await - 1)
    );
    second.stop().await;
}

#[tokio::test]
async fn live_rows_equal_rows_rebuilt_from_the_log_alone() {
    let world = World::new();
    let toy = world.start("m1", MemoryStore::new()).await;
    for n in 0..20 {
        world.register(n % PARTITIONS, &[&format!("c{n}")]).await;
        number(&toy, (n + 1) % PARTITIONS).await;
    }
    until(async || world.routed().len() == 20).await;
    for status in toy.handle.status(true).await.unwrap() {
        let rebuilt = rebuild::<Toy, _>(
            &world.log,
            status.partition,
            status.own_sequence,
            status.consumed,
        )
        .await
        .unwrap();
        assert_eq!(
            state_hash(&rebuilt.rows).unwrap().to_vec(),
            status.state_hash
        );
        assert_eq!(rebuilt.head.sequence, status.own_sequence);
    }
    toy.stop().await;
}

#[tokio::test]
async fn rows_that_the_store_lost_are_folded_again() {
    let world = World::new();
    let store = MemoryStore::new();
    let toy = world.start("m1", store.clone()).await;
    world.register(0, &["a"]).await;
    until(async || world.routed().len() == 1).await;
    store.fail_next_apply(StoreError::damaged("a page is torn"));
    let handle = toy.handle.clone();
    world.register(0, &["b"]).await;
    until(async || {
        handle
            .query_one(0, &ask("out/"))
            .await
            .is_ok_and(|told| told.number == 2)
    })
    .await;
    assert_eq!(world.routed(), ["a", "b"]);
    assert!(
        world
            .events()
            .iter()
            .all(|e| !matches!(e.payload, Some(Payload::SetAside(_))))
    );
    toy.stop().await;
}

#[tokio::test]
async fn a_log_that_refuses_makes_callers_come_again_and_inputs_wait() {
    let world = World::new();
    let toy = world.start("m1", MemoryStore::new()).await;
    owns_all(&toy).await;
    assert_eq!(number(&toy, 0).await, 1);
    world.log.fail_next(Fault::Refused);
    let refused = toy
        .handle
        .command(0, ask("number"), "", SOON)
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Unavailable);
    assert!(refused.retry_after.is_some());
    world.register(0, &["a"]).await;
    world.log.fail_next(Fault::Refused);
    until(async || world.routed() == ["a"]).await;
    assert_eq!(
        number(&toy, 0).await,
        2,
        "the number that was not stored is given again"
    );
    toy.stop().await;
}
