//! Opening a database that may be damaged, or another process's.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use redress_store::StoreError;
use thiserror::Error;

use crate::{Options, SledStore, aside::set_aside, guard::guarded};

/// How often a lock is tried while waiting for it.
const LOCK_TRY_EVERY: Duration = Duration::from_millis(20);
/// How sled 0.34.7 words a lock that another holds; it has no error of its own for it. A test
/// fails should the words change.
const LOCKED: &str = "could not acquire lock";

/// Why a store could not be opened, not even a fresh one.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the directory. Give each process a directory of its own.
    #[error(
        "{} is in use by another process; each process needs a data directory of its own",
        path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// An option that sled does not take. Nothing was opened or moved.
    #[error("the store cannot be run with {0}")]
    Option(&'static str),
    /// The directory cannot be used: it cannot be made or written, or the disk is full.
    #[error("{} cannot be used as a data directory: {detail}", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

/// A store that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The store, empty if the directory was new or damaged.
    pub store: SledStore,
    /// What was wrong with the directory found, if it was damaged. Its rows must be replayed.
    pub damage: Option<StoreError>,
    /// Where the damaged directory is now, if it could be kept.
    pub set_aside: Option<PathBuf>,
}

/// A database, and what became of a damaged one in its place.
pub(crate) struct Found {
    pub(crate) db: sled::Db,
    pub(crate) damage: Option<StoreError>,
    pub(crate) set_aside: Option<PathBuf>,
}

enum Failure {
    Locked,
    Damaged(StoreError),
    Unavailable(String),
}

/// Opens the directory's database, or a fresh one in its place if it is damaged.
pub(crate) fn open(path: &Path, options: &Options) -> Result<Found, OpenError> {
    options.check().map_err(OpenError::Option)?;
    let damage = match open_locked(path, options) {
        Ok(db) => {
            return Ok(Found {
                db,
                damage: None,
                set_aside: None,
            });
        }
        Err(Failure::Damaged(damage)) => damage,
        Err(other) => return Err(refused(path, other)),
    };
    let set_aside = set_aside(path).map_err(|error| unusable(path, &error))?;
    let db = open_locked(path, options).map_err(|failure| refused(path, failure))?;
    Ok(Found {
        db,
        damage: Some(damage),
        set_aside,
    })
}

fn refused(path: &Path, failure: Failure) -> OpenError {
    let path = path.to_owned();
    match failure {
        Failure::Locked => OpenError::InUse { path },
        Failure::Damaged(error) => OpenError::Unusable {
            path,
            detail: error.to_string(),
        },
        Failure::Unavailable(detail) => OpenError::Unusable { path, detail },
    }
}

pub(crate) fn unusable(path: &Path, error: &io::Error) -> OpenError {
    OpenError::Unusable {
        path: path.to_owned(),
        detail: error.to_string(),
    }
}

/// Opens the database, waiting a little for a lock.
#[allow(
    clippy::disallowed_methods,
    reason = "opening blocks as a whole, and a lock has no event"
)]
fn open_locked(path: &Path, options: &Options) -> Result<sled::Db, Failure> {
    // Made here, so that a path that cannot be a directory is not taken for a damaged store.
    fs::create_dir_all(path).map_err(|error| Failure::Unavailable(error.to_string()))?;
    let give_up = Instant::now() + options.lock_wait;
    loop {
        match guarded(|| options.config().path(path).open()) {
            Ok(db) => return Ok(db),
            Err(error) if !error.to_string().contains(LOCKED) => {
                return Err(match error {
                    StoreError::Unavailable { detail } => Failure::Unavailable(detail),
                    damaged @ StoreError::Damaged { .. } => Failure::Damaged(damaged),
                });
            }
            Err(_) if Instant::now() >= give_up => return Err(Failure::Locked),
            Err(_) => thread::sleep(LOCK_TRY_EVERY),
        }
    }
}
