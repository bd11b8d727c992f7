//! The place in the log that a partition's rows were folded from.

use thiserror::Error;

/// The layout below. Another value means another layout.
const LAYOUT: u8 = 1;
const LEN: usize = 1 + 8 + 32 + 8 + 4 + 16;

/// How far a partition's rows have come, written in one atom with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The log sequence of the last own block folded; 0 before the first.
    pub own_seq: u64,
    /// The hash of that block; zeros before the first.
    pub own_hash: [u8; 32],
    /// The log sequence of the last input block folded.
    pub consumed: u64,
    /// The version of the service's rows; rows of another version are folded anew.
    pub schema: u32,
    /// The identity of the log; rows of another log are folded anew.
    pub log: [u8; 16],
}

/// Stored bytes that are not a mark this release knows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{len} bytes are not a mark of layout {LAYOUT}")]
pub struct UnknownMark {
    /// How many bytes there were.
    pub len: usize,
}

impl Mark {
    /// The mark's bytes: layout, then the fields in order, numbers big-endian.
    pub fn encode(&self) -> [u8; LEN] {
        let mut out = [0; LEN];
        out[0] = LAYOUT;
        out[1..9].copy_from_slice(&self.own_seq.to_be_bytes());
        out[9..41].copy_from_slice(&self.own_hash);
        out[41..49].copy_from_slice(&self.consumed.to_be_bytes());
        out[49..53].copy_from_slice(&self.schema.to_be_bytes());
        out[53..].copy_from_slice(&self.log);
        out
    }

    /// Reads what [`Mark::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, UnknownMark> {
        Self::fields(bytes).ok_or(UnknownMark { len: bytes.len() })
    }

    fn fields(bytes: &[u8]) -> Option<Self> {
        let (layout, rest) = bytes.split_first()?;
        let (own_seq, rest) = rest.split_first_chunk()?;
        let (own_hash, rest) = rest.split_first_chunk()?;
        let (consumed, rest) = rest.split_first_chunk()?;
        let (schema, rest) = rest.split_first_chunk()?;
        let log = rest.try_into().ok()?;
        (*layout == LAYOUT).then_some(Self {
            own_seq: u64::from_be_bytes(*own_seq),
            own_hash: *own_hash,
            consumed: u64::from_be_bytes(*consumed),
            schema: u32::from_be_bytes(*schema),
            log,
        })
    }
}
