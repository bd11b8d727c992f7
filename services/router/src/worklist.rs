//! The cases of a partition in every order that lists come in.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use redress_case::Stage;
use redress_complaint::ComplaintId;
use redress_service::merge_sorted;
use redress_wire::router::{CaseRow, ListQuery};

/// How a list is sorted. Each order is total: the complaint's id decides between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListOrder {
    /// By rank (urgent and wide impact first), then by due time.
    Work,
    /// By due time; cases without one last.
    Due,
    /// By time of registration, newest first.
    Newest,
}

impl ListOrder {
    /// As `ListQuery.order` has it.
    pub(crate) fn from_wire(order: u32) -> Option<Self> {
        [Self::Work, Self::Due, Self::Newest]
            .get(order as usize)
            .copied()
    }
}

/// A case's place in an order; its bytes sort in the same way, in every partition alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortKey {
    /// 0 in orders that do not look at the rank.
    rank: u8,
    place: Place,
}

/// 24 bytes for each case in each of two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: u64,
    id: [u8; 16],
}

const LAST: Place = Place {
    at: u64::MAX,
    id: [0xff; 16],
};

impl SortKey {
    /// Rank, time, id: 25 bytes.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [
            &[self.rank][..],
            &self.place.at.to_be_bytes(),
            &self.place.id,
        ]
        .concat()
    }

    /// `None` unless they are a sort key's bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&rank, rest) = bytes.split_first()?;
        let (at, id) = rest.split_first_chunk()?;
        let place = Place {
            at: u64::from_be_bytes(*at),
            id: id.try_into().ok()?,
        };
        Some(Self { rank, place })
    }

    pub(crate) fn id(&self) -> ComplaintId {
        ComplaintId::from_bytes(self.place.id)
    }
}

/// The cases by what lists filter on: about 81 bytes a case, measured with 100,000
/// (`examples/router_footprint.rs`). Cases that agree in all of it stand on one shelf, so a
/// filter picks shelves and never looks at a case; a list merges the shelves it picked.
#[derive(Debug, Default)]
pub(crate) struct Worklist {
    names: Vec<Box<str>>,
    shelves: BTreeMap<Label, Shelf>,
}

/// What the cases of a shelf agree in; words stand as their places in `Worklist::names`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    rank: u8,
    words: [u32; 5],
}

#[derive(Debug, Default)]
struct Shelf {
    by_due: BTreeSet<Place>,
    by_newest: BTreeSet<Place>,
}

/// Place of the state among a label's words.
const STATE: usize = 2;

impl Worklist {
    /// A case has become another.
    pub(crate) fn change(&mut self, id: &ComplaintId, before: &CaseRow, after: &CaseRow) {
        let same = words(before) == words(after)
            && rank(before) == rank(after)
            && by_due(id, before) == by_due(id, after);
        if !same {
            self.remove(id, before);
            self.insert(id, after);
        }
    }

    /// Puts a case where it belongs.
    pub(crate) fn insert(&mut self, id: &ComplaintId, row: &CaseRow) {
        let words = words(row).map(|word| self.intern(word));
        let cases = self
            .shelves
            .entry(Label {
                rank: rank(row),
                words,
            })
            .or_default();
        cases.by_due.insert(by_due(id, row));
        cases.by_newest.insert(by_newest(id, row));
    }

    /// Takes a case away; `row` is the case as it was inserted.
    fn remove(&mut self, id: &ComplaintId, row: &CaseRow) {
        let words = words(row).map(|word| self.intern(word));
        let label = Label {
            rank: rank(row),
            words,
        };
        let Some(cases) = self.shelves.get_mut(&label) else {
            return;
        };
        cases.by_due.remove(&by_due(id, row));
        cases.by_newest.remove(&by_newest(id, row));
        if cases.by_due.is_empty() {
            self.shelves.remove(&label);
        }
    }

    /// The first places of a list behind `after`, at most `limit`.
    pub(crate) fn list(
        &self,
        filter: &ListQuery,
        order: ListOrder,
        after: Option<SortKey>,
        limit: usize,
    ) -> Vec<SortKey> {
        let Some(wanted) = self.wanted(filter) else {
            return Vec::new();
        };
        let hidden = self.hidden(filter, order);
        let fits = |label: &Label| {
            wanted
                .iter()
                .zip(label.words)
                .all(|(wanted, word)| wanted.is_none_or(|w| w == word))
                && !hidden.contains(&label.words[STATE])
        };
        let sources = self
            .shelves
            .iter()
            .filter(|(label, _)| fits(label))
            .map(|(label, shelf)| {
                let rank = if order == ListOrder::Work {
                    label.rank
                } else {
                    0
                };
                let places = if order == ListOrder::Newest {
                    &shelf.by_newest
                } else {
                    &shelf.by_due
                };
                let from = match after {
                    Some(after) if after.rank > rank => Bound::Excluded(LAST),
                    Some(after) if after.rank == rank => Bound::Excluded(after.place),
                    _ => Bound::Unbounded,
                };
                let places = places.range((from, Bound::Unbounded));
                places.map(move |place| SortKey {
                    rank,
                    place: *place,
                })
            });
        merge_sorted(sources).take(limit).collect()
    }

    /// The states that an order of work leaves out: there is nothing to do for what has ended. Who
    /// asks for a state gets it.
    fn hidden(&self, filter: &ListQuery, order: ListOrder) -> Vec<u32> {
        if order == ListOrder::Newest || !filter.state.is_empty() {
            return Vec::new();
        }
        let ended = |name: &str| name.parse().is_ok_and(Stage::has_ended);
        let names = self.names.iter().enumerate();
        names
            .filter(|(_, name)| ended(name))
            .map(|(at, _)| at as u32)
            .collect()
    }

    /// What the filter asks for on each axis; `None` if it names something that no case has.
    fn wanted(&self, filter: &ListQuery) -> Option<[Option<u32>; 5]> {
        let filter = [
            &filter.department,
            &filter.handler,
            &filter.state,
            &filter.urgency,
            &filter.category,
        ];
        let mut wanted = [None; 5];
        for (wanted, word) in wanted.iter_mut().zip(filter) {
            if !word.is_empty() {
                *wanted = Some(self.number(word)?);
            }
        }
        Some(wanted)
    }

    fn number(&self, word: &str) -> Option<u32> {
        self.names
            .iter()
            .position(|name| **name == *word)
            .map(|at| at as u32)
    }

    /// Words come from policies, so there are hundreds, not millions.
    fn intern(&mut self, word: &str) -> u32 {
        self.number(word).unwrap_or_else(|| {
            self.names.push(word.into());
            self.names.len() as u32 - 1
        })
    }
}

fn words(row: &CaseRow) -> [&str; 5] {
    [
        &row.department,
        &row.handler,
        &row.state,
        &row.urgency,
        &row.category,
    ]
}

fn rank(row: &CaseRow) -> u8 {
    u8::try_from(row.rank).unwrap_or(u8::MAX)
}

/// End of the earliest running clock; one that stands still has none for now.
pub(crate) fn due_at_us(row: &CaseRow) -> Option<i64> {
    let running = row.clocks.iter().filter(|clock| !clock.paused);
    running.map(|clock| clock.due_at_us).min()
}

fn by_due(id: &ComplaintId, row: &CaseRow) -> Place {
    Place {
        at: due_at_us(row).map_or(u64::MAX, ascending),
        id: *id.as_bytes(),
    }
}

fn by_newest(id: &ComplaintId, row: &CaseRow) -> Place {
    Place {
        at: !ascending(row.registered_at_us),
        id: *id.as_bytes(),
    }
}

/// Unsigned numbers in the order of signed ones.
fn ascending(micros: i64) -> u64 {
    micros.cast_unsigned() ^ (1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_sort_keys_sort_as_the_keys_do() {
        let key = |rank, at, id| SortKey {
            rank,
            place: Place { at, id: [id; 16] },
        };
        let keys = [key(0, 7, 9), key(0, 300, 1), key(0, 300, 2), key(1, 0, 0)];
        assert!(keys.is_sorted());
        assert!(keys.map(SortKey::to_bytes).is_sorted());
        assert!(
            keys.iter()
                .all(|key| SortKey::from_bytes(&key.to_bytes()) == Some(*key))
        );
        assert_eq!(SortKey::from_bytes(&[1, 2, 3]), None);
    }

    #[test]
    fn places_take_24_bytes() {
        assert_eq!(size_of::<Place>(), 24);
    }
}
