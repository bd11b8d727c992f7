//! Building and reading key bytes.
//!
//! A service writes its keys down in one place: one `enum` or one function per kind of row, each
//! with its room (the first byte), its parts, its value and its life. The parts below keep the
//! order of the values they encode, so that a scan gives rows in that order.

/// Behind a text, so that a text sorts before its own continuations and ends where it ends.
const TEXT_END: [u8; 2] = [0, 1];
/// A zero byte that belongs to the text.
const TEXT_ZERO: [u8; 2] = [0, 0xff];

/// A key under construction: a room, then parts whose bytes sort as their values do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// The first byte tells one kind of row from another.
    pub fn room(room: u8) -> Self {
        let mut bytes = Vec::with_capacity(32);
        bytes.push(room);
        Self(bytes)
    }

    /// Appends one byte.
    #[must_use]
    pub fn u8(self, value: u8) -> Self {
        self.raw(&[value])
    }

    /// Appends a number.
    #[must_use]
    pub fn u32(self, value: u32) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// Appends a number.
    #[must_use]
    pub fn u64(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// Appends a number that may be negative, such as a time in microseconds.
    #[must_use]
    pub fn i64(self, value: i64) -> Self {
        self.u64(value.cast_unsigned() ^ (1 << 63))
    }

    /// Appends an identity of 16 bytes.
    #[must_use]
    pub fn u128(self, value: u128) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// Appends a text that may be followed by more parts.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            match byte {
                0 => self.0.extend_from_slice(&TEXT_ZERO),
                _ => self.0.push(byte),
            }
        }
        self.0.extend_from_slice(&TEXT_END);
        self
    }

    /// Appends bytes as they are: of a fixed length, or as the last part.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl std::ops::Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Reads a key's parts in the order they were appended. A part that is not there gives nothing.
#[derive(Debug, Clone)]
pub struct KeyReader<'a>(&'a [u8]);

impl<'a> KeyReader<'a> {
    /// A reader behind the room, if the key is of that room.
    pub fn room(room: u8, key: &'a [u8]) -> Option<Self> {
        let (first, rest) = key.split_first()?;
        (*first == room).then_some(Self(rest))
    }

    /// Reads one byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.chunk().map(|[byte]| byte)
    }

    /// Reads a number.
    pub fn u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_be_bytes)
    }

    /// Reads a number.
    pub fn u64(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_be_bytes)
    }

    /// Reads a number that may be negative.
    pub fn i64(&mut self) -> Option<i64> {
        self.u64().map(|value| (value ^ (1 << 63)).cast_signed())
    }

    /// Reads an identity of 16 bytes.
    pub fn u128(&mut self) -> Option<u128> {
        self.chunk().map(u128::from_be_bytes)
    }

    /// Reads a text.
    pub fn text(&mut self) -> Option<String> {
        let mut text = Vec::new();
        loop {
            match self.chunk()? {
                [0] if self.0.first() == TEXT_ZERO.last() => {
                    self.0 = &self.0[1..];
                    text.push(0);
                }
                [0] => {
                    let end = self.u8()?;
                    return if end == TEXT_END[1] {
                        String::from_utf8(text).ok()
                    } else {
                        None
                    };
                }
                [byte] => text.push(byte),
            }
        }
    }

    /// What has not been read.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*chunk)
    }
}
