use std::future::Future;

use redress_wire::Service;

use crate::{Chain, Entry, Snapshots, Stored, Streams};

/// The ordered log: atomic, fenced appends and ordered reading.
///
/// An installation may spread its partitions over several streams. Each stream is a log of its own:
/// sequences ascend within it and say nothing about another one's, and an append is atomic within
/// it. All that is known of a partition stands in one stream.
pub trait EventLog: Clone + Send + Sync + 'static {
    /// Reads one partition in order.
    type Reader: Reader;
    /// Keeps rows as they were at places of this log.
    type Snapshots: Snapshots;

    /// The snapshots made of this log's partitions.
    fn snapshots(&self) -> Self::Snapshots;

    /// Over how many streams the partitions are spread: fixed for the installation.
    ///
    /// # Errors
    /// The log cannot be reached.
    fn streams(&self) -> impl Future<Output = Result<Streams, LogError>> + Send;

    /// Appends all entries or none; at most one entry for each chain, all of one stream.
    ///
    /// Gives the sequence of each entry, in their order, once all of them are durable.
    ///
    /// # Errors
    /// See [`AppendError`]: it tells whether the entries may have been stored.
    fn append(
        &self,
        entries: &[Entry],
    ) -> impl Future<Output = Result<Vec<u64>, AppendError>> + Send;

    /// The last message of a chain, as the leader of the log knows it.
    ///
    /// # Errors
    /// The log cannot be reached.
    fn last(&self, chain: Chain) -> impl Future<Output = Result<Option<Stored>, LogError>> + Send;

    /// The first message of a chain that is there (still).
    ///
    /// # Errors
    /// The log cannot be reached.
    fn first(&self, chain: Chain) -> impl Future<Output = Result<Option<Stored>, LogError>> + Send;

    /// Takes the messages of a chain off whose sequence is below `below`, for good; never its last
    /// one, which is the fence. Gives how many it took.
    ///
    /// # Errors
    /// The log cannot be reached, or does not allow it; some may have been taken off.
    fn trim(&self, chain: Chain, below: u64) -> impl Future<Output = Result<u64, LogError>> + Send;

    /// The message with a sequence in the stream of a partition, of whatever chain; `None` if there
    /// is none (any more).
    ///
    /// # Errors
    /// The log cannot be reached.
    fn at(
        &self,
        partition: u32,
        sequence: u64,
    ) -> impl Future<Output = Result<Option<Stored>, LogError>> + Send;

    /// Starts to read the blocks of `services` in a partition, from `from` (included) on.
    ///
    /// # Errors
    /// The log cannot be reached.
    fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> impl Future<Output = Result<Self::Reader, LogError>> + Send;

    /// Sixteen bytes that are another's when the stream of a partition was deleted and made anew.
    ///
    /// # Errors
    /// The log cannot be reached.
    fn identity(&self, partition: u32) -> impl Future<Output = Result<[u8; 16], LogError>> + Send;
}

/// Reads the blocks of a partition in the order of the log, without gaps or repeats.
pub trait Reader: Send + 'static {
    /// The next block; waits until there is one.
    ///
    /// Cancel safe: a dropped future loses no block.
    ///
    /// # Errors
    /// The log cannot be reached and reading has to start again at the last known sequence.
    fn next(&mut self) -> impl Future<Output = Result<Stored, LogError>> + Send;

    /// How many blocks followed the last one read that were in the log by then, as far as the log
    /// says so; 0 before the first.
    fn behind(&self) -> u64;
}

/// Why entries were not, or may not have been, appended.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AppendError {
    /// Another writer continued one of the chains first; nothing was stored.
    #[error("another writer was first: {0}")]
    Fenced(String),
    /// The answer did not come: the entries are stored, or not, or will be. Read the last message
    /// of a chain; if it is not the one sent, append the same entries again.
    #[error("it is not known whether the entries were stored: {0}")]
    InDoubt(String),
    /// The log refused for now and stored nothing: full, overloaded, no leader.
    #[error("the log refuses to store: {0}")]
    Refused(String),
}

/// The log could not be read.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("the log cannot be read: {0}")]
pub struct LogError(pub String);
