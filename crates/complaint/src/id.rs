//! The id of a complaint, and the partition that it belongs to.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Names a complaint for ever: a UUID of version 8 made from channel and request id, so that the
/// same submission sent twice is the same complaint, whoever takes it in and however much later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComplaintId([u8; 16]);

/// The text or the bytes are not a complaint's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a complaint id: it is a UUID as the answer to the submission gave it")]
pub struct ComplaintIdError;

impl ComplaintId {
    /// The id of the submission with this request id (as checked) on this channel.
    pub fn of(channel: &str, request_id: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(channel.as_bytes())
            .update(&[0])
            .update(request_id.as_bytes());
        let mut half = [0; 16];
        hasher.finalize_xof().fill(&mut half);
        Self(
            uuid::Builder::from_custom_bytes(half)
                .into_uuid()
                .into_bytes(),
        )
    }

    /// The id as it stands in the log.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes of the UUID.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl TryFrom<&[u8]> for ComplaintId {
    type Error = ComplaintIdError;

    fn try_from(bytes: &[u8]) -> Result<Self, ComplaintIdError> {
        bytes.try_into().map(Self).map_err(|_| ComplaintIdError)
    }
}

impl FromStr for ComplaintId {
    type Err = ComplaintIdError;

    fn from_str(text: &str) -> Result<Self, ComplaintIdError> {
        Uuid::try_parse(text.trim())
            .map(|id| Self(id.into_bytes()))
            .map_err(|_| ComplaintIdError)
    }
}

impl fmt::Display for ComplaintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for ComplaintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The partition of a complaint: the first 8 bytes (big-endian) of BLAKE3 of its id, modulo.
/// No partitions count as one.
pub fn partition_of(id: &ComplaintId, partitions: u32) -> u32 {
    let hash = blake3::hash(&id.0);
    let first: [u8; 8] = hash.as_bytes()[..8]
        .try_into()
        .expect("a hash has 32 bytes");
    (u64::from_be_bytes(first) % u64::from(partitions.max(1))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_8_and_never_changes() {
        let id = ComplaintId::of("email", "msg-1");
        assert_eq!(Uuid::from_bytes(*id.as_bytes()).get_version_num(), 8);
        assert_eq!(id.to_string(), "0d23e238-d19e-8154-88e7-804de0a5268b");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(ComplaintId::try_from(&id.as_bytes()[..]), Ok(id));
    }

    #[test]
    fn the_same_request_id_on_another_channel_is_another_complaint() {
        assert_ne!(ComplaintId::of("email", "1"), ComplaintId::of("phone", "1"));
        assert_ne!(ComplaintId::of("a", "b1"), ComplaintId::of("ab", "1"));
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "CF20260501001", "00000000-0000-0000-0000-00000000000g"] {
            assert_eq!(text.parse::<ComplaintId>(), Err(ComplaintIdError), "{text}");
        }
    }

    #[test]
    fn complaints_spread_evenly_over_the_partitions() {
        let mut counts = [0_u32; 16];
        for n in 0..16_000 {
            counts[partition_of(&ComplaintId::of("web", &n.to_string()), 16) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_partition_of_a_complaint_never_changes() {
        assert_eq!(
            partition_of(&ComplaintId::of("email", "msg-1"), 1_000_003),
            144_403
        );
        assert_eq!(partition_of(&ComplaintId::of("email", "msg-1"), 0), 0);
    }
}
