use std::{future::Future, time::Duration};

use redress_wire::{Service, feed::Published};

use crate::{AppendError, LogError};

/// How long the feed keeps events. A publisher leaves out what is older, and so does not have to
/// begin at the beginning of the log when it does not know how far it has come.
pub const FEED_KEEPS: Duration = Duration::from_hours(7 * 24);

/// The most that fits into one call of [`Feed::publish`], events and marks together.
pub const FEED_MOST: usize = 1000;

/// The feed for outside subscribers. Events and how far a publisher has come with them are stored
/// together or not at all, so that whoever goes on publishes each event once.
pub trait Feed: Clone + Send + Sync + 'static {
    /// How far a service's chain of a partition has been published, with the sequence of the mark
    /// that says so; `None` if no mark says so (any more).
    ///
    /// # Errors
    /// The feed cannot be reached.
    fn mark(
        &self,
        service: Service,
        partition: u32,
    ) -> impl Future<Output = Result<Option<(u64, Place)>, LogError>> + Send;

    /// Publishes events, in their order, and moves the marks; gives the sequences of the marks.
    ///
    /// # Errors
    /// See [`AppendError`]: `Fenced` when somebody else has moved a mark.
    fn publish(
        &self,
        events: &[Published],
        marks: &[FeedMark],
    ) -> impl Future<Output = Result<Vec<u64>, AppendError>> + Send;
}

/// How far a chain has been published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Stream sequence of a block in the log; 0 before the first.
    pub sequence: u64,
    /// How many of its events were looked at.
    pub events: u32,
    /// Identity of the log.
    pub log: [u8; 16],
}

/// A mark to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedMark {
    /// Whose chain.
    pub service: Service,
    /// In which partition.
    pub partition: u32,
    /// Sequence of the mark that the publisher knows of; 0 if none.
    pub expected: u64,
    /// How far it has come.
    pub place: Place,
}
