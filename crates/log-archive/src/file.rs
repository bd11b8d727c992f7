//! The bytes of a file: a head, blocks, and an end with the hash of all before it.

use std::{fs, io, path::PathBuf};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use redress_log::{Chain, Stored};
use redress_wire::Service;

/// Begins every file; the digit is its layout.
const MAGIC: &[u8; 8] = b"REDRESS1";
const HASH: usize = 32;

/// Why an archive cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk.
    #[error("{}: {source}", path.display())]
    Disk {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("{}: {what}; take it from a copy of the archive", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The file is of another installation, or of a log that was made anew.
    #[error("{} is the archive of another log", path.display())]
    OtherLog {
        /// The file.
        path: PathBuf,
    },
}

/// The first bytes of the file of a partition.
pub(crate) fn head(identity: [u8; 16], partition: u32) -> BytesMut {
    let mut file = BytesMut::new();
    file.put_slice(MAGIC);
    file.put_slice(&identity);
    file.put_u32(partition);
    file
}

/// Appends a block: sequence, service, payload.
pub(crate) fn push(file: &mut BytesMut, service: Service, sequence: u64, payload: &[u8]) {
    let name = service.name().as_bytes();
    file.put_u64(sequence);
    file.put_u8(name.len() as u8);
    file.put_slice(name);
    file.put_u32(payload.len() as u32);
    file.put_slice(payload);
}

/// Appends the end.
pub(crate) fn end(file: &mut BytesMut) {
    let hash = blake3::hash(file);
    file.put_slice(hash.as_bytes());
}

/// The blocks of a file, checked.
pub(crate) fn read(path: &PathBuf, identity: [u8; 16]) -> Result<Vec<Stored>, ArchiveError> {
    let content = fs::read(path).map_err(|source| ArchiveError::Disk {
        path: path.clone(),
        source,
    })?;
    let damaged = |what| ArchiveError::Damaged {
        path: path.clone(),
        what,
    };
    let length = content.len().checked_sub(HASH);
    let length = length.ok_or_else(|| damaged("it is too short"))?;
    if blake3::hash(&content[..length]).as_bytes()[..] != content[length..] {
        return Err(damaged("its bytes are not those that were written"));
    }
    let mut rest = Bytes::from(content).split_to(length);
    if rest.remaining() < MAGIC.len() + 20 || rest.split_to(MAGIC.len()) != MAGIC[..] {
        return Err(damaged("it is no archive of this release"));
    }
    if rest.split_to(16) != identity[..] {
        return Err(ArchiveError::OtherLog { path: path.clone() });
    }
    let partition = rest.get_u32();
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let block = block(&mut rest, partition);
        blocks.push(block.ok_or_else(|| damaged("a block in it cannot be read"))?);
    }
    Ok(blocks)
}

fn block(rest: &mut Bytes, partition: u32) -> Option<Stored> {
    let sequence = rest.try_get_u64().ok()?;
    let name = take(rest, |rest| rest.try_get_u8().map(usize::from))?;
    let service = std::str::from_utf8(&name).ok()?.parse().ok()?;
    let payload = take(rest, |rest| {
        rest.try_get_u32().map(|length| length as usize)
    })?;
    Some(Stored {
        chain: Chain::Blocks { partition, service },
        sequence,
        payload,
    })
}

/// Bytes behind their length.
fn take<E>(rest: &mut Bytes, length: impl Fn(&mut Bytes) -> Result<usize, E>) -> Option<Bytes> {
    let length = length(rest).ok()?;
    (rest.remaining() >= length).then(|| rest.split_to(length))
}
