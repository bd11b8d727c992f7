//! The key space of intake: every row there is.
//!
//! | room | key behind the room                              | value                          | life     |
//! |------|--------------------------------------------------|--------------------------------|----------|
//! |      | named by the complaint's id                      | [`ComplaintRow`]               | for ever |
//! | `n`  | day (yyyymmdd) u32, sequence ÷ 256 u64           | entries of 5 bytes, see below | for ever |
//! | `u`  | customer key 16, time received (newest first) 8, id 16 | [`CustomerRow`], of customers with several complaints here | for ever |
//! | `r`  | day (yyyymmdd) u32                               | next u64, last u64             | till used up or void |
//! | `s`  | none                                             | height u64                     | for ever |
//!
//! Numbers of a day follow each other, so those of one partition stand close together: 256 of
//! the day share a row, each entry being the last byte of the sequence and the seat of the
//! complaint's row. That costs a sixteenth of a row for each complaint with 16 partitions.
//!
//! The customer's own words and all other personal data stand in the log only.

use bytes::Bytes;
use prost::Message as _;
use redress_store::{Key, KeyReader, Name, Rows};
use redress_wire::intake::{ComplaintRow, CustomerRow};

use crate::reserve::Range;

const NUMBER: u8 = b'n';
const CUSTOMER: u8 = b'u';
const RESERVE: u8 = b'r';
const SEARCHED: u8 = b's';

/// An entry in a row of numbers: the last byte of the sequence, the seat of the complaint's row.
const NUMBER_ENTRY: usize = 1 + size_of::<u32>();

/// A complaint's id, or a customer's key.
pub(crate) type Id = Name;

pub(crate) fn complaint(rows: &Rows, id: &[u8]) -> Option<ComplaintRow> {
    ComplaintRow::decode(rows.named(id.try_into().ok()?)?).ok()
}

pub(crate) fn put_complaint(rows: &mut Rows, id: &Id, row: &ComplaintRow) {
    rows.put_named(id, row.encode_to_vec());
}

/// Visits every complaint.
pub(crate) fn each_complaint(rows: &Rows, mut visit: impl FnMut(Id, ComplaintRow)) {
    rows.each_named(|id, value| {
        if let Ok(row) = ComplaintRow::decode(value) {
            visit(*id, row);
        }
    });
}

/// The complaint whose row has this seat.
pub(crate) fn complaint_at(rows: &Rows, seat: u32) -> Option<(Id, ComplaintRow)> {
    let id = rows.name_at(seat)?;
    Some((*id, complaint(rows, id)?))
}

fn number_key(day: u32, sequence: u64) -> Key {
    Key::room(NUMBER).u32(day).u64(sequence >> 8)
}

/// The complaint with a number.
pub(crate) fn by_number(rows: &Rows, day: u32, sequence: u64) -> Option<Id> {
    let entries = rows.get(&number_key(day, sequence))?;
    let entry = entries
        .chunks_exact(NUMBER_ENTRY)
        .find(|entry| entry[0] == sequence as u8)?;
    let seat = u32::from_be_bytes(entry[1..].try_into().ok()?);
    rows.name_at(seat).copied()
}

/// Notes the number of a complaint whose row is there; a number stays with the first that has it.
pub(crate) fn put_number(rows: &mut Rows, (day, sequence): (u32, u64), id: &Id) {
    let key = number_key(day, sequence);
    let before = rows.get(&key).unwrap_or_default();
    let taken = before
        .chunks_exact(NUMBER_ENTRY)
        .any(|entry| entry[0] == sequence as u8);
    let Some(seat) = rows.seat(id).filter(|_| !taken) else {
        return;
    };
    let mut entries = Vec::with_capacity(before.len() + NUMBER_ENTRY);
    entries.extend_from_slice(&before);
    entries.push(sequence as u8);
    entries.extend_from_slice(&seat.to_be_bytes());
    rows.put(key, entries);
}

/// A complaint as it stands under one of its customer's keys.
#[derive(Clone, Debug)]
pub(crate) struct OfCustomer {
    pub(crate) customer: Id,
    pub(crate) received_at_us: i64,
    pub(crate) id: Id,
    pub(crate) row: CustomerRow,
}

impl OfCustomer {
    /// A complaint under one of its customer's keys.
    pub(crate) fn new(customer: Id, id: Id, complaint: &ComplaintRow) -> Self {
        Self {
            customer,
            received_at_us: complaint.received_at_us,
            id,
            row: CustomerRow {
                product: complaint.product,
                order: complaint.order,
                simhash: complaint.simhash,
            },
        }
    }

    pub(crate) fn sort_key(&self) -> Vec<u8> {
        sort_key(self.received_at_us, &self.id)
    }
}

/// Orders a customer's complaints, newest first: the end of the key, and a page's token.
pub(crate) fn sort_key(received_at_us: i64, id: &[u8]) -> Vec<u8> {
    // The complement sorts the other way round.
    Key::room(0).i64(!received_at_us).raw(id)[1..].to_vec()
}

pub(crate) fn put_of_customer(rows: &mut Rows, entry: &OfCustomer) {
    let key = Key::room(CUSTOMER).raw(&entry.customer);
    let key = key.i64(!entry.received_at_us).raw(&entry.id);
    rows.put(key, entry.row.encode_to_vec());
}

/// Complaints of a customer, newest first, from behind the sort key `after` (empty: from the
/// newest on).
pub(crate) fn of_customer(rows: &Rows, key: &[u8], after: &[u8], limit: usize) -> Vec<OfCustomer> {
    let prefix = Key::room(CUSTOMER).raw(key);
    let behind = (!after.is_empty()).then(|| prefix.clone().raw(after));
    let found = rows.scan(&prefix, behind.as_deref(), limit);
    found
        .iter()
        .filter_map(|(key, value)| read_of_customer(key, value))
        .collect()
}

/// Complaints of a customer that came after the sort key `place`, the nearest first: reads no
/// others, so a customer's newest complaint costs nothing here.
pub(crate) fn of_customer_since(
    rows: &Rows,
    key: &[u8],
    place: &[u8],
    limit: usize,
) -> Vec<OfCustomer> {
    let prefix = Key::room(CUSTOMER).raw(key);
    let place = prefix.clone().raw(place);
    let found = rows.scan_rev(&prefix, Some(&place), limit);
    found
        .iter()
        .filter_map(|(key, value)| read_of_customer(key, value))
        .collect()
}

fn read_of_customer(key: &[u8], value: &[u8]) -> Option<OfCustomer> {
    let mut parts = KeyReader::room(CUSTOMER, key)?;
    let customer = parts.u128()?.to_be_bytes();
    let received_at_us = !parts.i64()?;
    let id = parts.rest().try_into().ok()?;
    let row = CustomerRow::decode(value).ok()?;
    Some(OfCustomer {
        customer,
        received_at_us,
        id,
        row,
    })
}

fn reserve_key(day: u32) -> Key {
    Key::room(RESERVE).u32(day)
}

/// All numbers put by, by day.
pub(crate) fn reserves(rows: &Rows) -> Vec<(u32, Range)> {
    let found = rows.scan(&[RESERVE], None, usize::MAX);
    found
        .iter()
        .filter_map(|(key, value)| read_reserve(key, value))
        .collect()
}

fn read_reserve(key: &[u8], value: &[u8]) -> Option<(u32, Range)> {
    let day = KeyReader::room(RESERVE, key)?.u32()?;
    let (next, last) = value.split_first_chunk()?;
    let range = Range {
        next: u64::from_be_bytes(*next),
        last: u64::from_be_bytes(last.try_into().ok()?),
    };
    Some((day, range))
}

pub(crate) fn put_reserve(rows: &mut Rows, day: u32, range: Option<Range>) {
    let key = reserve_key(day);
    match range {
        Some(Range { next, last }) => {
            rows.put(key, [next.to_be_bytes(), last.to_be_bytes()].concat());
        }
        None => rows.delete(key),
    }
}

/// Height of the block up to which all complaints were compared with earlier ones.
pub(crate) fn searched(rows: &Rows) -> u64 {
    let height = |value: Bytes| Some(u64::from_be_bytes(value.as_ref().try_into().ok()?));
    rows.get(&[SEARCHED]).and_then(height).unwrap_or(0)
}

pub(crate) fn put_searched(rows: &mut Rows, height: u64) {
    rows.put([SEARCHED], height.to_be_bytes().to_vec());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_share_a_row_are_told_apart() {
        let mut rows = Rows::in_memory();
        for sequence in [1, 255, 256, 257, 70_000] {
            let id = [sequence as u8; 16];
            put_complaint(&mut rows, &id, &ComplaintRow::default());
            put_number(&mut rows, (20_260_501, sequence), &id);
        }
        for sequence in [1, 255, 256, 257, 70_000] {
            assert_eq!(
                by_number(&rows, 20_260_501, sequence),
                Some([sequence as u8; 16])
            );
        }
        assert_eq!(by_number(&rows, 20_260_501, 2), None);
        assert_eq!(by_number(&rows, 20_260_502, 1), None);
    }

    #[test]
    fn a_customers_complaints_come_newest_first_and_page_by_their_sort_key() {
        let mut rows = Rows::in_memory();
        for received_at_us in [-5, 3, 7] {
            let row = CustomerRow::default();
            let id = [received_at_us as u8; 16];
            put_of_customer(
                &mut rows,
                &OfCustomer {
                    customer: [9; 16],
                    received_at_us,
                    id,
                    row,
                },
            );
        }
        let times = |after: &[u8]| -> Vec<i64> {
            of_customer(&rows, &[9; 16], after, 9)
                .iter()
                .map(|c| c.received_at_us)
                .collect()
        };
        assert_eq!(times(&[]), [7, 3, -5]);
        assert_eq!(times(&sort_key(3, &[3; 16])), [-5]);
        assert!(of_customer(&rows, &[8; 16], &[], 9).is_empty());

        let since = |received_at_us: i64, limit| -> Vec<i64> {
            let place = sort_key(received_at_us, &[received_at_us as u8; 16]);
            of_customer_since(&rows, &[9; 16], &place, limit)
                .iter()
                .map(|c| c.received_at_us)
                .collect()
        };
        assert_eq!(since(-5, 9), [3, 7], "the nearest first, itself not");
        assert_eq!(since(-5, 1), [3]);
        assert!(since(7, 9).is_empty());
    }
}
