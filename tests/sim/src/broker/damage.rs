//! A block that is not what was stored: what a failing disk of the broker does.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message as _;
use redress_log::{Chain, Stored};
use redress_wire::{Payload, Service, log::Block};

use super::{Broker, lock};
use crate::control::Control;

/// What is served instead of what is stored.
#[derive(Default)]
pub(super) struct Damage {
    by_sequence: BTreeMap<u64, Bytes>,
    /// The chain whose hashes are made to fit, and the hash of its last block as served.
    fitted: Option<(Chain, [u8; 32])>,
}

impl Damage {
    /// A block was stored: if its chain is made to fit, it links to what is served before it.
    pub(super) fn landed(&mut self, stored: &Stored) {
        let Some((chain, before)) = self.fitted else {
            return;
        };
        if stored.chain != chain {
            return;
        }
        let mut served = stored.payload.clone();
        if let Ok(mut block) = Block::decode(stored.payload.clone())
            && block.prev_hash != before
        {
            block.prev_hash = before.to_vec();
            served = block.encode_to_vec().into();
            self.by_sequence.insert(stored.sequence, served.clone());
        }
        self.fitted = Some((chain, *blake3::hash(&served).as_bytes()));
    }
}

impl Broker {
    /// The message as it is read.
    pub(super) fn served(&self, stored: Stored) -> Stored {
        match lock(&self.0.damage).by_sequence.get(&stored.sequence) {
            Some(payload) => Stored {
                payload: payload.clone(),
                ..stored
            },
            None => stored,
        }
    }

    /// Alters one block of intake that registers a complaint and is not the last of its chain.
    /// False if there is none yet.
    pub(crate) fn damage_a_block(&self) -> bool {
        let entries = self.0.log.entries();
        let found = entries.iter().find_map(|stored| {
            let altered = altered(stored)?;
            let is_last = !entries
                .iter()
                .any(|later| later.chain == stored.chain && later.sequence > stored.sequence);
            (!is_last).then_some((stored, altered))
        });
        let Some((stored, altered)) = found else {
            return false;
        };
        self.0
            .trace
            .note(format!("sequence {} is damaged", stored.sequence));
        let mut damage = lock(&self.0.damage);
        damage.by_sequence.insert(stored.sequence, altered.clone());
        if self.0.control == Control::ChainOff {
            damage.fitted = Some((stored.chain, *blake3::hash(&altered).as_bytes()));
            for later in entries
                .iter()
                .filter(|later| later.sequence > stored.sequence)
            {
                damage.landed(later);
            }
        }
        true
    }
}

/// The block with a complaint's channel changed; nothing if it registers none.
fn altered(stored: &Stored) -> Option<Bytes> {
    let Chain::Blocks {
        service: Service::Intake,
        ..
    } = stored.chain
    else {
        return None;
    };
    let mut block = Block::decode(stored.payload.clone()).ok()?;
    let registered = block
        .events
        .iter_mut()
        .find_map(|event| match &mut event.payload {
            Some(Payload::ComplaintRegistered(registered)) => Some(registered),
            _ => None,
        })?;
    let other = if registered.channel == "letter" {
        "phone"
    } else {
        "letter"
    };
    other.clone_into(&mut registered.channel);
    Some(block.encode_to_vec().into())
}
