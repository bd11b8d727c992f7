//! The streams as they should be, each with its reasons.

use std::time::Duration;

use async_nats::jetstream::{
    consumer::{AckPolicy, pull},
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
};
use redress_log::{FEED_KEEPS, Streams};
use redress_wire::names;

use super::{Provisioning, Spread};

const LOG_BYTES: u64 = 64 << 30;
const INBOX_BYTES: u64 = 4 << 30;
/// Some 1.5 million events of 700 bytes, headers included; the oldest go first.
const FEED_BYTES: i64 = 1 << 30;
/// A copy of the rows of all services, compressed, while a second one is made.
const SNAPSHOT_BYTES: i64 = 8 << 30;
/// Leases and owners: 5 services, some replicas, 64 partitions, 200 bytes each, many times over.
const MEMBERS_BYTES: i64 = 16 << 20;
/// A dozen facts.
const INSTALLATION_BYTES: i64 = 1 << 20;
/// How long an expired lease leaves a trace for watchers that were away for a moment.
const MARKER: Duration = Duration::from_mins(1);
/// The log needs no window: the fence is what refuses a repeat. The broker takes no less.
const LEAST_WINDOW: Duration = Duration::from_millis(100);
/// An adapter that sends a complaint again within this time, with the same `Nats-Msg-Id`.
const INBOX_WINDOW: Duration = Duration::from_mins(2);
/// After that an intake replica is taken for dead and another one gets its complaints. Twice the
/// longest wait for an owner, and a complaint that comes twice is recognised.
const INBOX_ACK_WAIT: Duration = Duration::from_secs(10);
/// Complaints that are with the intake replicas at once: above the rounds of all of them.
const INBOX_ACK_PENDING: i64 = 2000;

/// A stream as it should be.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) config: Config,
    /// Its size was asked for. Another one is a proposal, and one that is there is left as it is.
    pub(super) is_sized: bool,
}

impl Wanted {
    fn usual(config: Config) -> Self {
        Self {
            config,
            is_sized: false,
        }
    }

    fn sized(config: Config, asked: Option<u64>, usual: u64) -> Self {
        let max_bytes = i64::try_from(asked.unwrap_or(usual)).unwrap_or(i64::MAX);
        Self {
            config: Config {
                max_bytes,
                ..config
            },
            is_sized: asked.is_some(),
        }
    }
}

/// What is made first: on a small disk the log takes what is left, and the inbox half of that
/// again.
pub(super) fn buckets(provisioning: &Provisioning) -> [Wanted; 2] {
    [members(provisioning), installation(provisioning)].map(Wanted::usual)
}

/// What is made last.
pub(super) fn others(provisioning: &Provisioning) -> [Wanted; 3] {
    let asked = provisioning.inbox_max_bytes;
    [
        Wanted::sized(inbox(provisioning), asked, INBOX_BYTES),
        Wanted::usual(feed(provisioning)),
        Wanted::usual(snapshots(provisioning)),
    ]
}

/// The log's streams, in their order; all of one size.
pub(super) fn logs(provisioning: &Provisioning, spread: Spread) -> Vec<Wanted> {
    let count = u64::from(spread.streams.count());
    let asked = provisioning.log_max_bytes.map(|bytes| bytes / count);
    let one = |n| Wanted::sized(log(provisioning, spread, n), asked, LOG_BYTES / count);
    (0..spread.streams.count()).map(one).collect()
}

/// Kept for ever; refuses when full rather than forget; nothing in it can be deleted.
fn log(provisioning: &Provisioning, spread: Spread, n: u32) -> Config {
    Config {
        name: names::log_stream(n),
        description: Some("Redress: the log of all services".to_owned()),
        subjects: log_subjects(spread, n),
        allow_atomic_publish: true,
        duplicate_window: LEAST_WINDOW,
        ..base(provisioning)
    }
}

/// A stream among several names its partitions: no two streams may take one subject.
fn log_subjects(spread: Spread, n: u32) -> Vec<String> {
    if spread.streams == Streams::ONE {
        return names::LOG_SUBJECTS.map(str::to_owned).into();
    }
    let own = (0..spread.partitions).filter(|partition| spread.streams.of(*partition) == n);
    let numbers = (n == 0).then(|| names::NUMBER_SUBJECTS.to_owned());
    own.map(names::block_subjects).chain(numbers).collect()
}

/// Complaints left by adapters that do not wait: gone once intake has registered them.
fn inbox(provisioning: &Provisioning) -> Config {
    Config {
        name: names::INBOX_STREAM.to_owned(),
        description: Some("Redress: complaints to be registered".to_owned()),
        subjects: vec![names::INBOX_SUBJECTS.to_owned()],
        retention: RetentionPolicy::WorkQueue,
        deny_delete: false,
        duplicate_window: INBOX_WINDOW,
        ..base(provisioning)
    }
}

/// Entries of members expire by themselves, hence the markers.
fn members(provisioning: &Provisioning) -> Config {
    Config {
        allow_message_ttl: true,
        subject_delete_marker_ttl: Some(MARKER),
        ..bucket(names::MEMBERS_BUCKET, MEMBERS_BYTES, provisioning)
    }
}

fn installation(provisioning: &Provisioning) -> Config {
    bucket(names::INSTALLATION_BUCKET, INSTALLATION_BYTES, provisioning)
}

/// Events for outside subscribers: derived from the log, so what is old may go.
fn feed(provisioning: &Provisioning) -> Config {
    Config {
        name: names::FEED_STREAM.to_owned(),
        description: Some("Redress: events for outside subscribers".to_owned()),
        subjects: names::FEED_SUBJECTS.map(str::to_owned).into(),
        max_bytes: FEED_BYTES,
        max_age: FEED_KEEPS,
        discard: DiscardPolicy::Old,
        allow_atomic_publish: true,
        duplicate_window: LEAST_WINDOW,
        ..base(provisioning)
    }
}

/// Rows of partitions as they were at places of the log: one message for each part, replaced or
/// said to be gone.
fn snapshots(provisioning: &Provisioning) -> Config {
    Config {
        name: names::SNAPSHOT_STREAM.to_owned(),
        description: Some("Redress: snapshots of rows".to_owned()),
        subjects: names::SNAPSHOT_SUBJECTS.map(str::to_owned).into(),
        max_bytes: SNAPSHOT_BYTES,
        max_messages_per_subject: 1,
        allow_rollup: true,
        allow_message_ttl: true,
        duplicate_window: LEAST_WINDOW,
        ..base(provisioning)
    }
}

/// A stream as the broker's tools know a bucket, with one value for each key. On disk.
fn bucket(name: &str, max_bytes: i64, provisioning: &Provisioning) -> Config {
    Config {
        name: format!("KV_{name}"),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        max_bytes,
        allow_rollup: true,
        duplicate_window: LEAST_WINDOW,
        ..base(provisioning)
    }
}

fn base(provisioning: &Provisioning) -> Config {
    Config {
        storage: StorageType::File,
        discard: DiscardPolicy::New,
        deny_delete: true,
        num_replicas: provisioning.replicas,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        ..Config::default()
    }
}

/// All intake replicas take from this one.
pub(super) fn inbox_consumer() -> pull::Config {
    pull::Config {
        durable_name: Some(names::INBOX_CONSUMER.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: INBOX_ACK_WAIT,
        max_ack_pending: INBOX_ACK_PENDING,
        max_deliver: -1,
        ..pull::Config::default()
    }
}
