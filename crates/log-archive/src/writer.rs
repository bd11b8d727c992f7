use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use bytes::BytesMut;
use redress_log::{Chain, Stored};

use crate::{
    ArchiveError,
    file::{self, end, head, push},
    folder::{file_name, folder_of},
};

/// A file is closed when it has so many bytes: it is read as a whole.
const FILE_BYTES: usize = 16 << 20;

/// Writes blocks of a partition, in the order of the log. Every call blocks on the disk.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    identity: [u8; 16],
    partition: u32,
    content: BytesMut,
    blocks: u64,
    first: u64,
    last: u64,
}

impl Writer {
    /// A writer of a partition, in an archive whose directory is made if need be.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn new(archive: &Path, partition: u32, identity: [u8; 16]) -> Result<Self, ArchiveError> {
        let folder = folder_of(archive, partition);
        fs::create_dir_all(&folder).map_err(disk(&folder))?;
        for made in [&folder, archive] {
            sync_folder(made)?;
        }
        Ok(Self {
            folder,
            identity,
            partition,
            content: head(identity, partition),
            blocks: 0,
            first: 0,
            last: 0,
        })
    }

    /// Takes the next block; anything else is left out.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn push(&mut self, stored: &Stored) -> Result<(), ArchiveError> {
        let Chain::Blocks { service, .. } = stored.chain else {
            return Ok(());
        };
        if self.blocks == 0 {
            self.first = stored.sequence;
        }
        push(&mut self.content, service, stored.sequence, &stored.payload);
        self.blocks += 1;
        self.last = stored.sequence;
        if self.content.len() >= FILE_BYTES {
            self.close()?;
        }
        Ok(())
    }

    /// Brings all of it to the disk for good.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        self.close()
    }

    /// A file has its name once it is whole and on the disk; then it is read back.
    fn close(&mut self) -> Result<(), ArchiveError> {
        if self.blocks == 0 {
            return Ok(());
        }
        let mut content = std::mem::replace(&mut self.content, head(self.identity, self.partition));
        end(&mut content);
        let path = self.folder.join(file_name(self.first, self.last));
        let unfinished = path.with_extension("unfinished");
        write(&unfinished, &content).map_err(disk(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(disk(&path))?;
        sync_folder(&self.folder)?;
        let blocks = file::read(&path, self.identity)?;
        if blocks.len() as u64 != self.blocks {
            return Err(ArchiveError::Damaged {
                path,
                what: "it lacks blocks that were written",
            });
        }
        self.blocks = 0;
        Ok(())
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> Result<(), ArchiveError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(disk(folder))
}

fn disk(path: &Path) -> impl Fn(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |source| ArchiveError::Disk {
        path: path.clone(),
        source,
    }
}
