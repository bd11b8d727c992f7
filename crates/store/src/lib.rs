//! The port to a service's local rows.
//!
//! A service folds the log into rows: small values under ordered byte keys, one keyspace per
//! partition. The rows are a projection. They may be lost, discarded or rebuilt at any time,
//! because the log is the truth; what must hold is that rows and [`Mark`] (the place in the log
//! they were folded from) are never seen apart.
//!
//! - [`Store`] and [`PartitionStore`] are what an adapter implements.
//! - [`Rows`] is what a service's core sees: an overlay that keeps the rows of recent rounds in
//!   memory, so that a round costs no disk access and can be rolled back.
//! - [`MemoryStore`] is the twin for tests; [`contract`] is the suite that the twin and every
//!   adapter pass.
//! - [`Key`] builds the bytes of a key.
//!
//! This crate does not know what the rows mean, which thread it runs on, or what time it is.

pub mod contract;

mod batch;
mod error;
mod flush;
mod hash;
mod key;
mod mark;
mod memory;
mod merge;
mod named;
mod range;
mod rows;
mod seats;
mod store;

pub use batch::Batch;
pub use error::StoreError;
pub use flush::{FlushJob, Flushed, Thresholds};
pub use hash::{StateHash, state_hash};
pub use key::{Key, KeyReader};
pub use mark::{Mark, UnknownMark};
pub use memory::MemoryStore;
pub use named::Name;
pub use range::{KeyRange, Order};
pub use rows::Rows;
pub use store::{PartitionStore, Store, Visit};
