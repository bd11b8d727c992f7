//! Refuses a message by the length in its frame, before its bytes are taken in.
//!
//! Tonic has a bound of its own, but answers `OUT_OF_RANGE`; the contract has `INVALID_ARGUMENT`
//! with the field that is wrong.

use axum::BoxError;
use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use tonic::Status;

use super::status::bad_request;

/// Length of a gRPC frame's head: one byte of flags, four of length.
const HEAD_BYTES: usize = 5;

/// The same body; it fails with `INVALID_ARGUMENT` at a message longer than `bound` bytes.
pub(super) fn bounded(body: Body, bound: usize) -> Body {
    let mut frames = Frames::default();
    let checked = body.into_data_stream().map(move |chunk| {
        let chunk = chunk.map_err(BoxError::from)?;
        frames.check(&chunk, bound)?;
        Ok::<Bytes, BoxError>(chunk)
    });
    Body::from_stream(checked)
}

/// Where in the sequence of frames the bytes seen so far end.
#[derive(Debug, Default)]
struct Frames {
    head: [u8; HEAD_BYTES],
    head_filled: usize,
    /// Bytes of the message still to come.
    remaining: usize,
}

impl Frames {
    fn check(&mut self, mut bytes: &[u8], bound: usize) -> Result<(), Status> {
        while !bytes.is_empty() {
            let skipped = self.remaining.min(bytes.len());
            self.remaining -= skipped;
            bytes = &bytes[skipped..];
            let taken = (HEAD_BYTES - self.head_filled).min(bytes.len());
            self.head[self.head_filled..self.head_filled + taken].copy_from_slice(&bytes[..taken]);
            self.head_filled += taken;
            bytes = &bytes[taken..];
            if self.head_filled == HEAD_BYTES {
                let [_, length @ ..] = self.head;
                self.remaining = u32::from_be_bytes(length) as usize;
                self.head_filled = 0;
                if self.remaining > bound {
                    let why = format!(
                        "is {} bytes long, at most {bound} are taken",
                        self.remaining
                    );
                    return Err(bad_request([("message", why)]));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.resize(HEAD_BYTES + length as usize, b'x');
        bytes
    }

    #[test]
    fn frames_are_followed_however_they_are_cut() {
        let bytes = [frame(10), frame(0), frame(3), frame(8)].concat();
        for size in 1..bytes.len() {
            let mut frames = Frames::default();
            assert!(
                bytes
                    .chunks(size)
                    .all(|chunk| frames.check(chunk, 10).is_ok()),
                "{size}"
            );
            let mut frames = Frames::default();
            assert!(
                bytes
                    .chunks(size)
                    .any(|chunk| frames.check(chunk, 9).is_err()),
                "{size}"
            );
        }
    }
}
