//! The key space of a partition.

use prost::Message as _;
use redress_store::{Key, KeyRange, KeyReader, Order, Rows};
use redress_wire::analytics::{DayFigures, Stands};

use crate::Day;

/// `'d' <day yyyymmdd, 4 bytes big-endian>` → [`DayFigures`] of the complaints registered on that
/// day; for ever: some kilobytes a day, whatever the number of complaints.
const DAY: u8 = b'd';

/// `'s' <day yyyymmdd, 4 bytes> <sequence of the day / 256, 8 bytes>`, both big-endian →
/// [`Stands`] of the partition's cases among those numbers; for ever, some 40 bytes a case.
const STANDS: u8 = b's';

fn key(day: u32) -> Key {
    Key::room(DAY).u32(day)
}

pub(crate) fn put(rows: &mut Rows, day: u32, figures: &Day) {
    rows.put(key(day), figures.to_wire(day).encode_to_vec());
}

pub(crate) fn get(rows: &Rows, day: u32) -> Option<DayFigures> {
    DayFigures::decode(rows.get(&key(day))?).ok()
}

/// Every day with the number of events counted in it.
pub(crate) fn revisions(rows: &Rows) -> Vec<(u32, u64)> {
    let mut days = Vec::new();
    rows.visit(
        &KeyRange::prefix(&[DAY]),
        Order::Ascending,
        &mut |key, value| {
            let day = KeyReader::room(DAY, key).and_then(|mut key| key.u32());
            if let (Some(day), Ok(figures)) = (day, DayFigures::decode(value)) {
                days.push((day, figures.events));
            }
            std::ops::ControlFlow::Continue(())
        },
    );
    days
}

pub(crate) fn stands(rows: &Rows, (day, chunk): (u32, u64)) -> Option<Stands> {
    let key = Key::room(STANDS).u32(day).u64(chunk);
    Stands::decode(rows.get(&key)?).ok()
}

pub(crate) fn put_stands(rows: &mut Rows, (day, chunk): (u32, u64), stands: &Stands) {
    let key = Key::room(STANDS).u32(day).u64(chunk);
    rows.put(key, stands.encode_to_vec());
}
