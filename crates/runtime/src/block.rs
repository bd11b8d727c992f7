use bytes::Bytes;
use prost::Message as _;
use redress_log::{Chain, Stored};
use redress_wire::{Service, log};

/// A decoded block with its place in the log.
#[derive(Clone, Debug)]
pub struct Block {
    /// The service that wrote it.
    pub service: Service,
    /// The partition.
    pub partition: u32,
    /// Stream sequence.
    pub sequence: u64,
    /// BLAKE3 of the encoded block.
    pub hash: [u8; 32],
    /// Size of the encoded block.
    pub size_bytes: usize,
    /// What it says.
    pub content: log::Block,
}

impl Block {
    /// Decodes a message of the log.
    ///
    /// # Errors
    /// It is not a block that this release understands.
    pub fn decode(stored: &Stored) -> Result<Self, String> {
        let Chain::Blocks { partition, service } = stored.chain else {
            return Err(format!(
                "stream sequence {} is not a block",
                stored.sequence
            ));
        };
        let content = log::Block::decode(stored.payload.clone()).map_err(|error| {
            format!(
                "the block at stream sequence {} cannot be read: {error}",
                stored.sequence
            )
        })?;
        if content.events.iter().any(|event| event.payload.is_none()) {
            return Err(format!(
                "the block at stream sequence {} holds an event that this release does not know; \
                 upgrade this service before the ones that write it",
                stored.sequence
            ));
        }
        Ok(Self {
            service,
            partition,
            sequence: stored.sequence,
            hash: hash(&stored.payload),
            size_bytes: stored.payload.len(),
            content,
        })
    }
}

/// The hash that the next block of the chain carries.
pub(crate) fn hash(payload: &Bytes) -> [u8; 32] {
    *blake3::hash(payload).as_bytes()
}
