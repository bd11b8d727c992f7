//! Moving a damaged directory out of the way, for whoever wants to look into it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// How many damaged directories are kept; the oldest goes first.
const KEPT: usize = 2;

/// Moves the directory to `<path>.damaged-<n>`, the next free number, and gives the new path.
///
/// A directory that cannot be renamed (the root of a volume) is emptied of sled's files instead:
/// they are a projection, and looking into them is not worth standing still.
pub(crate) fn set_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    let kept = earlier(path)?;
    let next = kept.last().map_or(1, |(number, _)| number + 1);
    let aside = numbered(path, next);
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return remove_files(path).map(|()| None),
    }
    let surplus = (kept.len() + 1).saturating_sub(KEPT);
    for (_, old) in kept.iter().take(surplus) {
        fs::remove_dir_all(old)?;
    }
    Ok(Some(aside))
}

/// Removes sled's files from the directory and nothing else.
pub(crate) fn remove_files(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        match entry.file_name().to_str() {
            Some("blobs") => fs::remove_dir_all(entry.path())?,
            Some("db" | "conf") => fs::remove_file(entry.path())?,
            Some(name) if name.starts_with("snap.") => fs::remove_file(entry.path())?,
            _ => {}
        }
    }
    Ok(())
}

fn numbered(path: &Path, number: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".damaged-{number}"));
    PathBuf::from(name)
}

/// The directories set aside before, oldest first.
fn earlier(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let mut found = Vec::new();
    for entry in fs::read_dir(parent.unwrap_or(Path::new(".")))? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.rsplit_once(".damaged-"));
        let Some(Ok(number)) = number.map(|(_, number)| number.parse()) else {
            continue;
        };
        let candidate = numbered(path, number);
        if candidate.file_name() == Some(&name) {
            found.push((number, candidate));
        }
    }
    found.sort_unstable();
    Ok(found)
}
