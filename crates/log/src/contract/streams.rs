//! Behaviours of [`EventLog`] over all its streams, be it one or several.

use bytes::Bytes;
use futures::future::join_all;
use redress_wire::Service;

use super::{Fixture, soon};
use crate::{AppendError, Chain, Entry, EventLog, Reader as _, Stored};

fn chain(partition: u32) -> Chain {
    let service = Service::Router;
    Chain::Blocks { partition, service }
}

fn entry(chain: Chain, expected: u64) -> Entry {
    let payload = Bytes::from(chain.subject());
    Entry {
        chain,
        expected,
        payload,
    }
}

fn stored(chain: Chain, sequence: u64) -> Stored {
    let payload = Bytes::from(chain.subject());
    Stored {
        chain,
        sequence,
        payload,
    }
}

/// One partition of each stream.
async fn one_of_each(log: &impl EventLog) -> std::ops::Range<u32> {
    let streams = soon(log.streams()).await.expect("the log can be read");
    0..streams.count()
}

/// Every one begins at 1, whatever the others hold.
pub async fn each_stream_counts_for_itself(fixture: &impl Fixture) {
    let log = fixture.log();
    for partition in one_of_each(&log).await {
        let at = chain(partition);
        for before in 0..=u64::from(partition) {
            let appended = soon(log.append(&[entry(at, before)])).await;
            assert_eq!(appended, Ok(vec![before + 1]));
        }
        let end = u64::from(partition) + 1;
        assert_eq!(soon(log.last(at)).await, Ok(Some(stored(at, end))));
        assert_eq!(
            soon(log.at(partition, end)).await,
            Ok(Some(stored(at, end)))
        );
        assert_eq!(soon(log.at(partition, end + 1)).await, Ok(None));
        assert!(
            soon(log.read(partition, &[Service::Router], end + 1))
                .await
                .is_ok()
        );
        assert!(
            soon(log.read(partition, &[Service::Router], end + 2))
                .await
                .is_err()
        );
    }
}

/// Nothing spans streams: an append is all or nothing.
pub async fn an_append_to_several_streams_is_refused_and_stores_nothing(fixture: &impl Fixture) {
    let log = fixture.log();
    let partitions = one_of_each(&log).await;
    let entries: Vec<_> = partitions.clone().map(|id| entry(chain(id), 0)).collect();
    match soon(log.append(&entries)).await {
        Err(AppendError::Refused(_)) => assert!(partitions.len() > 1),
        other => assert_eq!((other, partitions.len()), (Ok(vec![1]), 1)),
    }
    let there = u32::from(partitions.len() == 1);
    for partition in partitions {
        let last = soon(log.last(chain(partition)))
            .await
            .expect("it can be read");
        assert_eq!(u32::from(last.is_some()), there);
    }
}

/// One append to each stream at the same time, one of them stale.
pub async fn streams_are_appended_to_side_by_side(fixture: &impl Fixture) {
    let log = fixture.log();
    let partitions = one_of_each(&log).await;
    for round in 0..20_u64 {
        let stale = round % (partitions.len() as u64 + 1);
        let entries = partitions.clone().map(|id| {
            let (first, second) = (chain(id), chain(id + 24));
            let before = if round == 0 {
                [0, 0]
            } else {
                [2 * round - 1, 2 * round]
            };
            let wrong = u64::from(u64::from(id) == stale);
            (
                id,
                [entry(first, before[0] + wrong), entry(second, before[1])],
            )
        });
        let entries: Vec<_> = entries.collect();
        let answers = join_all(entries.iter().map(|(_, entries)| log.append(entries)));
        for ((id, mut entries), answer) in entries.clone().into_iter().zip(soon(answers).await) {
            let expected = Ok(vec![2 * round + 1, 2 * round + 2]);
            if u64::from(id) == stale {
                assert!(matches!(answer, Err(AppendError::Fenced(_))), "{answer:?}");
                entries[0].expected -= 1;
                assert_eq!(soon(log.append(&entries)).await, expected);
            } else {
                assert_eq!(answer, expected);
            }
        }
    }
}

/// A reader gets what stands in its own stream, in order.
pub async fn a_partition_is_read_from_its_stream(fixture: &impl Fixture) {
    let log = fixture.log();
    let partitions = one_of_each(&log).await;
    for (before, partition) in [0, 1]
        .into_iter()
        .flat_map(|b| partitions.clone().map(move |p| (b, p)))
    {
        soon(log.append(&[entry(chain(partition), before)]))
            .await
            .expect("it is stored");
    }
    for partition in partitions {
        let reader = soon(log.read(partition, &Service::ALL, 1)).await;
        let mut reader = reader.expect("the log can be read");
        for sequence in [1, 2] {
            assert_eq!(
                soon(reader.next()).await,
                Ok(stored(chain(partition), sequence))
            );
        }
    }
}

/// Whoever made one stream anew has not touched the others.
pub async fn each_stream_has_an_identity(fixture: &impl Fixture) {
    let log = fixture.log();
    let mut known = Vec::new();
    for partition in one_of_each(&log).await {
        let identity = soon(log.identity(partition)).await.expect("it can be read");
        assert_eq!(soon(log.identity(partition + 24)).await, Ok(identity));
        assert!(!known.contains(&identity));
        known.push(identity);
    }
}
