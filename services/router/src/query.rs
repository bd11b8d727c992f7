//! Questions to the owner of a partition.

use redress_complaint::ComplaintId;
use redress_runtime::{Refusal, Violation};
use redress_store::Rows;
use redress_wire::router::{CaseRow, Found, ListQuery, query::Query};

use crate::{
    RouterCore,
    marks::Sign,
    related, rows,
    worklist::{ListOrder, SortKey, Worklist},
};

/// One more than the largest page, so that the door can tell whether there is another.
pub(crate) const MOST: u32 = 1001;

/// What a question finds here; not finding is an empty answer.
pub(crate) fn answer(rows: &Rows, core: &RouterCore, query: &Query) -> Result<Found, Refusal> {
    let cases = match query {
        Query::ComplaintId(id) => {
            let id = ComplaintId::try_from(&id[..]).map_err(|e| wrong("name", &e.to_string()))?;
            rows::routed_case(rows, &id).into_iter().collect()
        }
        Query::Number(number) => {
            let number = [Sign::Number(number)];
            let with = related::with(rows, &core.marks, &number, None);
            with.map(|(_, row)| row).take(1).collect()
        }
        Query::List(list) => listed(rows, &core.work, list)?,
        Query::Related(related) => related::list(rows, &core.marks, related)?,
        _ => {
            return Err(Refusal::new(
                tonic::Code::Unimplemented,
                "this release cannot answer that",
            ));
        }
    };
    Ok(Found {
        cases,
        ..Found::default()
    })
}

fn listed(rows: &Rows, work: &Worklist, list: &ListQuery) -> Result<Vec<CaseRow>, Refusal> {
    let order = ListOrder::from_wire(list.order)
        .ok_or_else(|| wrong("order_by", "must be one of the orders of CaseOrder"))?;
    let after = match &list.after[..] {
        [] => None,
        bytes => Some(SortKey::from_bytes(bytes).ok_or_else(wrong_token)?),
    };
    let places = work.list(list, order, after, list.limit.min(MOST) as usize);
    let case = |place: &SortKey| {
        let row = rows::case(rows, &place.id())?;
        Some(CaseRow {
            sort_key: place.to_bytes(),
            ..row
        })
    };
    Ok(places.iter().filter_map(case).collect())
}

pub(crate) fn wrong_token() -> Refusal {
    wrong(
        "page_token",
        "must be the next_page_token of an earlier answer",
    )
}

pub(crate) fn wrong(field: &str, description: &str) -> Refusal {
    let violation = Violation {
        field: field.to_owned(),
        description: description.to_owned(),
    };
    Refusal::invalid("the question cannot be answered", vec![violation])
}
