//! How each case stands: what its counts are moved away from when it goes on.
//!
//! A row per case would cost more than everything else that is counted of it. So cases share
//! rows, 256 numbers of a day each, of which a partition has those that are its own.

use std::collections::BTreeMap;

use redress_store::Rows;
use redress_wire::analytics;

use crate::{
    number::{day_of, sequence_of},
    rows,
};

/// Rows kept in memory between rounds: what is registered now falls into a few, and work goes on
/// in some hundred older ones. Each is some kilobytes.
const KEPT: usize = 512;

/// A word of a policy or a state, by its place in [`Words`].
pub(crate) type Word = u32;

/// How a case stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) state: Word,
    pub(crate) department: Word,
    pub(crate) handler: Word,
    pub(crate) category: Word,
    pub(crate) urgency: Word,
    pub(crate) severity: Word,
    pub(crate) satisfaction: Word,
    pub(crate) outcome: Word,
    pub(crate) registered_at_us: i64,
    /// From the registration to the closing, while it is closed.
    pub(crate) resolved_us: i64,
}

/// Every word met so far: few, they are the policy's. The empty one is 0.
pub(crate) struct Words {
    places: BTreeMap<Box<str>, Word>,
    texts: Vec<Box<str>>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            places: BTreeMap::from([("".into(), 0)]),
            texts: vec!["".into()],
        }
    }
}

impl Words {
    pub(crate) fn of(&mut self, text: &str) -> Word {
        if let Some(&place) = self.places.get(text) {
            return place;
        }
        let place = self.texts.len() as Word;
        self.places.insert(text.into(), place);
        self.texts.push(text.into());
        place
    }

    pub(crate) fn text(&self, word: Word) -> &str {
        self.texts.get(word as usize).map_or("", |text| text)
    }
}

/// The stands of a partition.
#[derive(Default)]
pub(crate) struct Stands {
    pub(crate) words: Words,
    /// By day and the sequence's upper bits.
    chunks: BTreeMap<(u32, u64), Chunk>,
    /// Counts rounds, to know which chunks were not touched for long.
    round: u64,
}

#[derive(Default)]
struct Chunk {
    stands: BTreeMap<u64, Stand>,
    changed: bool,
    touched: u64,
}

impl Stands {
    /// The stand of a case with a number like the house's; a new one if there is none.
    pub(crate) fn get(&mut self, rows: &Rows, number: &str) -> Option<&mut Stand> {
        let (day, sequence) = (day_of(number), sequence_of(number)?);
        let key = (day, sequence >> 8);
        let (words, round) = (&mut self.words, self.round);
        let chunk = self.chunks.entry(key).or_insert_with(|| {
            let stored = rows::stands(rows, key).unwrap_or_default();
            Chunk {
                stands: from_wire(&stored, words),
                ..Chunk::default()
            }
        });
        chunk.changed = true;
        chunk.touched = round;
        Some(chunk.stands.entry(sequence).or_default())
    }

    /// Writes the rows of the round.
    pub(crate) fn seal(&mut self, rows: &mut Rows) {
        for (&key, chunk) in self.chunks.iter_mut().filter(|(_, chunk)| chunk.changed) {
            rows::put_stands(rows, key, &to_wire(&chunk.stands, &self.words));
            chunk.changed = false;
        }
        self.round += 1;
        while self.chunks.len() > KEPT {
            let oldest = self.chunks.iter().min_by_key(|(_, chunk)| chunk.touched);
            let Some(key) = oldest.map(|(&key, _)| key) else {
                return;
            };
            self.chunks.remove(&key);
        }
    }
}

/// The words of a row are in the order of their first use, so equal stands make equal rows.
fn to_wire(stands: &BTreeMap<u64, Stand>, words: &Words) -> analytics::Stands {
    let mut places: BTreeMap<Word, u32> = BTreeMap::from([(0, 0)]);
    let mut row = analytics::Stands {
        words: vec![String::new()],
        stands: Vec::with_capacity(stands.len()),
    };
    for (&sequence, stand) in stands {
        let mut place = |word: Word| {
            *places.entry(word).or_insert_with(|| {
                row.words.push(words.text(word).to_owned());
                row.words.len() as u32 - 1
            })
        };
        row.stands.push(analytics::Stand {
            sequence,
            state: place(stand.state),
            department: place(stand.department),
            handler: place(stand.handler),
            category: place(stand.category),
            urgency: place(stand.urgency),
            severity: place(stand.severity),
            satisfaction: place(stand.satisfaction),
            outcome: place(stand.outcome),
            registered_at_us: stand.registered_at_us,
            resolved_us: stand.resolved_us,
        });
    }
    row
}

fn from_wire(row: &analytics::Stands, words: &mut Words) -> BTreeMap<u64, Stand> {
    let places: Vec<Word> = row.words.iter().map(|text| words.of(text)).collect();
    let word = |place: u32| places.get(place as usize).copied().unwrap_or_default();
    let stands = row.stands.iter().map(|stand| {
        let read = Stand {
            state: word(stand.state),
            department: word(stand.department),
            handler: word(stand.handler),
            category: word(stand.category),
            urgency: word(stand.urgency),
            severity: word(stand.severity),
            satisfaction: word(stand.satisfaction),
            outcome: word(stand.outcome),
            registered_at_us: stand.registered_at_us,
            resolved_us: stand.resolved_us,
        };
        (stand.sequence, read)
    });
    stands.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_equal_whatever_words_were_met_before() {
        let mut fresh = Words::default();
        let mut older = Words::default();
        for word in ["x", "closed", "y"] {
            older.of(word);
        }
        let stands = |words: &mut Words| {
            let stand = Stand {
                state: words.of("closed"),
                department: words.of("quality"),
                registered_at_us: 7,
                ..Stand::default()
            };
            BTreeMap::from([(3, stand), (9, stand)])
        };
        let (a, b) = (stands(&mut fresh), stands(&mut older));
        let row = to_wire(&a, &fresh);
        assert_eq!(row, to_wire(&b, &older));
        assert_eq!(row.words, ["", "closed", "quality"]);
        assert_eq!(from_wire(&row, &mut older), b);
    }
}
