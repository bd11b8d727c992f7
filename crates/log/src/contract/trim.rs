//! Behaviours of [`EventLog`] whose oldest messages are taken off.

use bytes::Bytes;
use redress_wire::Service;

use super::{Fixture, soon};
use crate::{AppendError, Chain, Entry, EventLog, Reader as _, Stored};

fn chain(service: Service) -> Chain {
    let partition = 0;
    Chain::Blocks { partition, service }
}

fn payload(number: u64) -> Bytes {
    Bytes::from(number.to_string())
}

fn stored(chain: Chain, sequence: u64) -> Stored {
    Stored {
        chain,
        sequence,
        payload: payload(sequence),
    }
}

async fn append(
    log: &impl EventLog,
    chain: Chain,
    expected: u64,
    number: u64,
) -> Result<Vec<u64>, AppendError> {
    let payload = payload(number);
    let entry = Entry {
        chain,
        expected,
        payload,
    };
    soon(log.append(&[entry])).await
}

/// Router's blocks 1, 3 and 4, and intake's block 2 between them.
async fn four(log: &impl EventLog) -> (Chain, Chain) {
    let (router, intake) = (chain(Service::Router), chain(Service::Intake));
    for (chain, expected, number) in [
        (router, 0, 1),
        (intake, 0, 2),
        (router, 1, 3),
        (router, 3, 4),
    ] {
        let appended = append(log, chain, expected, number).await;
        assert_eq!(appended, Ok(vec![number]));
    }
    (router, intake)
}

/// There is none in a chain that nobody has written.
pub async fn the_first_of_a_chain_is_found(fixture: &impl Fixture) {
    let log = fixture.log();
    let (router, intake) = four(&log).await;
    assert_eq!(soon(log.first(router)).await, Ok(Some(stored(router, 1))));
    assert_eq!(soon(log.first(intake)).await, Ok(Some(stored(intake, 2))));
    let notifier = chain(Service::Notifier);
    assert_eq!(soon(log.first(notifier)).await, Ok(None));
}

/// Other chains keep what they have; what is taken off is gone, and taking it off again is nothing.
pub async fn a_trimmed_chain_begins_later_and_the_others_where_they_did(fixture: &impl Fixture) {
    let log = fixture.log();
    let (router, intake) = four(&log).await;
    assert_eq!(soon(log.trim(router, 4)).await, Ok(2));
    assert_eq!(soon(log.first(router)).await, Ok(Some(stored(router, 4))));
    assert_eq!(soon(log.first(intake)).await, Ok(Some(stored(intake, 2))));
    for (sequence, there) in [(1, false), (2, true), (3, false), (4, true)] {
        let at = soon(log.at(0, sequence))
            .await
            .expect("the log can be read");
        assert_eq!(at.is_some(), there, "{sequence}");
    }
    assert_eq!(soon(log.trim(router, 4)).await, Ok(0));
    assert_eq!(soon(log.trim(router, 0)).await, Ok(0));
    assert_eq!(soon(log.trim(chain(Service::Notifier), 4)).await, Ok(0));
}

/// It is what the next append is fenced by.
pub async fn the_last_of_a_chain_is_never_trimmed(fixture: &impl Fixture) {
    let log = fixture.log();
    let (router, intake) = four(&log).await;
    assert_eq!(soon(log.trim(router, 1_000)).await, Ok(2));
    assert_eq!(soon(log.trim(intake, 1_000)).await, Ok(0));
    assert_eq!(soon(log.last(router)).await, Ok(Some(stored(router, 4))));
    let stale = append(&log, router, 0, 5).await;
    assert!(matches!(stale, Err(AppendError::Fenced(_))), "{stale:?}");
    assert_eq!(append(&log, router, 4, 5).await, Ok(vec![5]));
}

/// From whatever place before it.
pub async fn a_reader_of_a_trimmed_log_begins_at_what_is_left(fixture: &impl Fixture) {
    let log = fixture.log();
    let (router, intake) = four(&log).await;
    assert_eq!(soon(log.trim(router, 4)).await, Ok(2));
    for from in [0, 1, 2] {
        let services = [Service::Router, Service::Intake];
        let reader = soon(log.read(0, &services, from)).await;
        let mut reader = reader.expect("the log can be read");
        assert_eq!(soon(reader.next()).await, Ok(stored(intake, 2)));
        assert_eq!(soon(reader.next()).await, Ok(stored(router, 4)));
    }
}
