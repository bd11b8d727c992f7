//! What was trimmed off the log, in files, and the log as it was with them.
//!
//! `<directory>/<partition>/<first sequence>-<last sequence>.blocks`: blocks of one partition in the
//! order of the log, each with its hash. A file appears whole or not at all, and never changes. Two
//! files may hold the same block, after a trim that was interrupted.

mod archived;
mod file;
mod folder;
mod writer;

pub use archived::{Archived, ArchivedReader};
pub use file::ArchiveError;
pub use folder::Archive;
pub use writer::Writer;
