//! The ports to what the replicas of a service share: the log of blocks, who is a member and who
//! owns which partition, and the facts fixed for an installation.
//!
//! Each port is a small trait. The twins in [`memory`] are for fast tests and simulation; the
//! suite in [`contract`] runs on the twins and on the adapters alike.

pub mod contract;
pub mod memory;

mod entry;
mod event_log;
mod feed;
mod installation;
mod membership;
mod peers;
mod snapshots;
mod streams;

pub use entry::{Chain, Entry, Stored};
pub use event_log::{AppendError, EventLog, LogError, Reader};
pub use feed::{FEED_KEEPS, FEED_MOST, Feed, FeedMark, Place};
pub use installation::Installation;
pub use membership::{ClaimError, Membership, MembershipError, Owner, Presence, View};
pub use peers::{Handler, PeerError, Peers, Serving};
pub use snapshots::{Snapshots, is_before, snapshot_id};
pub use streams::Streams;
