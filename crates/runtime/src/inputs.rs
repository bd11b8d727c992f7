//! The chains that a partition reads: each block is checked against the one before, also when
//! that one was read in an earlier life of the process.

use std::collections::BTreeMap;

use redress_store::Rows;
use redress_wire::Service;

use crate::{Block, ChainBroken, Head};

/// `00 'i' <name of the service>` → height of its last block folded, 8 bytes big-endian, and the
/// block's hash; for ever.
fn key(service: Service) -> Vec<u8> {
    [b"\0i", service.name().as_bytes()].concat()
}

/// Where the reading of each chain stands.
#[derive(Debug)]
pub(crate) struct Heads {
    known: BTreeMap<Service, Head>,
    /// A chain that is not known was read up to here without being checked, and not from its
    /// beginning.
    anywhere: bool,
}

impl Heads {
    /// Where the folding stands in the rows.
    pub(crate) fn open(rows: &Rows, services: &[Service]) -> Self {
        let head = |&service: &Service| {
            let value = rows.get(&key(service))?;
            let (height, hash) = value.split_first_chunk()?;
            let head = Head {
                height: u64::from_be_bytes(*height),
                hash: hash.try_into().ok()?,
                ..Head::default()
            };
            Some((service, head))
        };
        Self {
            known: services.iter().filter_map(head).collect(),
            anywhere: false,
        }
    }

    /// For reading that begins anywhere: the first block of each chain is taken as it is.
    pub(crate) fn anywhere() -> Self {
        Self {
            known: BTreeMap::new(),
            anywhere: true,
        }
    }

    /// The height of the last block of a chain that was read; 0 before the first.
    pub(crate) fn height(&self, service: Service) -> u64 {
        self.known.get(&service).map_or(0, |head| head.height)
    }

    /// Takes the next block of its chain.
    pub(crate) fn follow(&mut self, block: &Block) -> Result<(), ChainBroken> {
        let (partition, sequence) = (block.partition, block.sequence);
        let known = self.known.get(&block.service);
        if known.is_some() || !self.anywhere {
            let head = known.copied().unwrap_or_default();
            head.check(partition, block.service, sequence, &block.content)?;
        }
        let head = Head {
            sequence,
            hash: block.hash,
            height: block.content.height,
            consumed: block.content.consumed,
        };
        self.known.insert(block.service, head);
        Ok(())
    }
}

/// Notes that a block was folded.
pub(crate) fn note(rows: &mut Rows, block: &Block) {
    let height = block.content.height.to_be_bytes();
    rows.put(key(block.service), [&height[..], &block.hash[..]].concat());
}
