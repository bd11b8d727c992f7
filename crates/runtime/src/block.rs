use bytes::Bytes;
use prost::Message as _;
use redress_log::{Chain, Stored};
use redress_wire::{Service, log, rehearsal};

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
    pub fn decode(stored: &Stored) -> Result<Self, BlockError> {
        let sequence = stored.sequence;
        let Chain::Blocks { partition, service } = stored.chain else {
            return Err(BlockError::NoBlock { sequence });
        };
        let payload = rehearsal::understood(&stored.payload);
        let content = log::Block::decode(payload).map_err(|error| BlockError::Unreadable {
            sequence,
            reason: error.to_string(),
        })?;
        if !content.events.iter().all(log::Event::is_known) {
            return Err(BlockError::TooNew {
                sequence,
                partition,
                service,
            });
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

/// Why a message of the log cannot be taken as a block.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BlockError {
    /// It is of another kind.
    #[error("stream sequence {sequence} is not a block")]
    NoBlock {
        /// Where it stands.
        sequence: u64,
    },
    /// It is not what was written.
    #[error("the block at stream sequence {sequence} cannot be read: {reason}")]
    Unreadable {
        /// Where it stands.
        sequence: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It holds an event, or a version of one, that a newer release recorded.
    #[error(
        "{service} recorded an event in partition {partition} (stream sequence {sequence}) that \
         needs a newer release; upgrade this service before the ones that write it"
    )]
    TooNew {
        /// Where it stands.
        sequence: u64,
        /// The partition.
        partition: u32,
        /// Who wrote it.
        service: Service,
    },
}

/// A block as it goes into the log.
pub(crate) fn encode(block: &log::Block) -> Bytes {
    rehearsal::written(block.encode_to_vec()).into()
}

/// The hash that the next block of the chain carries.
pub(crate) fn hash(payload: &Bytes) -> [u8; 32] {
    *blake3::hash(payload).as_bytes()
}
