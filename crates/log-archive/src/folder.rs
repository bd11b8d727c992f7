use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use redress_log::{LogError, Stored};

use crate::{ArchiveError, file};

/// The folder of a partition.
pub(crate) fn folder_of(archive: &Path, partition: u32) -> PathBuf {
    archive.join(format!("{partition:03}"))
}

/// The name of a file with the blocks from one sequence to another.
pub(crate) fn file_name(first: u64, last: u64) -> String {
    format!("{first:012}-{last:012}.blocks")
}

/// The files of an archive, as they were when it was opened.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    files: Arc<BTreeMap<u32, Vec<ArchiveFile>>>,
}

/// A file and the sequences of its first and last block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArchiveFile {
    pub(crate) first: u64,
    pub(crate) last: u64,
    path: PathBuf,
}

impl Archive {
    /// Lists the files of an archive; blocks on the disk.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn open(archive: &Path) -> Result<Self, ArchiveError> {
        let mut files: BTreeMap<u32, Vec<ArchiveFile>> = BTreeMap::new();
        for (name, folder) in list(archive)? {
            let Ok(partition) = name.parse() else {
                continue;
            };
            let found = list(&folder)?.into_iter().filter_map(ArchiveFile::of);
            let mut found: Vec<_> = found.collect();
            found.sort();
            files.insert(partition, found);
        }
        Ok(Self {
            files: Arc::new(files),
        })
    }

    /// The files of a partition, by their first sequence.
    pub(crate) fn of(&self, partition: u32) -> &[ArchiveFile] {
        self.files.get(&partition).map_or(&[], Vec::as_slice)
    }
}

impl ArchiveFile {
    fn of((name, path): (String, PathBuf)) -> Option<Self> {
        let (first, last) = name.strip_suffix(".blocks")?.split_once('-')?;
        Some(Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            path,
        })
    }

    /// Its blocks, checked.
    pub(crate) async fn read(&self, identity: [u8; 16]) -> Result<Vec<Stored>, LogError> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || file::read(&path, identity));
        let read = read.await.map_err(|error| LogError(error.to_string()))?;
        read.map_err(|error| LogError(error.to_string()))
    }
}

fn list(folder: &Path) -> Result<Vec<(String, PathBuf)>, ArchiveError> {
    let entries = || -> io::Result<Vec<(String, PathBuf)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push((name, entry.path()));
        }
        Ok(entries)
    };
    entries().map_err(|source| ArchiveError::Disk {
        path: folder.to_owned(),
        source,
    })
}
