//! Twins of the adapters that live in memory, with faults on order, for tests and simulation.
//!
//! Clones share what they hold, as connections to one broker do.

mod feed;
mod installation;
mod log;
mod membership;
mod peers;
mod snapshots;

pub use feed::MemoryFeed;
pub use installation::MemoryInstallation;
pub use log::{Fault, MemoryLog, MemoryReader};
pub use membership::MemoryMembership;
pub use peers::MemoryPeers;
pub use snapshots::MemorySnapshots;
