use std::future::Future;

use bytes::Bytes;
use redress_wire::{Service, log::Snapshot};

use crate::{AppendError, LogError};

/// Keeps, for each service and partition, the newest snapshot of its rows.
///
/// The parts of a snapshot are kept first, under a name of its own; then it is shown, and from that
/// moment on it is the newest. Of two that are made at once one is shown.
pub trait Snapshots: Clone + Send + Sync + 'static {
    /// The newest snapshot that was shown, with the sequence to replace it by.
    ///
    /// # Errors
    /// The snapshots cannot be reached, or it cannot be read.
    fn newest(
        &self,
        service: Service,
        partition: u32,
    ) -> impl Future<Output = Result<Option<(u64, Snapshot)>, LogError>> + Send;

    /// A part of a snapshot, counted from 0; nothing if it is not there (any more).
    ///
    /// # Errors
    /// The snapshots cannot be reached.
    fn part(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
    ) -> impl Future<Output = Result<Option<Bytes>, LogError>> + Send;

    /// Keeps a part of a snapshot that is being made.
    ///
    /// # Errors
    /// It was not, or may not have been, kept; it may be kept again.
    fn keep(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
        content: Bytes,
    ) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Shows a snapshot whose parts are all kept, in place of the one with the sequence `expected`;
    /// 0 if there is none. Gives its sequence.
    ///
    /// # Errors
    /// See [`AppendError`]: `Fenced` when somebody else has shown one since.
    fn show(
        &self,
        service: Service,
        partition: u32,
        snapshot: &Snapshot,
        expected: u64,
    ) -> impl Future<Output = Result<u64, AppendError>> + Send;

    /// Deletes the parts of snapshots of earlier places than that of `id`.
    ///
    /// # Errors
    /// The snapshots cannot be reached; some parts may be left.
    fn forget_before(
        &self,
        service: Service,
        partition: u32,
        id: &str,
    ) -> impl Future<Output = Result<(), LogError>> + Send;
}

/// Digits of the place in a snapshot's name.
const PLACE_DIGITS: usize = 16;

/// The name of a snapshot: its place in the log, and who makes it. Whoever does not know that a
/// newer one was made deletes none of its parts by it.
pub fn snapshot_id(place: u64, maker: u64) -> String {
    format!("{place:016x}-{maker:016x}")
}

/// Whether a snapshot is of an earlier place than another one, as [`snapshot_id`] names them.
pub fn is_before(id: &str, other: &str) -> bool {
    match (id.get(..PLACE_DIGITS), other.get(..PLACE_DIGITS)) {
        (Some(place), Some(of_other)) => place < of_other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_ordered_by_their_place_alone() {
        let id = |place, maker| snapshot_id(place, maker);
        assert!(is_before(&id(9, 7), &id(10, 1)));
        assert!(!is_before(&id(10, 1), &id(10, 2)));
        assert!(!is_before(&id(11, 1), &id(10, 2)));
        assert!(!is_before("odd", &id(10, 2)));
    }
}
