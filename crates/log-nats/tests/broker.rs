//! What the broker must be, what is made on it, and what its refusals mean.

mod common;

use async_nats::jetstream::{
    self,
    stream::{Config, DiscardPolicy},
};
use bytes::Bytes;
use common::{Nats, connect_to, soon};
use redress_log::{AppendError, Chain, Entry, EventLog};
use redress_log_nats::{
    BrokerFault, ConnectOptions, ProvisionError, Provisioning, check_provisioned, connect,
    provision, wait_until_provisioned,
};
use redress_testkit::{NatsServer, Options};
use redress_wire::{Service, names};

fn entry(partition: u32, expected: u64, bytes: usize) -> Entry {
    let chain = Chain::Blocks {
        partition,
        service: Service::Router,
    };
    Entry {
        chain,
        expected,
        payload: Bytes::from(vec![7; bytes]),
    }
}

#[tokio::test]
async fn a_broker_that_syncs_each_write_passes() {
    let nats = Nats::bare(Options::default()).await;
    assert_eq!(soon(nats.broker.check()).await, Ok(()));
}

#[tokio::test]
async fn a_broker_that_syncs_later_is_a_fault() {
    let nats = Nats::bare(Options {
        sync_always: false,
        ..Options::default()
    })
    .await;
    let fault = soon(nats.broker.check())
        .await
        .expect_err("it does not sync");
    assert!(matches!(fault, BrokerFault::NotSynced(_)), "{fault}");
    assert!(
        fault.to_string().contains("sync_interval: always"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_broker_that_does_not_tell_is_a_fault_that_says_what_to_do() {
    let server = NatsServer::start(Options::default()).await;
    let mut options = ConnectOptions::new(server.url());
    options.monitor_url = Some("http://127.0.0.1:9".to_owned());
    let broker = soon(connect(&options))
        .await
        .expect("the settings are right");
    let fault = soon(broker.check()).await.expect_err("nobody tells");
    assert!(
        fault.to_string().contains("REDRESS_NATS_MONITOR_URL"),
        "{fault}"
    );
}

#[tokio::test]
async fn an_account_that_may_ask_for_the_servers_report_needs_no_monitoring() {
    let extra = r#"
        system_account: SYS
        accounts {
          SYS {
            users: [{ user: sys, password: sys }]
            exports: [{ service: "$SYS.REQ.SERVER.PING.JSZ", response_type: stream }]
          }
          REDRESS {
            jetstream: enabled
            users: [{ user: redress, password: secret }]
            imports: [{ service: { account: SYS, subject: "$SYS.REQ.SERVER.PING.JSZ" } }]
          }
        }"#;
    let server = NatsServer::start(Options {
        extra: extra.to_owned(),
        ..Options::default()
    })
    .await;
    let mut options = ConnectOptions::new(server.url());
    (options.user, options.password) = (Some("redress".to_owned()), Some("secret".to_owned()));
    options.inbox_prefix = Some("_INBOX_redress".to_owned());
    options.monitor_url = Some("http://127.0.0.1:9".to_owned());
    let broker = soon(connect(&options))
        .await
        .expect("the settings are right");
    assert_eq!(soon(broker.check()).await, Ok(()));
}

#[tokio::test]
async fn provisioning_twice_is_as_good_as_once() {
    let nats = Nats::start().await;
    soon(provision(&nats.broker, &Provisioning::default()))
        .await
        .expect("nothing to do");
    assert_eq!(soon(check_provisioned(&nats.broker)).await, Ok(()));
}

#[tokio::test]
async fn a_size_that_is_set_is_adapted_and_one_that_is_not_is_left() {
    let nats = Nats::with(&Provisioning {
        log_max_bytes: Some(1 << 20),
        ..small()
    })
    .await;
    let context = jetstream::new(nats.server.client().await);
    for (wanted, bytes) in [(None, 1 << 20), (Some(2 << 20), 2 << 20)] {
        let provisioning = Provisioning {
            log_max_bytes: wanted,
            ..small()
        };
        soon(provision(&nats.broker, &provisioning))
            .await
            .expect("a size may change");
        let stream = context
            .get_stream(names::LOG_STREAM)
            .await
            .expect("there is one");
        assert_eq!(stream.cached_info().config.max_bytes, bytes);
    }
}

#[tokio::test]
async fn a_stream_without_batches_is_refused_and_left_alone() {
    let nats = Nats::bare(Options::default()).await;
    let context = jetstream::new(nats.server.client().await);
    let config = Config {
        name: names::LOG_STREAM.to_owned(),
        subjects: names::LOG_SUBJECTS.map(str::to_owned).into(),
        discard: DiscardPolicy::New,
        deny_delete: true,
        ..Config::default()
    };
    context
        .create_stream(config)
        .await
        .expect("the broker is empty");
    let refused = soon(provision(&nats.broker, &Provisioning::default())).await;
    let reason = refused.expect_err("it takes no batches").to_string();
    assert!(reason.contains("atomic batches"), "{reason}");
    let waited = soon(wait_until_provisioned(&nats.broker)).await;
    assert!(
        matches!(waited, Err(ProvisionError::Incompatible { .. })),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_service_waits_until_the_streams_are_there() {
    let nats = Nats::bare(Options::default()).await;
    let missing = soon(check_provisioned(&nats.broker)).await;
    assert!(
        matches!(missing, Err(ProvisionError::Missing(_))),
        "{missing:?}"
    );
    let service = connect_to(&nats.server).await;
    let waiting = tokio::spawn(async move { wait_until_provisioned(&service).await });
    soon(provision(&nats.broker, &Provisioning::default()))
        .await
        .expect("the broker is empty");
    assert_eq!(soon(waiting).await.expect("waiting does not panic"), Ok(()));
}

#[tokio::test]
async fn an_append_without_a_log_is_refused() {
    let nats = Nats::bare(Options::default()).await;
    for entries in [&[entry(0, 0, 1)][..], &[entry(0, 0, 1), entry(1, 0, 1)]] {
        let answer = soon(nats.broker.log().append(entries)).await;
        assert!(matches!(answer, Err(AppendError::Refused(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_full_log_refuses_whole_appends_and_keeps_what_it_has() {
    let nats = Nats::with(&Provisioning {
        log_max_bytes: Some(1 << 20),
        ..small()
    })
    .await;
    let log = nats.broker.log();
    let (mut expected, mut stored) = ([0; 3], 0);
    // Sizes that end at another distance from the limit with each round.
    let refused = loop {
        let round: Vec<_> = (0..)
            .zip(expected)
            .map(|(id, at)| entry(id, at, 9_001))
            .collect();
        match soon(log.append(&round)).await {
            Ok(sequences) => {
                expected = sequences.try_into().expect("one for each entry");
                stored += 3;
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, AppendError::Refused(_)), "{refused:?}");
    assert!(stored > 90);
    let single = soon(log.append(&[entry(9, 0, 200_000)])).await;
    assert!(matches!(single, Err(AppendError::Refused(_))), "{single:?}");
    let chain = |id| Chain::Blocks {
        partition: id,
        service: Service::Router,
    };
    for (id, at) in (0..).zip(expected) {
        let last = log.last(chain(id)).await.expect("it can be read");
        assert_eq!(last.map(|stored| stored.sequence), Some(at));
    }
    assert_eq!(log.at(0, stored + 1).await, Ok(None));
}

#[tokio::test]
async fn more_batches_at_once_than_the_broker_takes_are_refused_and_not_in_doubt() {
    let nats = Nats::start().await;
    for batch in 0..50 {
        begin_batch(&nats, &format!("b{batch}"), batch).await;
    }
    let log = nats.broker.log();
    let refused = soon(log.append(&[entry(0, 0, 1), entry(1, 0, 1)])).await;
    assert!(
        matches!(refused, Err(AppendError::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(soon(log.append(&[entry(0, 0, 1)])).await, Ok(vec![1]));
}

#[tokio::test]
async fn a_batch_without_its_last_message_stores_nothing() {
    let nats = Nats::start().await;
    begin_batch(&nats, "cut", 0).await;
    let log = nats.broker.log();
    assert_eq!(log.last(entry(0, 0, 1).chain).await, Ok(None));
    assert_eq!(
        soon(log.append(&[entry(0, 0, 1), entry(1, 0, 1)])).await,
        Ok(vec![1, 2])
    );
}

/// Sends the first message of a batch, and never the others.
async fn begin_batch(nats: &Nats, id: &str, partition: u32) {
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Batch-Id", id);
    headers.insert("Nats-Batch-Sequence", "1");
    let (client, subject) = (nats.broker.client(), entry(partition, 0, 0).chain.subject());
    let sent = client
        .publish_with_headers(subject, headers, Bytes::new())
        .await;
    sent.expect("it is connected");
}

fn small() -> Provisioning {
    Provisioning {
        inbox_max_bytes: Some(1 << 20),
        ..Provisioning::default()
    }
}
