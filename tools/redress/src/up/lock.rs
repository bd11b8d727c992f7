//! One `redress up` for each data directory.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use anyhow::{Context as _, bail};

/// Held as long as `up` runs.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held for its lock")] File);

/// Takes the data directory for this process.
pub(super) fn take(data_dir: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(data_dir)
        .with_context(|| format!("{} cannot be made", data_dir.display()))?;
    let path = data_dir.join("up.lock");
    let file =
        File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another `redress up` uses {}: stop it, or give this one --data-dir and --port-offset",
            data_dir.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_belongs_to_one_at_a_time() {
        let dir = tempfile::tempdir().expect("a folder");
        let first = take(dir.path()).expect("nobody uses it");
        let error = take(dir.path()).expect_err("it is used");
        assert!(
            error.to_string().starts_with("another `redress up` uses"),
            "{error}"
        );
        drop(first);
        take(dir.path()).expect("nobody uses it any more");
    }
}
