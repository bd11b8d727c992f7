//! The feed on a real broker.

mod common;

use async_nats::jetstream::{self, consumer::pull, stream};
use common::{Nats, soon};
use futures::StreamExt as _;
use redress_log::{AppendError, Feed as _, FeedMark, Place};
use redress_log_nats::{ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options};
use redress_wire::{Service, feed::Published, names};

fn event(number: u32) -> Published {
    Published {
        subject: names::feed_subject(Service::Router, "case_closed"),
        headers: vec![("ce-id", format!("router-0-1-{number}"))],
        payload: number.to_string().into_bytes(),
    }
}

fn mark(partition: u32, expected: u64, sequence: u64) -> FeedMark {
    FeedMark {
        service: Service::Router,
        partition,
        expected,
        place: Place {
            sequence,
            events: 2,
            log: [7; 16],
        },
    }
}

/// The ids of all events in the stream, as a subscriber gets them.
async fn ids(nats: &Nats) -> Vec<String> {
    let context = jetstream::new(nats.server.client().await);
    let stream: stream::Stream = context.get_stream(names::FEED_STREAM).await.expect("made");
    let config = pull::Config {
        filter_subject: "redress.events.>".to_owned(),
        ..pull::Config::default()
    };
    let consumer = stream
        .create_consumer(config)
        .await
        .expect("anybody may read");
    let mut messages = consumer
        .fetch()
        .max_messages(100)
        .messages()
        .await
        .expect("there are some");
    let mut ids = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.expect("it is delivered");
        let headers = message.headers.as_ref().expect("it has headers");
        ids.push(headers.get("ce-id").expect("it has an id").to_string());
    }
    ids
}

#[tokio::test]
async fn events_and_marks_are_published_together_and_only_by_who_knows_the_marks() {
    let nats = Nats::start().await;
    let feed = nats.broker.feed();
    assert_eq!(soon(feed.mark(Service::Router, 0)).await, Ok(None));
    let first = soon(feed.publish(&[event(0), event(1)], &[mark(0, 0, 9), mark(1, 0, 8)])).await;
    assert_eq!(first, Ok(vec![3, 4]));
    let place = mark(0, 0, 9).place;
    assert_eq!(
        soon(feed.mark(Service::Router, 0)).await,
        Ok(Some((3, place)))
    );

    let stale = soon(feed.publish(&[event(0), event(1)], &[mark(0, 0, 9), mark(1, 4, 8)])).await;
    assert!(matches!(stale, Err(AppendError::Fenced(_))), "{stale:?}");
    let next = soon(feed.publish(&[event(2)], &[mark(0, 3, 12)])).await;
    assert_eq!(next, Ok(vec![6]));
    assert_eq!(
        ids(&nats).await,
        ["router-0-1-0", "router-0-1-1", "router-0-1-2"]
    );
}

#[tokio::test]
async fn a_mark_alone_can_be_moved() {
    let nats = Nats::start().await;
    let feed = nats.broker.feed();
    assert_eq!(soon(feed.publish(&[], &[mark(0, 0, 9)])).await, Ok(vec![1]));
    assert_eq!(
        soon(feed.publish(&[], &[mark(0, 1, 10)])).await,
        Ok(vec![2])
    );
}

#[tokio::test]
async fn where_there_is_little_room_the_feed_takes_what_the_others_leave() {
    let extra = r"
        accounts {
          SMALL { jetstream: { max_file: 200MB }, users: [{ user: redress, password: secret }] }
        }";
    let server = NatsServer::start(Options {
        extra: extra.to_owned(),
        ..Options::default()
    })
    .await;
    let mut options = ConnectOptions::new(server.url());
    (options.user, options.password) = (Some("redress".to_owned()), Some("secret".to_owned()));
    let broker = soon(connect(&options))
        .await
        .expect("the settings are right");
    let provisioning = Provisioning {
        log_max_bytes: Some(64 << 20),
        inbox_max_bytes: Some(16 << 20),
        ..Provisioning::default()
    };
    let provisioned = soon(provision(&broker, &provisioning)).await;
    assert_eq!(provisioned, Ok(()));
    assert_eq!(
        soon(broker.feed().publish(&[event(0)], &[mark(0, 0, 1)])).await,
        Ok(vec![2])
    );
}
