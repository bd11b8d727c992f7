//! Rows as bytes: `<length of the key, 4 bytes big-endian><length of the value><key><value>`, one
//! behind the other, deflated.

use std::io::{self, Read as _, Write as _};

use bytes::{Buf as _, Bytes};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

/// Rows of so many bytes make a part; a larger row is a part alone. Far below the megabyte that a
/// message may have, and enough that a part costs little more than its bytes.
const PART_BYTES: usize = 256 << 10;
/// A part never grows beyond that: a row comes from a message of the log, which is smaller.
const PART_MOST: u64 = 64 << 20;

/// A part in the making.
#[derive(Default)]
pub(super) struct Part(Vec<u8>);

impl Part {
    /// Whether a row belongs into the next part.
    pub(super) fn is_full_for(&self, key: &[u8], value: &[u8]) -> bool {
        !self.0.is_empty() && self.0.len() + 8 + key.len() + value.len() > PART_BYTES
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) {
        self.0.extend_from_slice(&(key.len() as u32).to_be_bytes());
        self.0
            .extend_from_slice(&(value.len() as u32).to_be_bytes());
        self.0.extend_from_slice(key);
        self.0.extend_from_slice(value);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn deflated(self) -> io::Result<Bytes> {
        let room = Vec::with_capacity(self.0.len() / 3);
        let mut deflate = DeflateEncoder::new(room, Compression::fast());
        deflate.write_all(&self.0)?;
        Ok(deflate.finish()?.into())
    }
}

/// The rows of a part; nothing if it is damaged.
pub(super) fn rows(part: &Bytes) -> Option<Vec<(Bytes, Bytes)>> {
    let mut raw = Vec::new();
    let mut inflate = DeflateDecoder::new(part.as_ref()).take(PART_MOST);
    inflate.read_to_end(&mut raw).ok()?;
    let mut raw = Bytes::from(raw);
    let mut rows = Vec::new();
    while raw.remaining() >= 8 {
        let (key, value) = (raw.get_u32() as usize, raw.get_u32() as usize);
        if raw.remaining() < key.checked_add(value)? || key == 0 {
            return None;
        }
        rows.push((raw.split_to(key), raw.split_to(value)));
    }
    raw.is_empty().then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_part_come_back() {
        let mut part = Part::default();
        part.push(b"a", b"");
        part.push(b"b", &[7; 1000]);
        let deflated = part.deflated().expect("memory does not fail");
        assert!(deflated.len() < 200);
        let back = rows(&deflated).expect("it is whole");
        assert_eq!(back.len(), 2);
        assert_eq!((&back[0].0[..], &back[0].1[..]), (&b"a"[..], &b""[..]));
        assert_eq!(
            (&back[1].0[..], &back[1].1[..]),
            (&b"b"[..], &[7; 1000][..])
        );
    }

    #[test]
    fn a_torn_part_is_no_part() {
        let mut part = Part::default();
        (0..100_u8).for_each(|key| part.push(&[key], &[key; 50]));
        let deflated = part.deflated().expect("memory does not fail");
        assert!(rows(&deflated.slice(..deflated.len() / 2)).is_none());
        assert!(rows(&Bytes::from_static(b"no part")).is_none());
    }

    #[test]
    fn a_row_that_is_too_large_is_a_part_alone() {
        let (mut part, large) = (Part::default(), vec![1; 2 * PART_BYTES]);
        assert!(!part.is_full_for(b"a", &large));
        part.push(b"a", &large);
        assert!(part.is_full_for(b"b", b""));
    }
}
