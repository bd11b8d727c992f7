//! Closed cases, to be at hand when a plan is made (案例库): same type, same treatment.

use std::{cmp::Reverse, collections::BinaryHeap};

use redress_case::{Progress, Stage};
use redress_complaint::{ComplaintId, product_key, similarity_permille};
use redress_store::Rows;
use redress_wire::router::{CaseRow, SimilarQuery, SimilarRow};

use crate::{RouterCore, rows, wire};

/// What the same product and the same category count, in thousandths of the same words: they tell
/// cases of one kind apart better than half the words do.
const SAME_PRODUCT: u32 = 300;
const SAME_CATEGORY: u32 = 200;
/// Below this nothing is like anything: fewer common words than chance gives, and neither product
/// nor category.
const LEAST: u32 = 300;
/// Cases in one answer.
const MOST: usize = 200;

/// The closed cases of a partition: 32 bytes each, looked through one by one (some nanoseconds
/// each), rebuilt from the rows.
#[derive(Debug, Default)]
pub(crate) struct Casebook(Vec<Entry>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    simhash: u64,
    id: [u8; 16],
    product: u32,
    category: u32,
}

impl Casebook {
    /// A case is new here.
    pub(crate) fn take_in(&mut self, id: &ComplaintId, row: &CaseRow) {
        if belongs(row) {
            self.0.push(entry(id, row));
        }
    }

    /// A case has become another.
    pub(crate) fn change(&mut self, id: &ComplaintId, before: &CaseRow, after: &CaseRow) {
        match (belongs(before), belongs(after)) {
            (false, true) => self.take_in(id, after),
            (true, false) => self.0.retain(|entry| entry.id != *id.as_bytes()),
            _ => {}
        }
    }

    /// The cases most like what is asked for, the most alike first.
    pub(crate) fn find(
        &self,
        core: &RouterCore,
        rows: &Rows,
        asked: &SimilarQuery,
    ) -> Vec<SimilarRow> {
        let wanted = Entry {
            simhash: asked.simhash,
            id: asked.except[..].try_into().unwrap_or_default(),
            product: product(&asked.product),
            category: short(&asked.category),
        };
        let limit = MOST.min(asked.limit as usize);
        let mut best = BinaryHeap::with_capacity(limit + 1);
        for entry in self.0.iter().filter(|entry| entry.id != wanted.id) {
            let likeness = wanted.likeness(entry);
            if likeness.sum() >= LEAST {
                best.push(Reverse((likeness.sum(), entry.id)));
            }
            if best.len() > limit {
                best.pop();
            }
        }
        let best = best.into_sorted_vec();
        let ids = best.into_iter().map(|Reverse((_, id))| id);
        ids.filter_map(|id| shown(core, rows, &ComplaintId::from_bytes(id), &wanted))
            .collect()
    }
}

/// In what two cases are alike.
struct Likeness {
    words: u32,
    product: bool,
    category: bool,
}

impl Likeness {
    fn sum(&self) -> u32 {
        sum(self.words, self.product, self.category)
    }
}

/// By what cases are ordered, in every partition alike.
pub(crate) fn rank(row: &SimilarRow) -> u32 {
    sum(row.similarity_permille, row.same_product, row.same_category)
}

fn sum(words: u32, product: bool, category: bool) -> u32 {
    words + SAME_PRODUCT * u32::from(product) + SAME_CATEGORY * u32::from(category)
}

impl Entry {
    /// What is not known is like nothing.
    fn likeness(&self, other: &Self) -> Likeness {
        let texts = self.simhash != 0 && other.simhash != 0;
        let words = if texts {
            similarity_permille(self.simhash, other.simhash)
        } else {
            0
        };
        Likeness {
            words: words.into(),
            product: self.product != 0 && self.product == other.product,
            category: self.category != 0 && self.category == other.category,
        }
    }
}

fn shown(core: &RouterCore, rows: &Rows, id: &ComplaintId, wanted: &Entry) -> Option<SimilarRow> {
    let row = rows::routed_case(rows, id)?;
    let likeness = wanted.likeness(&entry(id, &row));
    let redress = core.lives.look(rows, id, &row, |case| {
        let plan = case.plan.as_ref();
        let given = plan.filter(|plan| plan.progress >= Progress::Agreed);
        given.map_or_else(Vec::new, |plan| {
            plan.redress.iter().map(wire::redress_to).collect()
        })
    });
    Some(SimilarRow {
        case: Some(row),
        similarity_permille: likeness.words,
        same_product: likeness.product,
        same_category: likeness.category,
        redress,
    })
}

fn belongs(row: &CaseRow) -> bool {
    matches!(row.state.parse(), Ok(Stage::Closed | Stage::Archived))
}

fn entry(id: &ComplaintId, row: &CaseRow) -> Entry {
    Entry {
        simhash: row.simhash,
        id: *id.as_bytes(),
        product: product(&row.product),
        category: short(&row.category),
    }
}

/// 0 stands for none.
fn product(name: &str) -> u32 {
    product_key(name).map_or(0, |key| (key as u32).max(1))
}

/// Categories are some dozens, so that 32 bits tell them apart.
fn short(category: &str) -> u32 {
    let hash = blake3::hash(category.as_bytes());
    match category {
        "" => 0,
        _ => u32::from_be_bytes(*hash.as_bytes().first_chunk().expect("32 bytes")).max(1),
    }
}
