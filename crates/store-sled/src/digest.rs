//! The digest that tells whether a tree's rows are those that were written.
//!
//! sled checks every page it reads, but after a torn or damaged file it may recover an older
//! version of a page, or none, and say nothing: flipping single bytes shows it within a few dozen
//! tries (`tests/damage.rs`). The digest is a sum, so a batch moves it by its own rows alone.

use std::fmt;

use redress_store::{Mark, StoreError};

const DIGEST_LEN: usize = 24;

/// How many rows there are, and the sum of their hashes. It guards against accidents, not against
/// someone who writes into the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Digest {
    rows: u64,
    sum: u128,
}

impl Digest {
    pub(crate) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(hash(key, value));
    }

    pub(crate) fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(hash(key, value));
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows ({:08x})", self.rows, self.sum >> 96)
    }
}

fn hash(key: &[u8], value: &[u8]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(value);
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_be_bytes(half)
}

/// What lies beside a tree's rows: the place in the log they were folded from, and their digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seal {
    pub(crate) mark: Mark,
    pub(crate) digest: Digest,
}

impl Seal {
    /// The digest (rows, then sum, big-endian), then the mark.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(DIGEST_LEN + 69);
        out.extend_from_slice(&self.digest.rows.to_be_bytes());
        out.extend_from_slice(&self.digest.sum.to_be_bytes());
        out.extend_from_slice(&self.mark.encode());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let fields = || {
            let (rows, rest) = bytes.split_first_chunk()?;
            let (sum, mark) = rest.split_first_chunk()?;
            let digest = Digest {
                rows: u64::from_be_bytes(*rows),
                sum: u128::from_be_bytes(*sum),
            };
            Some((digest, mark))
        };
        let (digest, mark) = fields().ok_or_else(|| StoreError::damaged("the seal is torn"))?;
        let mark = Mark::decode(mark).map_err(|error| StoreError::damaged(error.to_string()))?;
        Ok(Self { mark, digest })
    }
}
