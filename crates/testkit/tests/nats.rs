//! The broker of the tests keeps its promises to them.

use std::time::Duration;

use async_nats::jetstream::{self, stream};
use redress_testkit::{NatsServer, Options, eventually, eventually_or};

const SOON: Duration = Duration::from_secs(20);

async fn notes(server: &NatsServer) -> jetstream::Context {
    let context = jetstream::new(server.client().await);
    let config = stream::Config {
        name: "NOTES".to_owned(),
        subjects: vec!["notes".to_owned()],
        ..stream::Config::default()
    };
    context
        .get_or_create_stream(config)
        .await
        .expect("the stream can be made");
    context
}

async fn publish(context: &jetstream::Context, text: &'static str) {
    let answer = context
        .publish("notes", text.into())
        .await
        .expect("published");
    answer.await.expect("stored");
}

async fn stored(context: &jetstream::Context) -> u64 {
    let stream = context
        .get_stream("NOTES")
        .await
        .expect("the stream is there");
    stream
        .get_info()
        .await
        .expect("the stream answers")
        .state
        .messages
}

#[tokio::test]
async fn an_answered_message_survives_a_hard_kill_on_the_same_port() {
    let mut server = NatsServer::start(Options::default()).await;
    let url = server.url();
    publish(&notes(&server).await, "kept").await;

    server.kill_hard();
    assert!(
        async_nats::connect(&url).await.is_err(),
        "a killed broker answers nobody"
    );
    server.restart().await;

    assert_eq!(server.url(), url);
    assert_eq!(stored(&notes(&server).await).await, 1);
}

#[tokio::test]
async fn a_paused_broker_answers_only_when_resumed() {
    let server = NatsServer::start(Options::default()).await;
    let client = server.client().await;
    server.pause();
    let meanwhile = Duration::from_millis(200);
    assert!(
        tokio::time::timeout(meanwhile, client.flush())
            .await
            .is_ok(),
        "flush only writes"
    );
    let page = server.monitor_url() + "/varz";
    let answer = eventually_or(meanwhile, async || reqwest::get(&page).await.ok()).await;
    assert!(answer.is_none(), "a paused broker serves no page");

    server.resume();
    eventually("an answer", SOON, async || reqwest::get(&page).await.ok()).await;
}

#[tokio::test]
async fn every_write_is_synced_unless_a_test_asks_otherwise() {
    for sync_always in [true, false] {
        let server = NatsServer::start(Options {
            sync_always,
            ..Options::default()
        })
        .await;
        let page = reqwest::get(server.monitor_url() + "/varz")
            .await
            .expect("a page");
        let varz: serde_json::Value =
            serde_json::from_slice(&page.bytes().await.expect("a body")).expect("JSON");
        let always = &varz["jetstream"]["config"]["sync_always"];
        assert_eq!(always.as_bool().unwrap_or(false), sync_always, "{varz:#}");
    }
}

#[tokio::test]
async fn extra_configuration_reaches_the_broker() {
    let extra = "authorization { user: someone, password: secret }".to_owned();
    let server = NatsServer::start(Options {
        extra,
        ..Options::default()
    })
    .await;
    assert!(async_nats::connect(server.url()).await.is_err());
    let known =
        async_nats::ConnectOptions::with_user_and_password("someone".into(), "secret".into());
    known
        .connect(server.url())
        .await
        .expect("the right password opens the door");
}

#[tokio::test]
async fn two_brokers_do_not_meet() {
    let (one, two) = tokio::join!(
        NatsServer::start(Options::default()),
        NatsServer::start(Options::default()),
    );
    publish(&notes(&one).await, "mine").await;
    assert_eq!(stored(&notes(&two).await).await, 0);
}
