//! Pages over all partitions.

use std::collections::BTreeMap;

use redress_complaint::partition_of;
use redress_runtime::Refusal;
use redress_service::{merge_sorted, page_token, read_page_token};
use redress_wire::router::{CaseRow, Found, ListQuery, RowsOf};

use crate::{query::wrong, worklist::SortKey};

/// A page of cases in order, and the token of the next page if there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<CaseRow>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// Merges what each partition has after the same sort key. Each was asked for one case more than
/// `size`, which tells whether there is another page.
pub fn page_of(asked: &ListQuery, found: Vec<Vec<CaseRow>>, size: usize) -> Page {
    let mut cases = merged(found, size + 1);
    let next_page_token = next_token(list_mark(asked), &mut cases, size);
    Page {
        cases,
        next_page_token,
    }
}

/// What a partition found in a list: its cases, or their places alone as cases that have only a
/// sort key.
pub fn places_of(found: Found) -> Vec<CaseRow> {
    let place = |sort_key| CaseRow {
        sort_key,
        ..CaseRow::default()
    };
    let places = found.places.into_iter().map(place);
    found.cases.into_iter().chain(places).collect()
}

/// The cases of a page of which only the places are known, by partition.
pub fn unread(page: &Page, partitions: u32) -> Vec<RowsOf> {
    let mut of: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    let bare = page.cases.iter().filter(|row| row.complaint_id.is_empty());
    for place in bare.filter_map(|row| SortKey::from_bytes(&row.sort_key)) {
        let id = place.id();
        let ids = of.entry(partition_of(&id, partitions)).or_default();
        ids.push(id.as_bytes().to_vec());
    }
    let of = of.into_iter();
    of.map(|(partition, complaint_ids)| RowsOf {
        partition,
        complaint_ids,
    })
    .collect()
}

/// The page with the cases that were read. One that has left the list since its place was found,
/// or is another's now, is left out: the next page begins behind its place all the same.
pub fn filled(page: Page, read: Vec<CaseRow>, belongs: impl Fn(&CaseRow) -> bool) -> Page {
    let read = read.into_iter().map(|row| (row.complaint_id.clone(), row));
    let mut read: BTreeMap<Vec<u8>, CaseRow> = read.collect();
    let whole = |place: CaseRow| {
        if !place.complaint_id.is_empty() {
            return Some(place);
        }
        let id = SortKey::from_bytes(&place.sort_key)?.id();
        read.remove(&id.as_bytes()[..]).filter(&belongs)
    };
    Page {
        cases: page.cases.into_iter().filter_map(whole).collect(),
        next_page_token: page.next_page_token,
    }
}

/// The first cases of several sorted lists, by their sort keys.
pub(crate) fn merged(found: impl IntoIterator<Item = Vec<CaseRow>>, most: usize) -> Vec<CaseRow> {
    let keyed = found.into_iter().map(|cases| cases.into_iter().map(Sorted));
    let cases = merge_sorted(keyed).take(most);
    cases.map(|Sorted(row)| row).collect()
}

/// Cuts a page to its size; gives the token of the next one, empty if there is none.
pub(crate) fn next_token(mark: [u8; 4], cases: &mut Vec<CaseRow>, size: usize) -> String {
    let more = cases.len() > size;
    cases.truncate(size);
    let last = cases.last().filter(|_| more);
    let token = last.map(|row| page_token(&[&mark[..], &row.sort_key].concat()));
    token.unwrap_or_default()
}

/// The sort key in a page token.
///
/// # Errors
/// It is no token of this list: filters and order stay the same from page to page.
pub(crate) fn read_token(asked: &ListQuery, token: &str) -> Result<Vec<u8>, Refusal> {
    read_marked(list_mark(asked), token)
}

/// The sort key in a page token of the list with that mark.
///
/// # Errors
/// It is no token of this list.
pub(crate) fn read_marked(mark: [u8; 4], token: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = read_page_token(token)?;
    if bytes.is_empty() {
        return Ok(bytes);
    }
    match bytes.strip_prefix(&mark) {
        Some(key) => Ok(key.to_vec()),
        None => Err(wrong(
            "page_token",
            "is of another list: keep filters and order from page to page",
        )),
    }
}

/// Tells lists apart by their order and filters.
fn list_mark(asked: &ListQuery) -> [u8; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&asked.order.to_be_bytes());
    let filters = [
        &asked.department,
        &asked.handler,
        &asked.state,
        &asked.urgency,
        &asked.category,
    ];
    for filter in filters {
        hasher
            .update(&(filter.len() as u64).to_be_bytes())
            .update(filter.as_bytes());
    }
    let mut mark = [0; 4];
    hasher.finalize_xof().fill(&mut mark);
    mark
}

/// Compared by sort key alone.
struct Sorted(CaseRow);

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.0.sort_key == other.0.sort_key
    }
}

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.sort_key.cmp(&other.0.sort_key)
    }
}
