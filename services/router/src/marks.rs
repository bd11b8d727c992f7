//! Which cases bear the same number, batch, order or customer.

use std::{collections::BTreeSet, mem};

use redress_complaint::{ComplaintId, batch_key};
use redress_wire::router::CaseRow;

/// Something that a case is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign<'a> {
    /// The case's number.
    Number(&'a str),
    /// Key of a production batch.
    Batch(u64),
    /// Key of an order.
    Order(u64),
    /// Key of a customer's number, phone or email.
    Customer(u64),
    /// Id of the case that leads a recall.
    Recall(&'a [u8]),
}

impl Sign<'_> {
    /// FNV-1a over kind and value, folded to 32 bits. Lives in memory only, so it may change.
    fn hash(&self) -> u32 {
        let start = 0xcbf2_9ce4_8422_2325_u64;
        let over = |kind: u8, value: &[u8]| {
            [kind].iter().chain(value).fold(start, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        let hash = match self {
            Self::Number(number) => over(b'n', number.as_bytes()),
            Self::Batch(key) => over(b'b', &key.to_be_bytes()),
            Self::Order(key) => over(b'o', &key.to_be_bytes()),
            Self::Customer(key) => over(b'u', &key.to_be_bytes()),
            Self::Recall(id) => over(b'r', id),
        };
        (hash ^ hash >> 32) as u32
    }

    /// Whether the case bears it.
    pub(crate) fn is_of(&self, row: &CaseRow) -> bool {
        signs(row).any(|sign| sign == *self)
    }
}

/// What a case is found by.
fn signs(row: &CaseRow) -> impl Iterator<Item = Sign<'_>> {
    let customers = row.customers.iter().map(|key| Sign::Customer(*key));
    let recalls = row.recalls.iter().map(|id| Sign::Recall(id));
    [
        Some(Sign::Number(&row.number)),
        batch_key(&row.batch_no).map(Sign::Batch),
        row.order.map(Sign::Order),
    ]
    .into_iter()
    .flatten()
    .chain(customers)
    .chain(recalls)
}

/// Recent marks are brought among the settled ones when they are more than this, and more than a
/// sixteenth of them: each mark is then moved some sixteen times in its life, in passing.
const RECENT: usize = 1024;
/// Seats are added by so many, so that no growth moves or doubles them.
const ROW_OF_SEATS: usize = 4096;

/// The marks of all cases of a partition, rebuilt from their rows when it is opened: a row for
/// each instead would cost more than all the rest of a routing. A mark takes 12 bytes, since it
/// names its case by a seat and its sign by a short hash; whoever looks compares with the row.
/// About 71 bytes a case with 3.5 marks, measured with 100,000 (`examples/router_footprint.rs`).
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The case of each seat.
    seats: Vec<Vec<[u8; 16]>>,
    /// Sorted.
    settled: Vec<Mark>,
    recent: BTreeSet<Mark>,
}

/// Marks of one sign stand together, those of the newest case first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    hash: u32,
    age: u32,
    seat: u32,
}

/// A case's place in a list by age: newest registration first, to the second, then by id. The same
/// in every partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Aged {
    age: u32,
    id: [u8; 16],
}

impl Aged {
    /// Age, id: 20 bytes that sort as the places do.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [&self.age.to_be_bytes()[..], &self.id].concat()
    }

    /// `None` unless they are a place's bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (age, id) = bytes.split_first_chunk()?;
        Some(Self {
            age: u32::from_be_bytes(*age),
            id: id.try_into().ok()?,
        })
    }

    pub(crate) fn id(&self) -> ComplaintId {
        ComplaintId::from_bytes(self.id)
    }
}

impl Marks {
    /// Seats a case that was routed just now.
    pub(crate) fn seat(&mut self, id: &ComplaintId, row: &CaseRow) {
        let full = self.seats.last().is_none_or(|r| r.len() == ROW_OF_SEATS);
        if full {
            self.seats.push(Vec::with_capacity(ROW_OF_SEATS));
        }
        let before = (self.seats.len() - 1) * ROW_OF_SEATS;
        let Some(last) = self.seats.last_mut() else {
            return;
        };
        last.push(*id.as_bytes());
        let seat = (before + last.len() - 1) as u32;
        self.mark(seat, row, signs(row));
    }

    /// A seated case has become another: it may bear more than before. A mark that it no longer
    /// bears may stay, since whoever looks compares with the row.
    pub(crate) fn change(&mut self, id: &ComplaintId, before: &CaseRow, after: &CaseRow) {
        let mut new = signs(after).filter(|sign| !sign.is_of(before)).peekable();
        if new.peek().is_none() {
            return;
        }
        let hash = Sign::Number(&before.number).hash();
        let first = Mark {
            hash,
            age: age(after),
            seat: 0,
        };
        let found = {
            let mut of_number = self.from(first).take_while(|mark| mark.hash == hash);
            of_number.find(|mark| self.case(mark) == *id.as_bytes())
        };
        let Some(Mark { seat, .. }) = found else {
            return;
        };
        self.mark(seat, after, new);
    }

    /// Places behind `after` whose cases may bear the sign, by age. The caller looks whether they
    /// do, and takes as many as it needs.
    pub(crate) fn of(
        &self,
        sign: Sign<'_>,
        after: Option<Aged>,
    ) -> impl Iterator<Item = Aged> + '_ {
        let hash = sign.hash();
        let first = Mark {
            hash,
            age: after.map_or(0, |after| after.age),
            seat: 0,
        };
        let marks = self.from(first).take_while(move |mark| mark.hash == hash);
        let mut marks = marks.peekable();
        // Seats are given by arrival here, so cases of the same second are sorted by id.
        let seconds = std::iter::from_fn(move || {
            let age = marks.peek()?.age;
            let of_age = std::iter::from_fn(|| marks.next_if(|mark| mark.age == age));
            let mut places: Vec<Aged> = of_age
                .map(|mark| Aged {
                    age,
                    id: self.case(&mark),
                })
                .collect();
            places.sort_unstable();
            Some(places)
        });
        seconds
            .flatten()
            .filter(move |place| after.is_none_or(|after| *place > after))
    }

    fn case(&self, mark: &Mark) -> [u8; 16] {
        let seat = mark.seat as usize;
        self.seats[seat / ROW_OF_SEATS][seat % ROW_OF_SEATS]
    }

    fn mark<'a>(&mut self, seat: u32, row: &CaseRow, signs: impl Iterator<Item = Sign<'a>>) {
        let age = age(row);
        self.recent.extend(signs.map(|sign| Mark {
            hash: sign.hash(),
            age,
            seat,
        }));
        if self.recent.len() > RECENT.max(self.settled.len() / 16) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let (settled, recent) = (mem::take(&mut self.settled), mem::take(&mut self.recent));
        let mut all = Vec::with_capacity(settled.len() + recent.len());
        let mut settled = settled.into_iter().peekable();
        for mark in recent {
            all.extend(std::iter::from_fn(|| settled.next_if(|s| *s < mark)));
            all.push(mark);
        }
        all.extend(settled);
        self.settled = all;
    }

    fn from(&self, first: Mark) -> impl Iterator<Item = Mark> + '_ {
        let at = self.settled.partition_point(|mark| *mark < first);
        let mut settled = self.settled[at..].iter().copied().peekable();
        let mut recent = self.recent.range(first..).copied().peekable();
        std::iter::from_fn(move || match (settled.peek(), recent.peek()) {
            (Some(a), Some(b)) if b < a => recent.next(),
            (Some(_), _) => settled.next(),
            (None, _) => recent.next(),
        })
    }
}

/// Seconds of the registration, the other way round; good until 2106.
fn age(row: &CaseRow) -> u32 {
    let seconds = row.registered_at_us.max(0) / 1_000_000;
    !u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, registered_at_s: i64, customers: &[u64]) -> CaseRow {
        CaseRow {
            number: number.to_owned(),
            registered_at_us: registered_at_s * 1_000_000,
            customers: customers.to_vec(),
            ..CaseRow::default()
        }
    }

    fn id(n: u8) -> ComplaintId {
        ComplaintId::from_bytes([n; 16])
    }

    #[test]
    fn cases_of_a_sign_come_newest_first_and_by_id_within_a_second() {
        let mut marks = Marks::default();
        let cases = [(3, 50), (1, 50), (2, 50), (9, 70), (8, 20)];
        for (n, second) in cases {
            marks.seat(&id(n), &row(&n.to_string(), second, &[7]));
        }
        let found: Vec<Aged> = marks.of(Sign::Customer(7), None).collect();
        let ids: Vec<u8> = found.iter().map(|place| place.id[0]).collect();
        assert_eq!(ids, [9, 1, 2, 3, 8]);
        for (at, place) in found.iter().enumerate() {
            let rest: Vec<Aged> = marks.of(Sign::Customer(7), Some(*place)).collect();
            assert_eq!(rest, found[at + 1..]);
            assert_eq!(Aged::from_bytes(&place.to_bytes()), Some(*place));
        }
        assert!(found.iter().map(|place| place.to_bytes()).is_sorted());
    }

    #[test]
    fn what_is_found_stays_the_same_while_marks_settle() {
        let mut marks = Marks::default();
        let several = 5 * RECENT as u64 / 2;
        for n in 0..several {
            let id = ComplaintId::of("web", &n.to_string());
            marks.seat(&id, &row(&n.to_string(), n as i64, &[n % 5]));
        }
        assert!(!marks.settled.is_empty() && !marks.recent.is_empty());
        for n in 0..several {
            let number = n.to_string();
            let found: Vec<Aged> = marks.of(Sign::Number(&number), None).collect();
            let id = ComplaintId::of("web", &number);
            assert_eq!(found.iter().map(Aged::id).collect::<Vec<_>>(), [id]);
        }
        let of_one: Vec<Aged> = marks.of(Sign::Customer(3), None).collect();
        assert_eq!(of_one.len() as u64, several / 5);
        assert!(of_one.is_sorted());
    }

    #[test]
    fn a_number_is_no_batch_and_another_customer_is_not_found() {
        let mut marks = Marks::default();
        marks.seat(&id(1), &row("77", 50, &[77]));
        assert_eq!(marks.of(Sign::Number("77"), None).count(), 1);
        assert_eq!(marks.of(Sign::Batch(77), None).count(), 0);
        assert_eq!(marks.of(Sign::Customer(78), None).count(), 0);
        assert!(Sign::Customer(77).is_of(&row("77", 50, &[77])));
        assert!(!Sign::Order(77).is_of(&row("77", 50, &[77])));
    }

    #[test]
    fn a_case_that_joins_a_recall_is_found_by_it() {
        let mut marks = Marks::default();
        let before = row("1", 50, &[7]);
        marks.seat(&id(9), &row("2", 50, &[7]));
        marks.seat(&id(1), &before);
        let after = CaseRow {
            recalls: vec![vec![5; 16]],
            ..before.clone()
        };
        marks.change(&id(1), &before, &after);
        let found: Vec<Aged> = marks.of(Sign::Recall(&[5; 16]), None).collect();
        assert_eq!(found.iter().map(Aged::id).collect::<Vec<_>>(), [id(1)]);
        assert_eq!(marks.of(Sign::Customer(7), None).count(), 2);
    }

    #[test]
    fn a_mark_takes_12_bytes() {
        assert_eq!(size_of::<Mark>(), 12);
    }
}
