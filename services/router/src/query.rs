//! Questions to the owner of a partition.

use redress_case::Actor;
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Refusal, Violation};
use redress_store::Rows;
use redress_triage::Triage;
use redress_wire::router::{
    CaseRow, Found, ListQuery, NextSteps, NextStepsQuery, RowsQuery, query::Query,
};

use crate::{
    RouterCore, life,
    marks::Sign,
    related, rows,
    worklist::{ListOrder, SortKey, Worklist},
};

/// What can be told while a round is on its way into the log: lists, which are those of the last
/// commit, and cases as it left them.
pub(crate) fn glance(
    work: &Worklist,
    rows: &Rows,
    query: &Query,
    partition: u32,
) -> Option<Result<Found, Refusal>> {
    let case = |id: &ComplaintId| rows::committed_case(rows, id);
    match query {
        Query::ComplaintId(id) => Some(id_of(id).map(|id| cases(case(&id)))),
        Query::List(list) if list.places_only => Some(listed(rows, work, list)),
        Query::Rows(asked) => Some(named(asked, partition, case)),
        _ => None,
    }
}

/// One more than the largest page, so that the door can tell whether there is another.
pub(crate) const MOST: u32 = 1001;

/// What a question finds here; not finding is an empty answer.
pub(crate) fn answer(
    core: &RouterCore,
    rows: &Rows,
    query: &Query,
    cx: &Context<'_, Triage>,
) -> Result<Found, Refusal> {
    Ok(match query {
        Query::ComplaintId(id) => cases(rows::routed_case(rows, &id_of(id)?)),
        Query::Number(number) => {
            let number = [Sign::Number(number)];
            let with = related::with(rows, &core.marks, &number, None);
            cases(with.map(|(_, row)| row).take(1))
        }
        Query::List(list) => listed(rows, &core.work, list)?,
        Query::Rows(asked) => named(asked, cx.partition, |id| rows::routed_case(rows, id))?,
        Query::Related(related) => cases(related::list(rows, &core.marks, related)?),
        Query::Timeline(asked) => {
            let id = id_of(&asked.complaint_id)?;
            Found {
                cases: rows::routed_case(rows, &id).into_iter().collect(),
                facts: life::timeline(rows, &id, asked),
                ..Found::default()
            }
        }
        Query::NextSteps(asked) => Found {
            next_steps: next_steps(core, rows, asked, cx)?,
            ..Found::default()
        },
        Query::Similar(asked) => Found {
            similar: core.book.find(core, rows, asked),
            ..Found::default()
        },
        Query::Recall(asked) => Found {
            recall: Some(related::recall(rows, &core.marks, asked)),
            ..Found::default()
        },
    })
}

fn cases(cases: impl IntoIterator<Item = CaseRow>) -> Found {
    Found {
        cases: cases.into_iter().collect(),
        ..Found::default()
    }
}

fn id_of(bytes: &[u8]) -> Result<ComplaintId, Refusal> {
    ComplaintId::try_from(bytes).map_err(|fault| wrong("name", &fault.to_string()))
}

fn next_steps(
    core: &RouterCore,
    rows: &Rows,
    asked: &NextStepsQuery,
    cx: &Context<'_, Triage>,
) -> Result<Option<NextSteps>, Refusal> {
    let id = id_of(&asked.complaint_id)?;
    let said = asked.actor.as_ref();
    let said = said.filter(|said| !said.id.trim().is_empty());
    let actor = match said {
        Some(_) => life::actor(said, cx.rules.policy(), cx.now)
            .map_err(|fault| wrong(fault.field, &fault.en))?,
        // Nobody may do anything.
        None => Actor::new("", ""),
    };
    Ok(rows::routed_case(rows, &id).map(|row| {
        core.lives.look(rows, &id, &row, |case| {
            life::next_steps(case, &actor, cx.now, cx.rules.policy())
        })
    }))
}

fn listed(rows: &Rows, work: &Worklist, list: &ListQuery) -> Result<Found, Refusal> {
    let order = order_of(list)?;
    let after = match &list.after[..] {
        [] => None,
        bytes => Some(SortKey::from_bytes(bytes).ok_or_else(wrong_token)?),
    };
    let places = work.list(list, order, after, list.limit.min(MOST) as usize);
    if list.places_only {
        return Ok(Found {
            places: places.into_iter().map(SortKey::to_bytes).collect(),
            ..Found::default()
        });
    }
    let case = |place: &SortKey| {
        let row = rows::case(rows, &place.id())?;
        Some(CaseRow {
            sort_key: place.to_bytes(),
            ..row
        })
    };
    Ok(cases(places.iter().filter_map(case)))
}

/// How a list is sorted.
pub(crate) fn order_of(list: &ListQuery) -> Result<ListOrder, Refusal> {
    ListOrder::from_wire(list.order)
        .ok_or_else(|| wrong("order_by", "must be one of the orders of CaseOrder"))
}

/// The cases of this partition that are asked for by their ids.
fn named(
    asked: &RowsQuery,
    partition: u32,
    case: impl Fn(&ComplaintId) -> Option<CaseRow>,
) -> Result<Found, Refusal> {
    let here = asked.of.iter().filter(|of| of.partition == partition);
    let mut found = Vec::new();
    for id in here.flat_map(|of| &of.complaint_ids) {
        found.extend(case(&id_of(id)?));
    }
    Ok(cases(found))
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
