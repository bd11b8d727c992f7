//! A broker that is killed and comes back, on the same port and with what it had on disk.

mod common;

use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{LEASE, Nats, connect_to, soon};
use redress_log::{
    AppendError, Chain, Entry, EventLog, Installation, Membership, Peers, Presence, Reader, View,
    memory::MemoryLog,
};
use redress_log_nats::{LogOptions, Provisioning, provision};
use redress_testkit::eventually;
use redress_wire::{Service, names};
use tokio::sync::watch;

const SERVICE: Service = Service::Router;
const CHAIN: Chain = Chain::Blocks {
    partition: 3,
    service: SERVICE,
};

fn entry(expected: u64, payload: &str) -> Entry {
    Entry {
        chain: CHAIN,
        expected,
        payload: Bytes::copy_from_slice(payload.as_bytes()),
    }
}

/// Appends until it is there, as an owner does: a doubt is resolved by looking, and by sending
/// the same again.
async fn append_for_sure(log: &impl EventLog, entry: Entry) -> u64 {
    let entries = [entry];
    loop {
        if let Ok(sequences) = log.append(&entries).await {
            return sequences[0];
        }
        if let Ok(Some(last)) = log.last(CHAIN).await
            && last.payload == entries[0].payload
        {
            return last.sequence;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was_when_the_broker_was_killed() {
    let mut nats = Nats::start().await;
    let log = nats.broker.log();
    let mut reader = log
        .read(3, &[SERVICE], 1)
        .await
        .expect("the log can be read");
    let writer = tokio::spawn({
        let log = log.clone();
        async move {
            let mut last = 0;
            for number in 1..=600 {
                last = append_for_sure(&log, entry(last, &number.to_string())).await;
            }
        }
    });
    let mut next = 1;
    let mut read = async |upto: u64| {
        while next <= upto {
            let stored = soon(reader.next()).await.expect("the log is the same");
            assert_eq!(
                (stored.sequence, &stored.payload[..]),
                (next, next.to_string().as_bytes())
            );
            next += 1;
        }
    };
    read(100).await;
    nats.server.kill_hard();
    nats.server.restart().await;
    read(300).await;
    nats.server.restart().await;
    read(600).await;
    soon(writer).await.expect("the writer does not panic");
}

#[tokio::test]
async fn an_idle_reader_notices_what_comes_after_a_restart() {
    let mut nats = Nats::start().await;
    let log = nats.broker.log();
    let mut reader = log
        .read(3, &[SERVICE], 1)
        .await
        .expect("the log can be read");
    let reading = tokio::spawn(async move { reader.next().await });
    nats.server.restart().await;
    let back = Instant::now();
    append_for_sure(&log, entry(0, "a")).await;
    let stored = soon(reading).await.expect("reading does not panic");
    assert_eq!(stored.expect("the log is the same").sequence, 1);
    assert!(
        back.elapsed() < Duration::from_secs(2),
        "it took {:?}",
        back.elapsed()
    );
}

#[tokio::test]
async fn a_log_made_anew_ends_reading() {
    let nats = Nats::start().await;
    let log = nats.broker.log();
    log.append(&[entry(0, "a")])
        .await
        .expect("nothing speaks against it");
    let before = log.identity(0).await.expect("the log is there");
    let mut reader = log
        .read(3, &[SERVICE], 1)
        .await
        .expect("the log can be read");
    assert!(soon(reader.next()).await.is_ok());
    let context = async_nats::jetstream::new(nats.server.client().await);
    context
        .delete_stream(names::LOG_STREAM)
        .await
        .expect("there is one");
    provision(&nats.broker, &Provisioning::default())
        .await
        .expect("it is made anew");
    nats.broker
        .client()
        .force_reconnect()
        .await
        .expect("it is connected");
    let error = soon(reader.next()).await.expect_err("it is another log");
    assert!(error.to_string().contains("made anew"), "{error}");
    assert_eq!(soon(reader.next()).await, Err(error));
    assert_ne!(log.identity(0).await, Ok(before));
}

#[tokio::test]
async fn an_append_to_a_paused_broker_is_in_doubt_and_the_same_again_resolves_it() {
    let nats = Nats::start().await;
    let options = LogOptions {
        commit_within: Duration::from_millis(300),
        ..LogOptions::default()
    };
    let log = nats.broker.log_with(options);
    nats.server.pause();
    let other = Entry {
        chain: Chain::Numbers { day: 1 },
        ..entry(0, "n")
    };
    let entries = [entry(0, "a"), other];
    let doubt = soon(log.append(&entries)).await;
    assert!(matches!(doubt, Err(AppendError::InDoubt(_))), "{doubt:?}");
    nats.server.resume();
    let stored = || async { log.last(CHAIN).await.ok().flatten() };
    let stored = eventually("the doubtful entries", Duration::from_secs(10), stored).await;
    assert_eq!(stored.sequence, 1);
    let again = soon(log.append(&entries)).await;
    assert!(matches!(again, Err(AppendError::Fenced(_))), "{again:?}");
}

#[tokio::test]
async fn an_append_without_a_broker_is_refused() {
    let mut nats = Nats::start().await;
    let options = LogOptions {
        commit_within: Duration::from_millis(200),
        ..LogOptions::default()
    };
    let log = nats.broker.log_with(options);
    nats.server.kill_hard();
    eventually(
        "the loss to be noticed",
        Duration::from_secs(10),
        async || (!nats.broker.is_connected()).then_some(()),
    )
    .await;
    let refused = soon(log.append(&[entry(0, "a")])).await;
    assert!(
        matches!(refused, Err(AppendError::Refused(_))),
        "{refused:?}"
    );
    nats.server.restart().await;
    assert_eq!(
        soon(append_for_sure(&nats.broker.log(), entry(0, "b"))).await,
        1
    );
}

/// As after the death of a broker that brought back what had run out before.
#[tokio::test]
async fn a_lease_that_the_broker_does_not_end_is_taken_off() {
    let nats = Nats::start().await;
    let members = nats.broker.members();
    let context = async_nats::jetstream::new(nats.server.client().await);
    let bucket = context.get_key_value(names::MEMBERS_BUCKET).await;
    let bucket = bucket.expect("it is provisioned");
    let ghost = names::member_key(SERVICE, "ghost");
    bucket.put(&ghost, Bytes::new()).await.expect("it is there");
    let alive = Presence::default();
    members.renew(SERVICE, "a", &alive).await.expect("a lease");
    let mut view = members
        .watch(SERVICE)
        .await
        .expect("the members can be watched");
    // Another one's lease is longer, and it takes its time.
    let mut slow = async_nats::HeaderMap::new();
    slow.insert("Nats-TTL", "20s");
    let slow_key = format!(
        "$KV.{}.{}",
        names::MEMBERS_BUCKET,
        names::member_key(SERVICE, "b-slow")
    );
    context
        .publish_with_headers(slow_key, slow, Bytes::new())
        .await
        .expect("it is sent")
        .await
        .expect("it is there");
    let all = |view: &View| view.members.keys().eq(["a", "b-slow", "ghost"]);
    soon(view.wait_for(all)).await.expect("all are seen");
    let renewing = async {
        loop {
            members.renew(SERVICE, "a", &alive).await.expect("a lease");
            tokio::time::sleep(LEASE / 3).await;
        }
    };
    let gone = async {
        let changed = view.wait_for(|view| !all(view)).await;
        let left: Vec<String> = changed.expect("watched").members.keys().cloned().collect();
        left
    };
    let left = tokio::select! {
        () = renewing => unreachable!("it goes on"),
        left = soon(gone) => left,
    };
    assert_eq!(left, ["a", "b-slow"]);
}

#[tokio::test]
async fn members_and_owners_heal_by_themselves_after_a_restart() {
    let mut nats = Nats::start().await;
    let members = nats.broker.members();
    let mut view = members
        .watch(SERVICE)
        .await
        .expect("the members can be watched");
    members
        .renew(SERVICE, "a", &Presence::default())
        .await
        .expect("the lease can be made");
    let revision = members
        .claim(SERVICE, 3, "a", 0)
        .await
        .expect("nobody claimed it");
    until(&mut view, |view| {
        view.members.contains_key("a") && view.owners.contains_key(&3)
    })
    .await;
    nats.server.restart().await;
    let back = Instant::now();
    eventually("a renewal", Duration::from_secs(10), async || {
        members.renew(SERVICE, "b", &Presence::default()).await.ok()
    })
    .await;
    let healed = until(&mut view, |view| view.members.contains_key("b")).await;
    assert!(
        back.elapsed() < Duration::from_secs(2),
        "it took {:?}",
        back.elapsed()
    );
    assert_eq!(healed.owners[&3].revision, revision);
    // A lease that ran before the broker was killed ends all the same.
    until(&mut view, |view| view.members.is_empty()).await;
    let again = members
        .claim(SERVICE, 3, "b", revision)
        .await
        .expect("it is as it was");
    until(&mut view, |view| view.owners[&3].revision == again).await;
}

#[tokio::test]
async fn facts_and_calls_survive_a_restart() {
    let mut nats = Nats::start().await;
    let (facts, peers) = (nats.broker.installation(), nats.broker.peers());
    facts
        .fix("partitions", "16")
        .await
        .expect("it can be written");
    let handler: redress_log::Handler = std::sync::Arc::new(|body| Box::pin(async move { body }));
    let _serving = peers
        .serve(SERVICE, "a", handler)
        .await
        .expect("it can serve");
    nats.server.restart().await;
    let fact = async || facts.fact("partitions").await.ok();
    let fact = eventually("the fact", Duration::from_secs(10), fact).await;
    assert_eq!(fact.as_deref(), Some("16"));
    let call = async || {
        let patience = Duration::from_secs(1);
        peers
            .call(SERVICE, "a", Bytes::from_static(b"x"), patience)
            .await
            .ok()
    };
    eventually("an answer", Duration::from_secs(10), call).await;
}

#[tokio::test]
async fn a_connection_waits_for_a_broker_that_is_not_there_yet() {
    let mut nats = Nats::start().await;
    nats.server.kill_hard();
    let options = redress_log_nats::ConnectOptions::new(nats.server.url());
    let connecting = tokio::spawn(async move { redress_log_nats::connect(&options).await });
    nats.server.restart().await;
    let broker = soon(connecting).await.expect("connecting does not panic");
    assert!(broker.expect("the settings are right").is_connected());
}

#[tokio::test]
async fn without_the_fence_a_stale_writer_gets_through() {
    let nats = Nats::start().await;
    let log = nats.broker.log_with(LogOptions {
        fence: false,
        ..LogOptions::default()
    });
    let other = Entry {
        chain: Chain::Numbers { day: 1 },
        ..entry(7, "n")
    };
    assert_eq!(log.append(&[entry(0, "a")]).await, Ok(vec![1]));
    assert_eq!(log.append(&[entry(0, "b"), other]).await, Ok(vec![2, 3]));
    let twin = MemoryLog::default();
    assert_eq!(twin.append(&[entry(0, "a")]).await, Ok(vec![1]));
    assert!(
        twin.append(&[entry(0, "b")]).await.is_err(),
        "the twin always has its fence"
    );
}

#[tokio::test]
async fn a_second_process_sees_the_same() {
    let nats = Nats::start().await;
    let second = connect_to(&nats.server).await;
    assert!(LEASE >= Duration::from_secs(1));
    assert_eq!(
        nats.broker.log().append(&[entry(0, "a")]).await,
        Ok(vec![1])
    );
    let fenced = second.log().append(&[entry(0, "b")]).await;
    assert!(matches!(fenced, Err(AppendError::Fenced(_))), "{fenced:?}");
    assert_eq!(
        second.log().identity(0).await,
        nats.broker.log().identity(0).await
    );
}

async fn until(view: &mut watch::Receiver<View>, is: impl Fn(&View) -> bool) -> View {
    let seen = soon(view.wait_for(|view| is(view))).await;
    seen.expect("the watcher goes on").clone()
}
