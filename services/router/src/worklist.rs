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
///
/// Lists are those of the last commit: a case that moves in the round in hand does so in
/// [`Worklist::settle`].
#[derive(Debug, Default)]
pub(crate) struct Worklist {
    names: Vec<Box<str>>,
    shelves: BTreeMap<Label, Shelf>,
    moves: Vec<Move>,
}

/// A case takes a place or leaves it.
#[derive(Clone, Copy, Debug)]
struct Move {
    label: Label,
    due: Place,
    newest: Place,
    leaves: bool,
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
            self.note(id, before, true);
            self.note(id, after, false);
        }
    }

    /// A case is new.
    pub(crate) fn insert(&mut self, id: &ComplaintId, row: &CaseRow) {
        self.note(id, row, false);
    }

    fn note(&mut self, id: &ComplaintId, row: &CaseRow, leaves: bool) {
        let words = words(row).map(|word| self.intern(word));
        let label = Label {
            rank: rank(row),
            words,
        };
        self.moves.push(Move {
            label,
            due: by_due(id, row),
            newest: by_newest(id, row),
            leaves,
        });
    }

    /// Puts the cases that moved since the last call where they belong.
    pub(crate) fn settle(&mut self) {
        for moved in self.moves.drain(..) {
            if !moved.leaves {
                let cases = self.shelves.entry(moved.label).or_default();
                cases.by_due.insert(moved.due);
                cases.by_newest.insert(moved.newest);
            } else if let Some(cases) = self.shelves.get_mut(&moved.label) {
                cases.by_due.remove(&moved.due);
                cases.by_newest.remove(&moved.newest);
                if cases.by_due.is_empty() {
                    self.shelves.remove(&moved.label);
                }
            }
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
        let fitting = self.shelves.iter().filter(|(label, _)| fits(label));
        let fitting: Vec<_> = fitting.collect();
        // Shelves stand by rank, so the order of work takes one rank after the other, and reads
        // those of the lower ranks only if the page is not full.
        let ranks = fitting.chunk_by(|a, b| order != ListOrder::Work || a.0.rank == b.0.rank);
        let places = ranks.flat_map(|shelves| {
            let shelves = shelves.iter();
            merge_sorted(shelves.map(|(label, shelf)| shelf.places(label.rank, order, after)))
        });
        places.take(limit).collect()
    }

    /// Whether a case belongs into a list.
    pub(crate) fn belongs(filter: &ListQuery, order: ListOrder, row: &CaseRow) -> bool {
        let wanted = asked(filter).into_iter().zip(words(row));
        let ended = row.state.parse().is_ok_and(Stage::has_ended);
        wanted
            .into_iter()
            .all(|(wanted, word)| wanted.is_empty() || wanted == word)
            && !(ended && hides(filter, order))
    }

    /// The states that a list leaves out.
    fn hidden(&self, filter: &ListQuery, order: ListOrder) -> Vec<u32> {
        if !hides(filter, order) {
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
        let mut wanted = [None; 5];
        for (wanted, word) in wanted.iter_mut().zip(asked(filter)) {
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

impl Shelf {
    /// Its places in an order, from behind `after` on.
    fn places(
        &self,
        rank: u8,
        order: ListOrder,
        after: Option<SortKey>,
    ) -> impl Iterator<Item = SortKey> {
        let rank = if order == ListOrder::Work { rank } else { 0 };
        let places = if order == ListOrder::Newest {
            &self.by_newest
        } else {
            &self.by_due
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
    }
}

/// Whether a list leaves out what has ended: in an order of work there is nothing to do for it. Who
/// asks for a state gets it.
fn hides(filter: &ListQuery, order: ListOrder) -> bool {
    order != ListOrder::Newest && filter.state.is_empty()
}

/// What a filter asks for on each axis; empty: anything.
fn asked(filter: &ListQuery) -> [&str; 5] {
    [
        &filter.department,
        &filter.handler,
        &filter.state,
        &filter.urgency,
        &filter.category,
    ]
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
