//! A rehearsal of the next release, for tests of rolling upgrades.
//!
//! In the next release, so it is played, the event `CaseRouted` has a second version: it is
//! written under a field number of the log's `Event` that no release knows. A process that plays
//! the next release writes it and reads both; every other one meets an event that it does not
//! know, just as it will when there is one. Only builds with debug assertions can play.

use std::{
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};

use bytes::{Buf as _, Bytes};

/// `Block.events`.
const EVENTS: u64 = 5;
/// `Event.case_routed`.
const VERSION_1: u64 = 20;
/// Far from the numbers in use, and its key is as long as that of version 1.
const VERSION_2: u64 = 2020;

static NEXT: AtomicBool = AtomicBool::new(false);

/// From here on this process plays the next release; does nothing in a release build.
pub fn play_next_release() {
    NEXT.store(cfg!(debug_assertions), Ordering::Relaxed);
}

fn is_next() -> bool {
    cfg!(debug_assertions) && NEXT.load(Ordering::Relaxed)
}

/// An encoded block as this release writes it.
pub fn written(mut block: Vec<u8>) -> Vec<u8> {
    if is_next() {
        renumber(&mut block, VERSION_1, VERSION_2);
    }
    block
}

/// An encoded block of the log in the form that the generated types understand.
pub fn understood(block: &Bytes) -> Bytes {
    if !is_next() {
        return block.clone();
    }
    let mut block = block.to_vec();
    renumber(&mut block, VERSION_2, VERSION_1);
    block.into()
}

/// A field of an encoded message.
struct Field {
    number: u64,
    key: Range<usize>,
    content: Range<usize>,
}

fn renumber(block: &mut [u8], from: u64, to: u64) {
    let length_delimited = 2;
    let events = fields(block, 0..block.len());
    for event in events.into_iter().filter(|field| field.number == EVENTS) {
        let payloads = fields(block, event.content);
        for payload in payloads.into_iter().filter(|field| field.number == from) {
            let mut key = Vec::new();
            prost::encoding::encode_varint(to << 3 | length_delimited, &mut key);
            block[payload.key].copy_from_slice(&key);
        }
    }
}

/// The fields of a message up to its end, or up to what is none.
fn fields(bytes: &[u8], within: Range<usize>) -> Vec<Field> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let Some(field) = field(&bytes[..within.end], at) else {
            break;
        };
        at = field.content.end;
        found.push(field);
    }
    found
}

fn field(bytes: &[u8], at: usize) -> Option<Field> {
    let mut rest = &bytes[at..];
    let key = prost::encoding::decode_varint(&mut rest).ok()?;
    let key_end = bytes.len() - rest.remaining();
    let length = match key & 7 {
        0 => {
            let mut after = rest;
            prost::encoding::decode_varint(&mut after).ok()?;
            rest.len() - after.len()
        }
        1 => 8,
        2 => usize::try_from(prost::encoding::decode_varint(&mut rest).ok()?).ok()?,
        5 => 4,
        _ => return None,
    };
    let start = bytes.len() - rest.remaining();
    let end = start
        .checked_add(length)
        .filter(|end| *end <= bytes.len())?;
    Some(Field {
        number: key >> 3,
        key: at..key_end,
        content: start..end,
    })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::{
        Payload,
        log::{Block, Event},
        router::CaseRouted,
    };

    fn block() -> Block {
        let routed = CaseRouted {
            number: "CF20260501001".to_owned(),
            ..CaseRouted::default()
        };
        let about = |payload| Event {
            complaint_id: vec![7; 16],
            time_us: 1_777_600_000_000_000,
            traceparent: "00-ab-cd-01".to_owned(),
            payload: Some(payload),
        };
        Block {
            prev_hash: vec![9; 32],
            consumed: 300,
            height: 2,
            owner: "m1".to_owned(),
            events: vec![
                about(Payload::CaseRouted(routed.clone())),
                about(Payload::ClockStopped(
                    crate::sla_monitor::ClockStopped::default(),
                )),
                about(Payload::CaseRouted(routed)),
            ],
        }
    }

    #[test]
    fn the_second_version_is_unknown_to_the_schema_and_known_to_who_renumbers_it() {
        let mut bytes = block().encode_to_vec();
        let before = bytes.clone();
        renumber(&mut bytes, VERSION_1, VERSION_2);
        let unknown = Block::decode(bytes.as_slice()).expect("a block");
        let known: Vec<bool> = unknown.events.iter().map(Event::is_known).collect();
        assert_eq!(known, [false, true, false]);
        renumber(&mut bytes, VERSION_2, VERSION_1);
        assert_eq!(bytes, before);
    }

    #[test]
    fn what_is_no_message_is_left_as_it_is() {
        for mut bytes in [vec![], vec![0xff], vec![0x2a, 0x7f, 1], vec![7; 40]] {
            let before = bytes.clone();
            renumber(&mut bytes, VERSION_1, VERSION_2);
            assert_eq!(bytes, before);
        }
    }
}
