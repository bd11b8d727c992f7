//! Rows that are asked for by a name, kept in the order in which they came.
//!
//! A complaint's id is evenly spread. Under such keys every row that is written lies in a page of
//! its own, which the store has to fetch, copy and write; rows that are worked on at the same time
//! came at about the same time, so in the order in which they came they share their pages. What
//! finds them is memory, made anew when the rows are opened.

use std::ops::ControlFlow;

use bytes::Bytes;

use crate::{Key, KeyRange, Order, PartitionStore, Rows, StoreError, seats::Seats};

pub use crate::seats::Name;

/// The room of all named rows: `#`, seat u32, name.
const ROOM: u8 = b'#';

impl Rows {
    /// The value under a name.
    pub fn named(&self, name: &Name) -> Option<Bytes> {
        self.get(&self.key_of(name)?)
    }

    /// The value under a name as the last commit left it, see [`Rows::committed`].
    pub fn named_committed(&self, name: &Name) -> Option<Bytes> {
        self.committed(&self.key_of(name)?)
    }

    /// Puts a row under a name. It is there for as long as the partition: a name keeps its seat.
    pub fn put_named(&mut self, name: &Name, value: impl Into<Bytes>) {
        let seat = self.give_seat(name);
        self.put(key(seat, name), value);
    }

    /// The seat of a name, the next one if it has none. Its row has to be put before the commit:
    /// this is for cores that write rows only then, and whose seats must not depend on when that is.
    pub fn give_seat(&mut self, name: &Name) -> u32 {
        match self.seats.of(name) {
            Some(seat) => seat,
            None => self.seats.take(*name),
        }
    }

    /// Which named row of the partition it was, counted from 0 in the order in which they came. It
    /// follows from the log, so it may stand in other rows and keys.
    pub fn seat(&self, name: &Name) -> Option<u32> {
        self.seats.of(name)
    }

    /// The name that has a seat.
    pub fn name_at(&self, seat: u32) -> Option<&Name> {
        self.seats.name(seat)
    }

    /// Visits the named rows in the order in which they came.
    pub fn each_named(&self, mut visit: impl FnMut(&Name, &[u8])) {
        let range = KeyRange::prefix(&[ROOM]);
        self.visit(&range, Order::Ascending, &mut |key, value| {
            if let Some((_, name)) = parts(key) {
                visit(name, value);
            }
            ControlFlow::Continue(())
        });
    }

    fn key_of(&self, name: &Name) -> Option<Key> {
        Some(key(self.seats.of(name)?, name))
    }
}

/// Who sits where, in the rows of a store.
pub(crate) fn seats(store: &dyn PartitionStore) -> Result<Seats, StoreError> {
    let mut seats = Seats::default();
    let mut astray = None;
    store.scan(
        &KeyRange::prefix(&[ROOM]),
        Order::Ascending,
        &mut |key, _| match parts(key) {
            Some((seat, name)) if seat == seats.len() => {
                seats.take(*name);
                ControlFlow::Continue(())
            }
            _ => {
                astray = Some(seats.len());
                ControlFlow::Break(())
            }
        },
    )?;
    match astray {
        None => Ok(seats),
        Some(seat) => Err(StoreError::damaged(format!("no named row has seat {seat}"))),
    }
}

fn key(seat: u32, name: &Name) -> Key {
    Key::room(ROOM).u32(seat).raw(name)
}

fn parts(key: &[u8]) -> Option<(u32, &Name)> {
    let (seat, name) = key.strip_prefix(&[ROOM])?.split_first_chunk()?;
    Some((u32::from_be_bytes(*seat), name.try_into().ok()?))
}
