//! Promises 1 and 2 under kill -9: an outside recorder sends and notes while every service and
//! the broker are killed in turn and an owner is paused beyond its lease; then the log is judged.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use redress_testkit::{SmtpSink, WebhookSink, eventually};
use redress_tests::{
    platform::{Plan, Platform},
    policy,
    recorder::{Attempt, Load, Recorder},
    stores,
    submissions::samples,
    verdict::{self, Whole},
};
use redress_wire::Service;

const PARTITIONS: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(5);
const KILLS: usize = 24;
/// Longer than the two seconds of a lease.
const ZOMBIE_SLEEP: Duration = Duration::from_secs(4);

/// Everybody's settings, and over how many streams the log is spread.
type Set = (BTreeMap<String, String>, u32);

async fn platform((settings, streams): Set, smtp: &str, webhook: &str) -> Platform {
    let mut all = settings;
    all.insert("REDRESS_SMTP_URL".to_owned(), smtp.to_owned());
    all.insert(policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned());
    let plan = Plan {
        settings: all,
        intakes: 2,
        partitions: PARTITIONS,
        streams,
        ..Plan::default()
    };
    let webhook = webhook.to_owned();
    Platform::start(plan, move |dir| {
        policy::add_webhooks(dir, &webhook);
        // Clocks that run out during the test: handling is to start within seconds.
        policy::replace(dir, "deadlines.toml", "within = \"2h\"", "within = \"4s\"");
        policy::replace(dir, "deadlines.toml", "within = \"24h\"", "within = \"8s\"");
        policy::replace(
            dir,
            "notifications.toml",
            "initial = \"5s\"",
            "initial = \"1s\"",
        );
    })
    .await
}

async fn settled(platform: &Platform, attempts: &[Attempt]) -> Whole {
    let log = platform.broker().log();
    verdict::settled(&log, PARTITIONS, attempts, Duration::from_mins(2)).await
}

async fn kill_in_turn(kills: usize, platform: &mut Platform, recorder: &Recorder) {
    for kill in 0..kills {
        let before = recorder.ok();
        // Some progress between two kills, so that each hits a system at work.
        eventually(
            "answers between two kills",
            Duration::from_mins(1),
            async || (recorder.ok() > before + 40).then_some(()),
        )
        .await;
        let victims = platform.services.len() + 1;
        match kill % victims {
            0 => {
                platform.nats.kill_hard();
                platform.nats.restart().await;
            }
            victim => {
                let replica = &mut platform.services[victim - 1];
                replica.process.kill_hard();
                replica.process.restart();
            }
        }
    }
}

/// Pauses an owner beyond its lease while its callers go on, then lets it wake up.
async fn make_a_zombie(platform: &mut Platform) {
    let intake = platform.replica(Service::Intake);
    intake.process.pause();
    tokio::time::timeout(ZOMBIE_SLEEP, std::future::pending::<()>())
        .await
        .unwrap_err();
    intake.process.resume();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_answered_is_lost_or_doubled_by_kill_9_of_anything() {
    killed(1, KILLS).await;
}

/// Each process once, and the broker: what differs from one stream is a round's commit.
#[tokio::test(flavor = "multi_thread")]
async fn nor_is_it_where_the_log_is_spread_over_streams() {
    killed(3, Service::ALL.len() + 2).await;
}

async fn killed(streams: u32, kills: usize) {
    let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
    let set = (BTreeMap::new(), streams);
    let mut platform = platform(set, &smtp.url(), &webhook.url()).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let load = Load::start(12, &client, &Arc::new(samples()), &recorder, PATIENCE);
    kill_in_turn(kills, &mut platform, &recorder).await;
    make_a_zombie(&mut platform).await;
    load.stop().await;
    platform.ready().await;
    let attempts = recorder.attempts();
    let whole = settled(&platform, &attempts).await;
    let ok = recorder.ok();
    println!(
        "{} requests, {ok} ok, {kills} kills, {} events",
        attempts.len(),
        whole.events
    );
    let broken = verdict::judge(&whole, &attempts, whole.read_at);
    assert!(
        broken.is_empty(),
        "{} promises broken: {broken:#?}",
        broken.len()
    );
    assert!(ok > kills * 40, "the load went on: {ok}");
    let differ = stores::compare(&platform).await;
    assert!(differ.is_empty(), "{differ:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fence_the_same_test_fails() {
    let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
    let unfenced = BTreeMap::from([("REDRESS_TEST_FENCE".to_owned(), "off".to_owned())]);
    let mut platform = platform((unfenced, 1), &smtp.url(), &webhook.url()).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let load = Load::start(12, &client, &Arc::new(samples()), &recorder, PATIENCE);
    for _ in 0..3 {
        make_a_zombie(&mut platform).await;
    }
    load.stop().await;
    let whole = verdict::read(&platform.broker().log(), PARTITIONS).await;
    let broken = verdict::judge(&whole, &recorder.attempts(), Timestamp::UNIX_EPOCH);
    let doubled = broken
        .iter()
        .any(|fault| fault.how.contains("given twice") || fault.how.contains("does not continue"));
    assert!(
        doubled,
        "a zombie without a fence must do harm that the verdict sees: {broken:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_and_a_damaged_store_are_rebuilt_by_themselves() {
    let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
    let mut platform = platform((BTreeMap::new(), 2), &smtp.url(), &webhook.url()).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    for sample in samples() {
        recorder.submit(&client, &sample, PATIENCE).await;
    }
    let attempts = recorder.attempts();
    settled(&platform, &attempts).await;
    for (index, replica) in platform.services.iter_mut().enumerate() {
        replica.process.terminate(Duration::from_secs(20)).await;
        if index % 2 == 0 {
            std::fs::remove_dir_all(&replica.data).expect("a store to delete");
        } else {
            stores::damage(&replica.data);
        }
        replica.process.restart();
    }
    platform.ready().await;
    let whole = settled(&platform, &attempts).await;
    let broken = verdict::judge(&whole, &attempts, whole.read_at);
    assert!(broken.is_empty(), "{broken:#?}");
    let differ = stores::compare(&platform).await;
    assert!(differ.is_empty(), "{differ:#?}");
}
