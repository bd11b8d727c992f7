use std::sync::atomic::{AtomicBool, Ordering};

use redress_wire::{Service, log};

/// Whether broken chains are followed; see [`follow_broken_chains`].
static FOLLOWS_BROKEN: AtomicBool = AtomicBool::new(false);

/// For one control experiment only: from here on this process takes every block for the next one
/// of its chain, to show that the recorder notices. Does nothing in a release build.
pub fn follow_broken_chains() {
    FOLLOWS_BROKEN.store(cfg!(debug_assertions), Ordering::Relaxed);
}

/// Where the chain of a service's blocks in a partition ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Stream sequence of the last block; 0 if there is none.
    pub sequence: u64,
    /// BLAKE3 of its encoded form; zeros if there is none.
    pub hash: [u8; 32],
    /// Its height; 0 if there is none.
    pub height: u64,
    /// Stream sequence of the last input folded before it.
    pub consumed: u64,
}

impl Head {
    /// The value of `prev_hash` in the block after this head.
    pub fn link(&self) -> Vec<u8> {
        if self.height == 0 {
            Vec::new()
        } else {
            self.hash.to_vec()
        }
    }

    /// Checks that `block` continues the chain here.
    ///
    /// # Errors
    /// It does not: the log was damaged, or part of it is missing.
    pub fn check(
        &self,
        partition: u32,
        service: Service,
        sequence: u64,
        block: &log::Block,
    ) -> Result<(), ChainBroken> {
        if block.height == self.height + 1 && block.prev_hash == self.link() {
            return Ok(());
        }
        if cfg!(debug_assertions) && FOLLOWS_BROKEN.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(ChainBroken {
            partition,
            service,
            sequence,
            height: block.height,
            after: self.height,
        })
    }
}

/// A block does not continue the chain of its subject: the log is damaged there.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "the log is damaged: block {height} of {service} in partition {partition} (stream sequence \
     {sequence}) does not continue block {after}; restore the stream from a replica or a backup"
)]
pub struct ChainBroken {
    /// The partition.
    pub partition: u32,
    /// The service whose chain it is.
    pub service: Service,
    /// Stream sequence of the block.
    pub sequence: u64,
    /// Height that the block states.
    pub height: u64,
    /// Height of the block before it that was read.
    pub after: u64,
}
