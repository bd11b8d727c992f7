//! Cases that have a batch, an order, a customer or a recall in common.

use redress_case::Stage;
use redress_complaint::{ComplaintId, batch_key, order_key};
use redress_runtime::Refusal;
use redress_service::merge_sorted;
use redress_store::Rows;
use redress_wire::router::{CaseRow, RecallCounts, RecallQuery, RelatedQuery, related_query::Of};

use crate::{
    marks::{Aged, Marks, Sign},
    query::{MOST, wrong, wrong_token},
    rows,
};

/// A page of them, newest first; each with its sort key.
pub(crate) fn list(
    rows: &Rows,
    marks: &Marks,
    asked: &RelatedQuery,
) -> Result<Vec<CaseRow>, Refusal> {
    let after = match &asked.after[..] {
        [] => None,
        bytes => Some(Aged::from_bytes(bytes).ok_or_else(wrong_token)?),
    };
    let signs = signs(asked)?;
    let page = with(rows, marks, &signs, after).take(asked.limit.min(MOST) as usize);
    Ok(page
        .map(|(place, row)| CaseRow {
            sort_key: place.to_bytes(),
            ..row
        })
        .collect())
}

/// How far a recall has come here.
pub(crate) fn recall(rows: &Rows, marks: &Marks, asked: &RecallQuery) -> RecallCounts {
    let recall = Sign::Recall(&asked.recall);
    let mut signs = vec![recall];
    signs.extend(batch_key(&asked.batch_no).map(Sign::Batch));
    let mut counts = RecallCounts::default();
    for (_, row) in with(rows, marks, &signs, None) {
        if row.complaint_id == asked.recall {
            continue;
        }
        counts.affected += 1;
        counts.joined += u64::from(recall.is_of(&row));
        counts.finished += u64::from(has_ended(&row));
    }
    counts
}

/// Whether there is nothing more to do in the case.
pub(crate) fn has_ended(row: &CaseRow) -> bool {
    row.state.parse().is_ok_and(Stage::has_ended)
}

fn signs(asked: &RelatedQuery) -> Result<Vec<Sign<'_>>, Refusal> {
    let key =
        |field, key: Option<u64>| key.ok_or_else(|| wrong(field, "must have letters or digits"));
    Ok(match &asked.of {
        Some(Of::BatchNo(batch)) => vec![Sign::Batch(key("batch_no", batch_key(batch))?)],
        Some(Of::OrderNo(order)) => vec![Sign::Order(key("order_no", order_key(order))?)],
        Some(Of::Customers(of)) => of.keys.iter().map(|key| Sign::Customer(*key)).collect(),
        Some(Of::Recall(id)) => vec![Sign::Recall(id)],
        None => Vec::new(),
    })
}

/// The cases behind `after` that bear one of the signs, newest first, each once.
pub(crate) fn with<'a>(
    rows: &'a Rows,
    marks: &'a Marks,
    signs: &'a [Sign<'a>],
    after: Option<Aged>,
) -> impl Iterator<Item = (Aged, CaseRow)> + 'a {
    let mut last = None;
    let case = move |id: ComplaintId| rows::routed_case(rows, &id);
    merge_sorted(signs.iter().map(move |sign| marks.of(*sign, after)))
        .filter(move |place| last.replace(*place) != Some(*place))
        .filter_map(move |place| Some((place, case(place.id())?)))
        .filter(move |(_, row)| signs.iter().any(|sign| sign.is_of(row)))
}
