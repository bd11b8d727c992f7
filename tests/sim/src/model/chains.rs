//! The chains of blocks: each block links to the one before by its hash and its height.

use std::collections::BTreeMap;

use redress_log::{Chain, Stored};
use redress_wire::log::Block;

use super::{Checked, Promise};

/// In the calm a partition goes to its owner and stays. A damaged one is tried again every 30 s by
/// each replica, which is a third of this in the longest calm.
const MOST_TAKE_OVERS: u32 = 90;

/// Where every chain ends.
#[derive(Debug, Default)]
pub(super) struct Chains {
    ends: BTreeMap<Chain, End>,
    pub(super) is_calm: bool,
    /// Take-overs of each chain since it is calm.
    take_overs: BTreeMap<Chain, u32>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct End {
    pub(super) sequence: u64,
    hash: Vec<u8>,
    height: u64,
    consumed: u64,
}

impl Chains {
    pub(super) fn head(&self, chain: Chain) -> End {
        self.ends.get(&chain).cloned().unwrap_or_default()
    }

    pub(super) fn append(&mut self, stored: &Stored, block: &Block) -> Checked {
        let end = self.head(stored.chain);
        let next = End {
            sequence: stored.sequence,
            hash: blake3::hash(&stored.payload).as_bytes().to_vec(),
            height: block.height,
            consumed: block.consumed,
        };
        self.ends.insert(stored.chain, next);
        let at = format!("{} at sequence {}", stored.chain.subject(), stored.sequence);
        if block.height != end.height + 1 || block.prev_hash != end.hash {
            let seen = format!(
                "{at}: block {} does not follow {}",
                block.height, end.height
            );
            return Err((Promise::Chain, seen));
        }
        if block.consumed < end.consumed || block.consumed >= stored.sequence {
            let seen = format!("{at}: consumed {} after {}", block.consumed, end.consumed);
            return Err((Promise::Order, seen));
        }
        self.taken_over(stored.chain, block)
    }

    /// A block without events is the fence of a take-over.
    fn taken_over(&mut self, chain: Chain, block: &Block) -> Checked {
        if !self.is_calm || !block.events.is_empty() {
            return Ok(());
        }
        let count = self.take_overs.entry(chain).or_default();
        *count += 1;
        if *count == MOST_TAKE_OVERS {
            let seen = format!("{} was taken over {count} times", chain.subject());
            return Err((Promise::Rest, seen));
        }
        Ok(())
    }
}
