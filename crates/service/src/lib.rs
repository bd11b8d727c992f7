//! A service in three steps: settings → parts → run.
//!
//! [`run`] does what every service does in the same way: waits for the broker and its streams,
//! checks that they keep what the platform promises, agrees on the number of partitions, opens
//! the store, starts the processor, and serves gRPC with the operators' calls. The service brings
//! its core, its rules and its doors.

/// Keeps less memory resident than the system's allocator, see ADR 12; `.cargo/config.toml` has
/// the settings.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

mod args;
mod broker;
#[cfg(debug_assertions)]
mod controls;
mod feed;
mod merge;
mod names;
mod ops;
mod page;
mod seat;
mod start;
mod store;

pub use args::{RuntimeArgs, ServiceArgs};
pub use feed::WantedEvents;
pub use merge::merge_sorted;
pub use names::{CaseName, case_name};
pub use page::{PAGE_SIZE, page_size, page_token, read_page_token};
pub use start::{Wired, run};
