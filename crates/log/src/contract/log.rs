//! Behaviours of [`EventLog`], within one stream.

use std::time::Duration;

use bytes::Bytes;
use redress_wire::Service;
use tokio::time::timeout;

use super::{Fixture, soon};
use crate::{AppendError, Chain, Entry, EventLog, Reader, Stored};

const ROUTER: Chain = blocks(0, Service::Router);
const INTAKE: Chain = blocks(0, Service::Intake);

/// The chain of a service in the `n`-th partition of the stream that holds partition 0, of one, two
/// or three streams.
const fn blocks(n: u32, service: Service) -> Chain {
    let partition = 6 * n;
    Chain::Blocks { partition, service }
}

fn entry(chain: Chain, expected: u64, payload: &str) -> Entry {
    Entry {
        chain,
        expected,
        payload: Bytes::copy_from_slice(payload.as_bytes()),
    }
}

fn stored(chain: Chain, sequence: u64, payload: &str) -> Stored {
    Stored {
        chain,
        sequence,
        payload: Bytes::copy_from_slice(payload.as_bytes()),
    }
}

async fn append(log: &impl EventLog, entries: &[Entry]) -> Vec<u64> {
    soon(log.append(entries))
        .await
        .expect("nothing speaks against it")
}

async fn assert_fenced(log: &impl EventLog, entries: &[Entry]) {
    let answer = soon(log.append(entries)).await;
    assert!(matches!(answer, Err(AppendError::Fenced(_))), "{answer:?}");
}

async fn assert_refused(log: &impl EventLog, entries: &[Entry]) {
    let answer = soon(log.append(entries)).await;
    assert!(matches!(answer, Err(AppendError::Refused(_))), "{answer:?}");
}

async fn last(log: &impl EventLog, chain: Chain) -> Option<Stored> {
    soon(log.last(chain)).await.expect("the log can be read")
}

/// Ascending, whatever chain they belong to.
pub async fn entries_get_ascending_sequences_over_all_chains(fixture: &impl Fixture) {
    let log = fixture.log();
    let first = append(&log, &[entry(ROUTER, 0, "a"), entry(INTAKE, 0, "b")]).await;
    assert_eq!(first, [1, 2]);
    assert_eq!(append(&log, &[entry(INTAKE, 2, "c")]).await, [3]);
    assert_eq!(
        append(&log, &[entry(ROUTER, 1, "d"), entry(INTAKE, 3, "e")]).await,
        [4, 5]
    );
}

/// The smallest append.
pub async fn a_batch_of_one_is_stored(fixture: &impl Fixture) {
    let log = fixture.log();
    assert_eq!(append(&log, &[entry(ROUTER, 0, "a")]).await, [1]);
    assert_eq!(last(&log, ROUTER).await, Some(stored(ROUTER, 1, "a")));
    assert_fenced(&log, &[entry(ROUTER, 0, "b")]).await;
}

/// Nothing to do is done.
pub async fn an_empty_append_is_nothing(fixture: &impl Fixture) {
    assert_eq!(append(&fixture.log(), &[]).await, [] as [u64; 0]);
}

/// Blocks of several partitions and services, and a take of numbers.
pub async fn several_chains_are_continued_by_one_append(fixture: &impl Fixture) {
    let log = fixture.log();
    let chains = [
        ROUTER,
        blocks(1, Service::Router),
        Chain::Numbers { day: 20_260_921 },
        INTAKE,
    ];
    let entries = chains.map(|chain| entry(chain, 0, &chain.subject()));
    assert_eq!(append(&log, &entries).await, [1, 2, 3, 4]);
    for (sequence, chain) in (1..).zip(chains) {
        assert_eq!(
            last(&log, chain).await,
            Some(stored(chain, sequence, &chain.subject()))
        );
    }
}

/// A writer that does not know the last entry of its chain.
pub async fn a_stale_expectation_is_fenced_and_stores_nothing(fixture: &impl Fixture) {
    let log = fixture.log();
    append(&log, &[entry(ROUTER, 0, "a")]).await;
    append(&log, &[entry(ROUTER, 1, "b")]).await;
    assert_fenced(&log, &[entry(ROUTER, 1, "c")]).await;
    assert_fenced(&log, &[entry(ROUTER, 3, "c")]).await;
    assert_eq!(last(&log, ROUTER).await, Some(stored(ROUTER, 2, "b")));
    assert_eq!(append(&log, &[entry(ROUTER, 2, "c")]).await, [3]);
}

/// All or none, wherever the stale one stands.
pub async fn one_stale_chain_of_many_stores_nothing_of_any(fixture: &impl Fixture) {
    let log = fixture.log();
    let stale = blocks(2, Service::Router);
    append(&log, &[entry(stale, 0, "a")]).await;
    for place in 0..3 {
        let mut entries = vec![entry(ROUTER, 0, "b"), entry(INTAKE, 0, "c")];
        entries.insert(place, entry(stale, 0, "d"));
        assert_fenced(&log, &entries).await;
    }
    assert_eq!(last(&log, ROUTER).await, None);
    assert_eq!(last(&log, INTAKE).await, None);
    assert_eq!(
        append(&log, &[entry(ROUTER, 0, "b"), entry(stale, 1, "d")]).await,
        [2, 3]
    );
}

/// Zero expects an empty chain.
pub async fn an_expectation_of_nothing_is_fenced_once_there_is_something(fixture: &impl Fixture) {
    let log = fixture.log();
    append(&log, &[entry(ROUTER, 0, "a")]).await;
    assert_fenced(&log, &[entry(ROUTER, 0, "b"), entry(INTAKE, 0, "b")]).await;
    assert_eq!(last(&log, INTAKE).await, None);
}

/// Both at once, many times: each time one wins, the other stores nothing.
pub async fn of_two_writers_with_the_same_expectation_one_wins(fixture: &impl Fixture) {
    let log = fixture.log();
    let (mut router, mut intake) = (0, 0);
    for _ in 0..20 {
        let one = [entry(ROUTER, router, "one"), entry(INTAKE, intake, "one")];
        let two = [entry(INTAKE, intake, "two"), entry(ROUTER, router, "two")];
        let answers = soon(async { tokio::join!(log.append(&one), log.append(&two)) }).await;
        (router, intake) = match answers {
            (Ok(won), Err(AppendError::Fenced(_))) => (won[0], won[1]),
            (Err(AppendError::Fenced(_)), Ok(won)) => (won[1], won[0]),
            other => panic!("one should win and one be fenced: {other:?}"),
        };
    }
    assert_eq!(router.max(intake), 40);
}

/// A chain has one place in an append.
pub async fn two_entries_of_one_chain_are_refused(fixture: &impl Fixture) {
    let log = fixture.log();
    assert_refused(&log, &[entry(ROUTER, 0, "a"), entry(ROUTER, 1, "b")]).await;
    assert_eq!(last(&log, ROUTER).await, None);
}

/// A round of a process that owns many partitions.
pub async fn two_hundred_entries_are_one_batch(fixture: &impl Fixture) {
    let log = fixture.log();
    let round = |expected: u64| -> Vec<Entry> {
        let chains = (0..40).flat_map(|n| Service::ALL.map(|service| blocks(n, service)));
        (0..)
            .zip(chains)
            .map(|(place, chain)| (chain, if expected == 0 { 0 } else { expected + place }))
            .map(|(chain, after)| entry(chain, after, "block"))
            .collect()
    };
    assert_eq!(append(&log, &round(0)).await, (1..=200).collect::<Vec<_>>());
    assert_eq!(
        append(&log, &round(1)).await,
        (201..=400).collect::<Vec<_>>()
    );
    assert_fenced(&log, &round(1)).await;
}

/// Half a megabyte, and nothing at all.
pub async fn large_and_empty_payloads_come_back_whole(fixture: &impl Fixture) {
    let log = fixture.log();
    let large = "x".repeat(500_000);
    let mut reader = soon(log.read(0, &Service::ALL, 1))
        .await
        .expect("the log can be read");
    append(&log, &[entry(ROUTER, 0, &large), entry(INTAKE, 0, "")]).await;
    append(&log, &[entry(ROUTER, 1, &large)]).await;
    assert_eq!(last(&log, ROUTER).await, Some(stored(ROUTER, 3, &large)));
    assert_eq!(last(&log, INTAKE).await, Some(stored(INTAKE, 2, "")));
    for expected in [
        stored(ROUTER, 1, &large),
        stored(INTAKE, 2, ""),
        stored(ROUTER, 3, &large),
    ] {
        assert_eq!(soon(reader.next()).await, Ok(expected));
    }
}

/// Refused at once, or stored where there is no limit; never in doubt.
pub async fn what_is_too_large_is_refused(fixture: &impl Fixture) {
    let log = fixture.log();
    let huge = [
        entry(ROUTER, 0, &"x".repeat(40_000_000)),
        entry(INTAKE, 0, "a"),
    ];
    match soon(log.append(&huge)).await {
        Err(AppendError::Refused(_)) => assert_eq!(last(&log, INTAKE).await, None),
        other => assert_eq!(other, Ok(vec![1, 2])),
    }
}

/// Of this chain, not of another one.
pub async fn the_last_of_a_chain_is_found(fixture: &impl Fixture) {
    let log = fixture.log();
    assert_eq!(last(&log, ROUTER).await, None);
    append(&log, &[entry(ROUTER, 0, "a"), entry(INTAKE, 0, "b")]).await;
    append(&log, &[entry(ROUTER, 1, "c")]).await;
    assert_eq!(last(&log, ROUTER).await, Some(stored(ROUTER, 3, "c")));
    assert_eq!(last(&log, INTAKE).await, Some(stored(INTAKE, 2, "b")));
    assert_eq!(last(&log, blocks(10, Service::Router)).await, None);
}

/// Of whatever chain.
pub async fn an_entry_is_found_at_its_sequence(fixture: &impl Fixture) {
    let log = fixture.log();
    let numbers = Chain::Numbers { day: 20_260_921 };
    append(&log, &[entry(ROUTER, 0, "a"), entry(numbers, 0, "b")]).await;
    for (sequence, expected) in [
        (0, None),
        (1, Some(stored(ROUTER, 1, "a"))),
        (2, Some(stored(numbers, 2, "b"))),
        (3, None),
    ] {
        assert_eq!(soon(log.at(0, sequence)).await, Ok(expected));
    }
}

/// Causes before effects: the order of the log, over the services asked for and no others.
pub async fn a_partition_is_read_in_order_across_services(fixture: &impl Fixture) {
    let log = fixture.log();
    let other = blocks(1, Service::Intake);
    append(
        &log,
        &[
            entry(INTAKE, 0, "a"),
            entry(other, 0, "b"),
            entry(ROUTER, 0, "c"),
        ],
    )
    .await;
    append(
        &log,
        &[
            entry(blocks(0, Service::Notifier), 0, "d"),
            entry(INTAKE, 1, "e"),
        ],
    )
    .await;
    append(&log, &[entry(ROUTER, 3, "f")]).await;
    let services = [Service::Router, Service::Intake];
    let mut reader = soon(log.read(0, &services, 1))
        .await
        .expect("the log can be read");
    for (expected, behind) in [
        (stored(INTAKE, 1, "a"), 3),
        (stored(ROUTER, 3, "c"), 2),
        (stored(INTAKE, 5, "e"), 1),
        (stored(ROUTER, 6, "f"), 0),
    ] {
        assert_eq!(soon(reader.next()).await, Ok(expected));
        assert_eq!(reader.behind(), behind);
    }
}

/// Included, also where another chain's entry stands.
pub async fn reading_starts_at_a_sequence(fixture: &impl Fixture) {
    let log = fixture.log();
    append(&log, &[entry(ROUTER, 0, "a"), entry(INTAKE, 0, "b")]).await;
    append(&log, &[entry(ROUTER, 1, "c")]).await;
    for (from, first) in [(0, 1), (1, 1), (2, 3), (3, 3)] {
        let reader = soon(log.read(0, &[Service::Router], from)).await;
        let mut reader = reader.expect("the log can be read");
        assert_eq!(
            soon(reader.next()).await.map(|stored| stored.sequence),
            Ok(first)
        );
    }
}

/// Also when it waited before anything was there.
pub async fn reading_waits_for_what_comes(fixture: &impl Fixture) {
    let log = fixture.log();
    let reader = soon(log.read(0, &[Service::Router], 1)).await;
    let mut reader = reader.expect("the log can be read");
    let waiting = tokio::spawn(async move { (reader.next().await, reader) });
    append(&log, &[entry(INTAKE, 0, "a"), entry(ROUTER, 0, "b")]).await;
    let (first, mut reader) = soon(waiting).await.expect("reading does not panic");
    assert_eq!(first, Ok(stored(ROUTER, 2, "b")));
    append(&log, &[entry(ROUTER, 2, "c")]).await;
    assert_eq!(soon(reader.next()).await, Ok(stored(ROUTER, 3, "c")));
}

/// A select that takes another branch drops the wait, again and again.
pub async fn a_dropped_wait_loses_nothing(fixture: &impl Fixture) {
    let log = fixture.log();
    let reader = soon(log.read(0, &[Service::Router], 1)).await;
    let mut reader = reader.expect("the log can be read");
    let mut seen = 0;
    for last in 0..50 {
        append(&log, &[entry(ROUTER, last, "a")]).await;
        if let Ok(next) = timeout(Duration::from_micros(50 * last), reader.next()).await {
            seen += 1;
            assert_eq!(next, Ok(stored(ROUTER, seen, "a")));
        }
    }
    for sequence in seen + 1..=50 {
        assert_eq!(soon(reader.next()).await, Ok(stored(ROUTER, sequence, "a")));
    }
}

/// Reading takes nothing away.
pub async fn two_readers_see_the_same(fixture: &impl Fixture) {
    let log = fixture.log();
    append(&log, &[entry(ROUTER, 0, "a")]).await;
    for _ in 0..2 {
        let reader = soon(log.read(0, &[Service::Router], 1)).await;
        let mut reader = reader.expect("the log can be read");
        assert_eq!(soon(reader.next()).await, Ok(stored(ROUTER, 1, "a")));
    }
}

/// A reader that knows more than the log has found a log that lost entries.
pub async fn reading_from_beyond_the_end_is_an_error(fixture: &impl Fixture) {
    let log = fixture.log();
    assert!(soon(log.read(0, &[Service::Router], 1)).await.is_ok());
    append(&log, &[entry(ROUTER, 0, "a")]).await;
    assert!(soon(log.read(0, &[Service::Router], 2)).await.is_ok());
    assert!(soon(log.read(0, &[Service::Router], 3)).await.is_err());
}

/// The same log is always the same one.
pub async fn the_identity_stays(fixture: &impl Fixture) {
    let before = soon(fixture.log().identity(0)).await;
    append(&fixture.log(), &[entry(ROUTER, 0, "a")]).await;
    assert!(before.is_ok());
    assert_eq!(soon(fixture.log().identity(0)).await, before);
}
