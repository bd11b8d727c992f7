//! Snapshots of a partition's rows: made by its owner from the store, loaded by whoever takes it
//! over and has no rows of use.
//!
//! A snapshot is what a store holds at one mark, in parts of whole rows in key order, each deflated.
//! It counts once it is whole, and is believed only if the rows that come back have its hash.

mod load;
mod make;
mod parts;

pub use self::load::check_snapshot;
pub(crate) use self::{
    load::{LoadError, load},
    make::{Making, make},
};

use redress_store::Mark;
use redress_wire::log::Snapshot;

/// The place in the log that a snapshot's rows were folded from; nothing if it says no such place.
pub(crate) fn mark_of(snapshot: &Snapshot) -> Option<Mark> {
    Some(Mark {
        own_seq: snapshot.own_sequence,
        own_hash: snapshot.own_hash.as_slice().try_into().ok()?,
        consumed: snapshot.consumed,
        schema: snapshot.schema,
        log: snapshot.log.as_slice().try_into().ok()?,
    })
}

/// How far a mark has come: what snapshots of one partition are ordered by.
fn place(mark: &Mark) -> u64 {
    mark.own_seq.max(mark.consumed)
}
