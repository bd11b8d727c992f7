//! Which name sits where.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

/// What a named row is asked for by: an identity that is evenly spread, such as a complaint's id.
pub type Name = [u8; 16];

/// Names are added by so many, so that no growth moves or doubles them.
const ROW_OF_NAMES: usize = 1024;

/// The names of a partition in the order in which they came: 16 bytes each, and 6 to 11 to find
/// their seats by.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    names: Vec<Vec<Name>>,
    by_name: HashTable<u32>,
    hasher: RandomState,
}

impl Seats {
    pub(crate) fn len(&self) -> u32 {
        let last = self.names.last().map_or(0, Vec::len);
        (self.names.len().saturating_sub(1) * ROW_OF_NAMES + last) as u32
    }

    /// The seat of a name, if it came.
    pub(crate) fn of(&self, name: &Name) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        let found = self
            .by_name
            .find(hash, |seat| self.name(*seat) == Some(name));
        found.copied()
    }

    /// Who has a seat.
    pub(crate) fn name(&self, seat: u32) -> Option<&Name> {
        let seat = seat as usize;
        self.names
            .get(seat / ROW_OF_NAMES)?
            .get(seat % ROW_OF_NAMES)
    }

    /// Gives the next seat to a name that has none.
    pub(crate) fn take(&mut self, name: Name) -> u32 {
        let seat = self.len();
        match self.names.last_mut() {
            Some(last) if last.len() < ROW_OF_NAMES => last.push(name),
            _ => {
                let mut last = Vec::with_capacity(ROW_OF_NAMES);
                last.push(name);
                self.names.push(last);
            }
        }
        let Self {
            names,
            by_name,
            hasher,
        } = self;
        let name_of =
            |seat: &u32| &names[*seat as usize / ROW_OF_NAMES][*seat as usize % ROW_OF_NAMES];
        let hash = hasher.hash_one(name);
        by_name.insert_unique(hash, seat, |seat| hasher.hash_one(name_of(seat)));
        seat
    }

    /// Takes the seats from this one on back.
    pub(crate) fn truncate(&mut self, seats: u32) {
        while self.len() > seats {
            let Some(name) = self.names.last_mut().and_then(Vec::pop) else {
                return;
            };
            let seat = self.len();
            if self.names.last().is_some_and(Vec::is_empty) {
                self.names.pop();
            }
            let hash = self.hasher.hash_one(name);
            if let Ok(entry) = self.by_name.find_entry(hash, |it| *it == seat) {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(n: u32) -> Name {
        u128::from(n)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            .to_be_bytes()
    }

    #[test]
    fn names_sit_in_the_order_in_which_they_came_and_leave_from_the_end() {
        let mut seats = Seats::default();
        let many = 2 * ROW_OF_NAMES as u32 + 7;
        for n in 0..many {
            assert_eq!(seats.of(&name(n)), None);
            assert_eq!(seats.take(name(n)), n);
        }
        for kept in [
            many,
            many - 1,
            ROW_OF_NAMES as u32 + 1,
            ROW_OF_NAMES as u32,
            5,
            0,
        ] {
            seats.truncate(kept);
            assert_eq!(seats.len(), kept);
            for n in [
                0,
                4,
                5,
                ROW_OF_NAMES as u32 - 1,
                ROW_OF_NAMES as u32,
                many - 1,
            ] {
                let seat = (n < kept).then_some(n);
                assert_eq!(seats.of(&name(n)), seat, "{n} of {kept}");
                assert_eq!(seats.name(n), seat.map(name).as_ref());
            }
        }
        assert_eq!(seats.take(name(9)), 0, "a seat is given anew");
        assert_eq!(seats.of(&name(9)), Some(0));
    }
}
