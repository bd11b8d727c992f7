//! Names of streams, buckets and subjects. Subjects carry partition and service, never a
//! complaint: millions of subjects would live in the broker's memory.

use crate::Service;

/// The stream that holds the log: blocks and the sequences of numbers. The first one, where the
/// log is spread over several.
pub const LOG_STREAM: &str = "REDRESS_LOG";
/// Subjects of the log stream, where it is the only one.
pub const LOG_SUBJECTS: [&str; 2] = ["redress.log.*.*", NUMBER_SUBJECTS];
/// Subjects of the sequences of numbers.
pub const NUMBER_SUBJECTS: &str = "redress.num.*";
/// The stream of complaints left by adapters that do not wait for an answer.
pub const INBOX_STREAM: &str = "REDRESS_INBOX";
/// Subjects of the inbox stream.
pub const INBOX_SUBJECTS: &str = "complaints.inbox.*";
/// The durable consumer that all intake replicas share.
pub const INBOX_CONSUMER: &str = "intake";
/// Where adapters send a complaint and wait for the answer; the last token is the channel.
pub const SUBMIT_SUBJECTS: &str = "complaints.submit.*";
/// The stream of the feed for outside subscribers.
pub const FEED_STREAM: &str = "REDRESS_EVENTS";
/// Subjects of the feed's stream: events, and how far each partition has been published.
pub const FEED_SUBJECTS: [&str; 2] = ["redress.events.*.*", "redress.feed.*.*"];
/// The stream of snapshots: rows of partitions as they were at a place of the log.
pub const SNAPSHOT_STREAM: &str = "REDRESS_SNAPSHOTS";
/// Subjects of the snapshots: what is whole, and the parts.
pub const SNAPSHOT_SUBJECTS: [&str; 2] = ["redress.snap.*.*", "redress.snap.*.*.*.*"];
/// Where any replica of notifier says whom the notices of a recall have reached.
pub const RECALL_NOTICES_SUBJECT: &str = "redress.ask.notifier.recall";
/// Bucket of members and owners.
pub const MEMBERS_BUCKET: &str = "redress_members";
/// Bucket of facts fixed for the life of an installation.
pub const INSTALLATION_BUCKET: &str = "redress_installation";
/// Key in the installation bucket: number of partitions.
pub const PARTITIONS_KEY: &str = "partitions";
/// Key in the installation bucket: number of streams that the log is spread over. Not there while
/// it is one.
pub const STREAMS_KEY: &str = "streams";

/// The stream that holds the log's `n`-th part, counted from 0.
pub fn log_stream(n: u32) -> String {
    if n == 0 {
        LOG_STREAM.to_owned()
    } else {
        format!("{LOG_STREAM}_{n}")
    }
}

/// The subjects of all services' blocks of a partition.
pub fn block_subjects(partition: u32) -> String {
    format!("redress.log.{partition}.*")
}

/// The subject that a service's blocks of a partition stand under.
pub fn block_subject(partition: u32, service: Service) -> String {
    format!("redress.log.{partition}.{service}")
}

/// The subject of the sequence of numbers of a day (yyyymmdd).
pub fn number_subject(day: u32) -> String {
    format!("redress.num.{day}")
}

/// The service of a block's subject.
pub fn service_of_block(subject: &str) -> Option<Service> {
    subject.rsplit('.').next()?.parse().ok()
}

/// Where adapters of a channel send a complaint and wait for the answer.
pub fn submit_subject(channel: &str) -> String {
    format!("complaints.submit.{channel}")
}

/// Where adapters of a channel leave a complaint.
pub fn inbox_subject(channel: &str) -> String {
    format!("complaints.inbox.{channel}")
}

/// The channel named by a submit or inbox subject.
pub fn channel_of(subject: &str) -> &str {
    subject.rsplit('.').next().unwrap_or_default()
}

/// Where a member answers calls of its service's other replicas.
pub fn peer_subject(service: Service, member: &str) -> String {
    format!("redress.peer.{service}.{member}")
}

/// Key of a member's lease in the members' bucket.
pub fn member_key(service: Service, member: &str) -> String {
    format!("member.{service}.{member}")
}

/// Key of a partition's owner in the members' bucket.
pub fn owner_key(service: Service, partition: u32) -> String {
    format!("own.{service}.{partition}")
}

/// The subject of an event in the feed for outside subscribers.
pub fn feed_subject(service: Service, event: &str) -> String {
    format!("redress.events.{service}.{event}")
}

/// The subject in the feed's stream that tells how far a partition has been published.
pub fn feed_mark_subject(service: Service, partition: u32) -> String {
    format!("redress.feed.{service}.{partition}")
}

/// The subject that tells of the newest whole snapshot of a service's partition.
pub fn snapshot_subject(service: Service, partition: u32) -> String {
    format!("redress.snap.{service}.{partition}")
}

/// The subject of a part of a snapshot.
pub fn snapshot_part_subject(service: Service, partition: u32, id: &str, part: u32) -> String {
    format!("redress.snap.{service}.{partition}.{id}.{part}")
}

/// The subjects of all parts of a service's partition.
pub fn snapshot_parts(service: Service, partition: u32) -> String {
    format!("redress.snap.{service}.{partition}.*.*")
}

/// The snapshot that a part's subject names.
pub fn snapshot_of_part(subject: &str) -> Option<&str> {
    subject.rsplit('.').nth(1)
}
