//! From blocks to what is published at once.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use redress_log::{FEED_MOST, FeedMark};
use redress_wire::{
    Service,
    feed::{Published, publish},
};

use super::Held;
use crate::Block;

/// Events of one bulletin: what fits at once leaves room for the marks of all partitions.
const MOST_EVENTS: usize = FEED_MOST - MOST_MARKS;
/// Marks of one bulletin; those left over move with the next.
const MOST_MARKS: usize = 128;
/// Bytes of one bulletin, payloads and headers: the broker keeps all of it aside until the last.
const MOST_BYTES: usize = 2 << 20;
/// About what the headers of an event take.
const HEADERS: usize = 400;

/// Blocks to be published, in the order of the log for each partition.
#[derive(Default)]
pub(super) struct Backlog {
    blocks: VecDeque<Waiting>,
    events: usize,
}

struct Waiting {
    partition: u32,
    block: Block,
    /// Events that were looked at.
    done: usize,
}

/// What is published at once.
#[derive(Default)]
pub(super) struct Bulletin {
    pub(super) events: Vec<Published>,
    /// How far each partition has come with it: the block and its events.
    pub(super) places: BTreeMap<u32, (u64, u32)>,
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// There is enough for a bulletin.
    pub(super) fn is_full(&self) -> bool {
        self.events >= MOST_EVENTS
    }

    pub(super) fn add(&mut self, partition: u32, block: Block, done: usize) {
        self.events += block.content.events.len().saturating_sub(done);
        self.blocks.push_back(Waiting {
            partition,
            block,
            done,
        });
    }

    pub(super) fn forget(&mut self, partition: u32) {
        self.blocks.retain(|waiting| waiting.partition != partition);
        let left = self.blocks.iter().map(Waiting::left);
        self.events = left.sum();
    }

    /// Takes the next bulletin; a large block may be spread over several.
    pub(super) fn next(
        &mut self,
        service: Service,
        oldest: Timestamp,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Bulletin {
        let mut bulletin = Bulletin::default();
        let mut bytes = 0;
        while let Some(waiting) = self.blocks.front_mut() {
            let (partition, height) = (waiting.partition, waiting.block.content.height);
            let mut full = false;
            while let Some(event) = waiting.block.content.events.get(waiting.done) {
                full = bulletin.events.len() >= MOST_EVENTS || bytes >= MOST_BYTES;
                if full {
                    break;
                }
                let at = (service, partition, height, waiting.done);
                waiting.done += 1;
                self.events -= 1;
                if event.time() < oldest {
                    continue;
                }
                if let Some(published) = publish(at, event, wanted) {
                    bytes += published.payload.len() + HEADERS;
                    bulletin.events.push(published);
                }
            }
            let place = (waiting.block.sequence, waiting.done as u32);
            bulletin.places.insert(partition, place);
            if full {
                break;
            }
            self.blocks.pop_front();
        }
        bulletin
    }
}

impl Waiting {
    fn left(&self) -> usize {
        self.block.content.events.len() - self.done
    }
}

/// The marks of all partitions that have moved.
pub(super) fn marks(service: Service, held: &BTreeMap<u32, Held>) -> Vec<FeedMark> {
    let moved = held.iter().filter(|(_, held)| held.moved).take(MOST_MARKS);
    let marks = moved.map(|(&partition, held)| FeedMark {
        service,
        partition,
        expected: held.mark,
        place: held.place,
    });
    marks.collect()
}
