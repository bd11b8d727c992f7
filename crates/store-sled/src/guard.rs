//! Calls into sled, with its errors and panics told apart by what helps.

use std::{
    any::Any,
    io::ErrorKind,
    panic::{AssertUnwindSafe, catch_unwind},
};

use redress_store::StoreError;

/// Calls into sled. A panic there means that it met bytes it did not expect.
///
/// Asserting unwind safety is sound here: after damage the caller uses nothing of the database
/// any more but to discard it.
pub(crate) fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(told(&error)),
        Err(panic) => Err(StoreError::damaged(words(&*panic))),
    }
}

/// sled's error by what helps: wait for the medium, or discard and replay.
fn told(error: &sled::Error) -> StoreError {
    match error {
        sled::Error::Io(io) if !looks_damaged(io.kind()) => StoreError::unavailable(io.to_string()),
        other => StoreError::damaged(other.to_string()),
    }
}

/// A read behind the end of a file, or a file that is gone, is damage; a full or read-only disk
/// is not.
fn looks_damaged(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::NotFound
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::Other
    )
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let words = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    format!("sled panicked: {words}")
}
