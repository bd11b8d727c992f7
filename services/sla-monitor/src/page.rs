//! Pages over all partitions.

use redress_runtime::Refusal;
use redress_service::{merge_sorted, page_token, read_page_token};
use redress_wire::sla_monitor::DueClock;

use crate::query::wrong;

/// A page of running clocks in order, and the token of the next page if there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DuePage {
    /// The clocks.
    pub clocks: Vec<DueClock>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// Merges what each partition has after the same sort key. Each was asked for one clock more than
/// `size`, which tells whether there is another page. `mark` tells the list from others.
pub fn page_of(mark: [u8; 4], found: Vec<Vec<DueClock>>, size: usize) -> DuePage {
    let keyed = found
        .into_iter()
        .map(|clocks| clocks.into_iter().map(Sorted));
    let mut clocks: Vec<DueClock> = merge_sorted(keyed)
        .take(size + 1)
        .map(|Sorted(clock)| clock)
        .collect();
    let more = clocks.len() > size;
    clocks.truncate(size);
    let last = clocks.last().filter(|_| more);
    let next_page_token = last
        .map(|clock| page_token(&[&mark[..], &clock.sort_key].concat()))
        .unwrap_or_default();
    DuePage {
        clocks,
        next_page_token,
    }
}

/// The sort key in a page token.
///
/// # Errors
/// It is no token of this list.
pub(crate) fn read_token(mark: [u8; 4], token: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = read_page_token(token)?;
    if bytes.is_empty() {
        return Ok(bytes);
    }
    let another = || {
        wrong(
            "page_token",
            "is of another list: keep the filter from page to page",
        )
    };
    Ok(bytes.strip_prefix(&mark).ok_or_else(another)?.to_vec())
}

/// Tells lists apart by their kind and filter.
pub(crate) fn list_mark(late: bool, department: &str) -> [u8; 4] {
    let mut mark = [0; 4];
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(&[u8::from(late)])
        .update(department.as_bytes())
        .finalize_xof()
        .fill(&mut mark);
    mark
}

/// Compared by sort key alone.
struct Sorted(DueClock);

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
