use std::collections::VecDeque;

use redress_log::Chain;
use redress_store::{Mark, Rows, StoreError};
use redress_wire::log::{self, Event};
use tokio::time::Instant;

use crate::{
    Block, ChainBroken, Core, Head, Origin, Recorded, block,
    inputs::{self, Heads},
    set_aside,
};

/// Version of the rows that the runtime keeps itself: another one makes stored rows be rebuilt, as
/// another [`Core::SCHEMA`] does. 1: heads of the chains read.
const LAYOUT: u32 = 1;

/// The version of all rows of a partition.
pub(crate) const fn schema<C: Core>() -> u32 {
    LAYOUT << 16 | C::SCHEMA
}

/// `00 'b' <height, 8 bytes big-endian>` → stream sequence of the own block, 8 bytes big-endian;
/// for ever, if [`Core::KEEPS_BLOCK_INDEX`].
fn block_key(height: u64) -> [u8; 10] {
    let mut key = [0; 10];
    key[1] = b'b';
    key[2..].copy_from_slice(&height.to_be_bytes());
    key
}

/// The stream sequence of an own block, for cores that keep the block index.
pub fn block_sequence(rows: &Rows, height: u64) -> Option<u64> {
    let value = rows.get(&block_key(height))?;
    Some(u64::from_be_bytes(value.as_ref().try_into().ok()?))
}

/// One owned partition: the core, its rows, and where it stands in the log.
pub(crate) struct Partition<C> {
    pub(crate) id: u32,
    pub(crate) core: C,
    pub(crate) rows: Rows,
    pub(crate) head: Head,
    /// Stream sequence of the last input folded.
    pub(crate) consumed: u64,
    /// Events of inputs folded since a block of its own last said how far.
    pub(crate) untold: usize,
    /// Identity of the log that the rows were folded from.
    pub(crate) log: [u8; 16],
    /// Inputs read but not folded.
    pub(crate) inputs: VecDeque<Block>,
    /// Inputs that a round takes at most; fewer while what follows from them is too much for a block.
    pub(crate) inputs_most: usize,
    /// Blocks in the log behind the last one read.
    pub(crate) behind: u64,
    /// Where the chains read stand, with those inputs.
    pub(crate) read: Heads,
    /// Counts the ownerships of this process: what was sent on its way in another one is none of
    /// this one's.
    pub(crate) life: u64,
    /// Stream sequence of the last input that was in the log at the take-over.
    pub(crate) catch_up: u64,
    /// When its rows last went to the store.
    pub(crate) flushed_at: Instant,
    /// The latest time of an event folded here since it was opened, in microseconds.
    pub(crate) newest_us: i64,
}

impl<C: Core> Partition<C> {
    pub(crate) fn chain(&self) -> Chain {
        Chain::Blocks {
            partition: self.id,
            service: C::SERVICE,
        }
    }

    /// Whether it has folded what was in the log at the take-over and all that was read since.
    ///
    /// Before that, a due clock may have been stopped in an input that is still to be folded, and
    /// answers would be those of the past.
    pub(crate) fn is_current(&self) -> bool {
        self.inputs.is_empty() && self.consumed >= self.catch_up
    }

    /// Whether a block is to say how far the folding is, though nothing came of it.
    pub(crate) fn is_to_tell(&self, untold_most: usize) -> bool {
        C::DECIDES && self.untold >= untold_most
    }

    /// Takes in an input that was read.
    pub(crate) fn accept(&mut self, block: Block) -> Result<(), ChainBroken> {
        self.read.follow(&block)?;
        self.inputs.push_back(block);
        Ok(())
    }

    /// Folds an input block. The caller commits the rows.
    pub(crate) fn fold_input(&mut self, block: &Block) {
        for (index, event) in block.content.events.iter().enumerate() {
            let origin = Origin {
                service: block.service,
                partition: self.id,
                height: block.content.height,
                index: index as u32,
            };
            self.newest_us = self.newest_us.max(event.time_us);
            self.core
                .evolve(&mut self.rows, &Recorded { origin, event });
        }
        inputs::note(&mut self.rows, block);
        self.untold += block.content.events.len();
        self.consumed = block.sequence;
    }

    /// Folds an own event that is or will be at `index` of the block after the head.
    pub(crate) fn fold_own(&mut self, index: usize, event: &Event) {
        let origin = Origin {
            service: C::SERVICE,
            partition: self.id,
            height: self.head.height + 1,
            index: index as u32,
        };
        self.newest_us = self.newest_us.max(event.time_us);
        set_aside::evolve(&mut self.rows, event);
        self.core
            .evolve(&mut self.rows, &Recorded { origin, event });
    }

    /// The block after the head.
    pub(crate) fn next_block(&self, owner: &str, events: Vec<Event>) -> log::Block {
        log::Block {
            prev_hash: self.head.link(),
            consumed: self.consumed,
            height: self.head.height + 1,
            owner: owner.to_owned(),
            events,
        }
    }

    /// An own block is in the log: the head moves on to it.
    pub(crate) fn appended(&mut self, sequence: u64, payload: &bytes::Bytes) {
        self.head = Head {
            sequence,
            hash: block::hash(payload),
            height: self.head.height + 1,
            consumed: self.consumed,
        };
        self.untold = 0;
        if C::KEEPS_BLOCK_INDEX {
            self.rows
                .put(block_key(self.head.height), sequence.to_be_bytes().to_vec());
        }
    }

    /// Commits the rows as they are at this place of the log.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        self.core.seal(&mut self.rows);
        self.rows.commit(Mark {
            own_seq: self.head.sequence,
            own_hash: self.head.hash,
            consumed: self.consumed,
            schema: schema::<C>(),
            log: self.log,
        })
    }

    /// Undoes what was folded since the last commit and puts the inputs back.
    pub(crate) fn rollback(&mut self, inputs: Vec<Block>, consumed: u64) {
        self.rows.rollback();
        self.core.undo(self.id, &self.rows);
        self.consumed = consumed;
        for input in inputs.into_iter().rev() {
            self.untold = self.untold.saturating_sub(input.content.events.len());
            self.inputs.push_front(input);
        }
    }
}

impl<C: Core> Partition<C> {
    /// A block read back from the log is the head now.
    pub(crate) fn appended_as(&mut self, block: &Block) {
        self.head = Head {
            sequence: block.sequence,
            hash: block.hash,
            height: block.content.height,
            consumed: self.consumed,
        };
        self.untold = 0;
        if C::KEEPS_BLOCK_INDEX {
            let sequence = block.sequence.to_be_bytes().to_vec();
            self.rows.put(block_key(self.head.height), sequence);
        }
    }
}
