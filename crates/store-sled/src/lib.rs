//! The store on disk: sled 0.34, kept disposable.
//!
//! One database per process, one tree per partition. The mark of a partition lies in its tree
//! under the empty key, so that one batch of sled moves rows and mark together.
//!
//! sled is fast and carries known, open reports of corruption. So nothing here trusts it further
//! than a projection needs: every call is guarded against its panics, whatever it finds damaged
//! is set aside or discarded, and the log brings the rows back. Because sled also recovers from some
//! damage by going on with older pages, without a word, each tree carries a digest of its rows that
//! is checked when the partition is first opened.

mod aside;
mod digest;
mod guard;
mod known;
mod litter;
mod open;
mod options;
mod partition;
mod store;

pub use open::{OpenError, Opened};
pub use options::{Mode, Options};
pub use store::SledStore;
