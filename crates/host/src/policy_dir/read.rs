//! Reading a directory of policy files, within bounds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The texts of the `*.toml` and `*.ics` files, by path relative to the directory, with `/` in
/// between.
pub type Files = BTreeMap<String, String>;

/// The shipped policy has about ten files; a thousand are a wrong directory.
pub(super) const MAX_FILES: usize = 1_000;
/// One file; the longest shipped one is a fiftieth of this.
pub(super) const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// All files together.
pub(super) const MAX_TOTAL_BYTES: u64 = 8 * 1024 * 1024;
/// Directories within directories.
pub(super) const MAX_DEPTH: usize = 8;

/// Why a policy directory is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PolicyDirError {
    /// A file or the directory cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why. Told with the path, and so not once more as the source.
        error: io::Error,
    },
    /// A file is not UTF-8.
    #[error("{}:{line}: this is not UTF-8: save the file as UTF-8", path.display())]
    NotUtf8 {
        /// Which one.
        path: PathBuf,
        /// The first such line, counted from 1.
        line: usize,
    },
    /// A bound is exceeded.
    #[error("{}: {bound}", path.display())]
    TooBig {
        /// Where.
        path: PathBuf,
        /// Which bound.
        bound: String,
    },
    /// There is no policy in it.
    #[error("{}: holds no *.toml file", .0.display())]
    Empty(PathBuf),
    /// The parser refuses the files; lines of `file:line: reason`.
    #[error("{0}")]
    Refused(String),
}

/// What tells cheaply that files have changed: names, sizes, times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp(BTreeMap<String, (u64, Option<SystemTime>)>);

impl Stamp {
    pub(super) fn of(dir: &Path) -> Result<Self, PolicyDirError> {
        let found = find(dir)?;
        let stamp = |(name, (_, meta)): (String, (PathBuf, fs::Metadata))| {
            (name, (meta.len(), meta.modified().ok()))
        };
        Ok(Self(found.into_iter().map(stamp).collect()))
    }
}

/// Reads every `*.toml` and `*.ics` file below `dir`.
pub fn read(dir: &Path) -> Result<Files, PolicyDirError> {
    let mut files = Files::new();
    for (name, (path, _)) in find(dir)? {
        let bytes = fs::read(&path).map_err(unreadable(&path))?;
        files.insert(name, text(path, bytes)?);
    }
    if files.is_empty() {
        Err(PolicyDirError::Empty(dir.into()))
    } else {
        Ok(files)
    }
}

fn text(path: PathBuf, bytes: Vec<u8>) -> Result<String, PolicyDirError> {
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
        PolicyDirError::NotUtf8 { path, line }
    })
}

/// Names the content of `files`: equal files, equal version.
pub(super) fn version(files: &Files) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in files.iter().flat_map(|(name, text)| [name, text]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..12].to_owned()
}

type Found = BTreeMap<String, (PathBuf, fs::Metadata)>;

fn find(dir: &Path) -> Result<Found, PolicyDirError> {
    let mut found = Found::new();
    collect(dir, "", 0, &mut found)?;
    let total: u64 = found.values().map(|(_, meta)| meta.len()).sum();
    if total > MAX_TOTAL_BYTES {
        let bound = format!("its files are {total} bytes, more than {MAX_TOTAL_BYTES}");
        return Err(PolicyDirError::TooBig {
            path: dir.into(),
            bound,
        });
    }
    Ok(found)
}

/// Hidden entries are passed over: editors and mounted config maps keep their own there.
fn collect(dir: &Path, prefix: &str, depth: usize, into: &mut Found) -> Result<(), PolicyDirError> {
    let too_big = |path: &Path, bound| PolicyDirError::TooBig {
        path: path.into(),
        bound,
    };
    if depth > MAX_DEPTH {
        return Err(too_big(
            dir,
            format!("is more than {MAX_DEPTH} directories deep"),
        ));
    }
    for entry in fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with('.') {
            continue;
        }
        let meta = fs::metadata(&path).map_err(unreadable(&path))?;
        if meta.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), depth + 1, into)?;
        } else if path
            .extension()
            .is_some_and(|ext| ext == "toml" || ext == "ics")
        {
            if meta.len() > MAX_FILE_BYTES {
                return Err(too_big(
                    &path,
                    format!("is larger than {MAX_FILE_BYTES} bytes"),
                ));
            }
            into.insert(format!("{prefix}{name}"), (path, meta));
        }
        if into.len() > MAX_FILES {
            return Err(too_big(
                dir,
                format!("holds more than {MAX_FILES} policy files"),
            ));
        }
    }
    Ok(())
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> PolicyDirError + use<> {
    let path = path.to_owned();
    move |error| PolicyDirError::Unreadable { path, error }
}
