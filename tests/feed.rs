//! The feed for outside subscribers, from a submission to a subscriber, over a real broker.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use async_nats::jetstream::{self, consumer::pull};
use futures::StreamExt as _;
use redress_testkit::eventually;
use redress_tests::{
    platform::{Plan, Platform},
    recorder::{Outcome, Recorder},
    submissions::samples,
};
use redress_wire::{Service, names};

const SOON: Duration = Duration::from_mins(1);

/// What a subscriber got: the id of each event, and of each case what happened, in order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    ids: Vec<String>,
    cases: BTreeMap<String, Vec<String>>,
    text: String,
}

async fn hear(platform: &Platform) -> Heard {
    let context = jetstream::new(platform.nats.client().await);
    let stream = context
        .get_stream(names::FEED_STREAM)
        .await
        .expect("provisioned");
    let config = pull::Config {
        filter_subject: "redress.events.>".to_owned(),
        ..pull::Config::default()
    };
    let consumer = stream
        .create_consumer(config)
        .await
        .expect("anybody may read");
    let messages = consumer.fetch().max_messages(1_000).messages().await;
    let mut messages = messages.expect("the broker answers");
    let mut heard = Heard::default();
    while let Some(message) = messages.next().await {
        let message = message.expect("it is delivered");
        let headers = message.headers.as_ref().expect("CloudEvents are headers");
        let header = |name: &str| {
            headers
                .get(name)
                .map_or("", |value| value.as_str())
                .to_owned()
        };
        let event = message
            .subject
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        heard.ids.push(header("ce-id"));
        heard
            .cases
            .entry(header("ce-subject"))
            .or_default()
            .push(event);
        heard
            .text
            .push_str(&String::from_utf8_lossy(&message.payload));
    }
    heard
}

async fn hear_so_many(platform: &Platform, events: usize) -> Heard {
    eventually("the feed", SOON, async || {
        let heard = hear(platform).await;
        (heard.ids.len() >= events).then_some(heard)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_submissions_arrive_once_in_order_with_ids_that_outlive_a_restart() {
    let mut platform = Platform::start(Plan::default(), |_| {}).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let samples = samples();
    for sample in &samples[..8] {
        let outcome = recorder.submit(&client, sample, SOON).await;
        assert!(matches!(outcome, Outcome::Ok { .. }), "{outcome:?}");
    }
    let before = hear_so_many(&platform, 16).await;
    for replica in &mut platform.services {
        if [Service::Intake, Service::Router].contains(&replica.service) {
            replica.process.restart();
        }
    }
    for replica in &mut platform.services {
        replica.process.wait_ready(SOON).await;
    }
    for sample in &samples[8..12] {
        let outcome = recorder.submit(&client, sample, SOON).await;
        assert!(matches!(outcome, Outcome::Ok { .. }), "{outcome:?}");
    }
    let after = hear_so_many(&platform, 24).await;
    assert_eq!(
        after.ids[..16],
        before.ids[..],
        "what was told is told the same"
    );
    let once: BTreeSet<_> = after.ids.iter().collect();
    assert_eq!(
        (once.len(), after.ids.len()),
        (24, 24),
        "nothing is told twice"
    );
    assert_eq!(after.cases.len(), 12);
    for (case, events) in &after.cases {
        let told: BTreeSet<&str> = events.iter().map(String::as_str).collect();
        assert_eq!(
            told,
            BTreeSet::from(["case_routed", "complaint_registered"]),
            "{case}"
        );
    }
    for sample in &samples[..12] {
        let customer = &sample.submission["customer"];
        for words in [
            &customer["name"],
            &customer["phone"],
            &sample.submission["description"],
        ] {
            if let Some(words) = words.as_str().filter(|words| !words.is_empty()) {
                assert!(
                    !after.text.contains(words),
                    "{words} is nobody else's business"
                );
            }
        }
    }
}
