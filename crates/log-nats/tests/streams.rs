//! A log over several streams: what is made on the broker, and what is refused.

mod common;

use std::collections::BTreeSet;

use async_nats::jetstream::{self, stream::Config};
use bytes::Bytes;
use common::{Nats, connect_to, soon};
use redress_log::{
    AppendError, Chain, Entry, EventLog as _, Installation as _, Reader as _, Streams,
};
use redress_log_nats::{ProvisionError, Provisioning, check_provisioned, provision};
use redress_testkit::Options;
use redress_wire::{Service, names};

fn asked(streams: u32, partitions: Option<u32>) -> Provisioning {
    Provisioning {
        streams: Streams::new(streams),
        partitions,
        ..Provisioning::default()
    }
}

fn chain(partition: u32) -> Chain {
    let service = Service::Router;
    Chain::Blocks { partition, service }
}

fn entry(partition: u32, expected: u64) -> Entry {
    Entry {
        chain: chain(partition),
        expected,
        payload: Bytes::from_static(b"block"),
    }
}

async fn config(nats: &Nats, stream: &str) -> Option<Config> {
    let context = jetstream::new(nats.server.client().await);
    let stream = context.get_stream(stream).await.ok()?;
    Some(stream.cached_info().config.clone())
}

#[tokio::test]
async fn each_stream_takes_its_partitions_and_the_first_the_numbers() {
    let nats = Nats::with(&asked(3, Some(8))).await;
    let mut sizes = BTreeSet::new();
    for (stream, subjects) in [
        ("REDRESS_LOG", "0.* 3.* 6.* redress.num.*"),
        ("REDRESS_LOG_1", "1.* 4.* 7.*"),
        ("REDRESS_LOG_2", "2.* 5.*"),
    ] {
        let found = config(&nats, stream).await.expect("it was made");
        let short = found
            .subjects
            .iter()
            .map(|it| it.trim_start_matches("redress.log."));
        assert_eq!(short.collect::<Vec<_>>().join(" "), subjects, "{stream}");
        sizes.insert(found.max_bytes);
    }
    assert_eq!(config(&nats, "REDRESS_LOG_3").await, None);
    assert_eq!(sizes.len(), 1, "also on a small disk: {sizes:?}");
}

#[tokio::test]
async fn one_stream_leaves_everything_as_it_always_was() {
    let nats = Nats::with(&asked(1, Some(8))).await;
    let log = config(&nats, names::LOG_STREAM).await.expect("the log");
    assert_eq!(log.subjects, ["redress.log.*.*", "redress.num.*"]);
    assert_eq!(config(&nats, &names::log_stream(1)).await, None);
    // Not even a fact tells of it: an older release reads the same.
    let facts = nats.broker.installation();
    for key in [names::STREAMS_KEY, names::PARTITIONS_KEY] {
        assert_eq!(soon(facts.fact(key)).await, Ok(None), "{key}");
    }
    assert_eq!(soon(nats.broker.log().streams()).await, Ok(Streams::ONE));
}

#[tokio::test]
async fn left_to_itself_a_log_with_one_copy_gets_a_stream_for_each_partition_as_far_as_they_go() {
    for (partitions, streams) in [(None, 1), (Some(1), 1), (Some(3), 3), (Some(16), 8)] {
        let unsaid = Provisioning {
            partitions,
            ..Provisioning::default()
        };
        let nats = Nats::with(&unsaid).await;
        let made = soon(nats.broker.log().streams()).await;
        assert_eq!(made.map(Streams::count), Ok(streams), "{partitions:?}");
    }
}

#[tokio::test]
async fn the_number_of_streams_is_fixed_by_the_first_run() {
    for first in [1, 2] {
        let nats = Nats::with(&asked(first, Some(8))).await;
        let is = Streams::new(first).expect("a number");
        let again = [asked(first, None), Provisioning::default()];
        for same in again {
            assert_eq!(soon(provision(&nats.broker, &same)).await, Ok(()));
        }
        let other = soon(provision(&nats.broker, &asked(3, Some(8)))).await;
        let asked = Streams::new(3).expect("a number");
        let error = ProvisionError::OtherStreams { is, asked };
        assert!(error.to_string().contains("REDRESS_STREAMS"), "{error}");
        assert_eq!(other, Err(error));
        assert_eq!(soon(check_provisioned(&nats.broker)).await, Ok(()));
        // Whoever connects later learns it from the broker.
        let later = connect_to(&nats.server).await;
        assert_eq!(soon(later.log().streams()).await, Ok(is));
    }
}

#[tokio::test]
async fn a_size_is_that_of_all_streams_together() {
    let nats = Nats::with(&asked(2, Some(8))).await;
    let sized = Provisioning {
        log_max_bytes: Some(2 << 30),
        ..Provisioning::default()
    };
    soon(provision(&nats.broker, &sized))
        .await
        .expect("a size may change");
    for stream in ["REDRESS_LOG", "REDRESS_LOG_1"] {
        let found = config(&nats, stream).await.expect("it is there");
        assert_eq!(found.max_bytes, 1 << 30, "{stream}");
    }
}

#[tokio::test]
async fn streams_need_partitions_that_they_divide() {
    let nats = Nats::bare(Options::default()).await;
    let unknown = soon(provision(&nats.broker, &asked(2, None))).await;
    assert!(
        unknown
            .expect_err("no partitions")
            .to_string()
            .contains("partitions")
    );
    let few = soon(provision(&nats.broker, &asked(4, Some(3)))).await;
    assert!(
        matches!(few, Err(ProvisionError::TooManyStreams { .. })),
        "{few:?}"
    );
    assert_eq!(config(&nats, names::LOG_STREAM).await, None);
    // Nothing of it was fixed.
    assert_eq!(
        soon(provision(&nats.broker, &asked(3, Some(9)))).await,
        Ok(())
    );
    let third = config(&nats, "REDRESS_LOG_2").await.expect("it was made");
    let subjects = ["redress.log.2.*", "redress.log.5.*", "redress.log.8.*"];
    assert_eq!(third.subjects, subjects);
}

#[tokio::test]
async fn a_missing_stream_is_noticed_and_made_again() {
    let nats = Nats::with(&asked(2, Some(8))).await;
    let context = jetstream::new(nats.server.client().await);
    context
        .delete_stream("REDRESS_LOG_1")
        .await
        .expect("it is deleted");
    let missing = soon(check_provisioned(&nats.broker)).await;
    assert_eq!(
        missing,
        Err(ProvisionError::Missing("REDRESS_LOG_1".to_owned()))
    );
    assert_eq!(
        soon(provision(&nats.broker, &Provisioning::default())).await,
        Ok(())
    );
    assert_eq!(soon(check_provisioned(&nats.broker)).await, Ok(()));
}

#[tokio::test]
async fn what_one_stream_cannot_take_hinders_no_other() {
    let nats = Nats::with(&asked(2, Some(8))).await;
    let log = nats.broker.log();
    let before = soon(log.identity(0)).await;
    let mut reader = soon(log.read(0, &[Service::Router], 1))
        .await
        .expect("a reader");
    let context = jetstream::new(nats.server.client().await);
    context
        .delete_stream("REDRESS_LOG_1")
        .await
        .expect("it is deleted");
    let gone = soon(log.append(&[entry(1, 0), entry(3, 0)])).await;
    assert!(matches!(gone, Err(AppendError::Refused(_))), "{gone:?}");
    assert_eq!(
        soon(log.append(&[entry(0, 0), entry(2, 0)])).await,
        Ok(vec![1, 2])
    );
    assert_eq!(
        soon(reader.next()).await.map(|stored| stored.sequence),
        Ok(1)
    );
    assert_eq!(soon(log.identity(0)).await, before);
    assert!(soon(log.identity(1)).await.is_err());
}
