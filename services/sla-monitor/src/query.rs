//! Questions to the owner of a partition.

use redress_complaint::ComplaintId;
use redress_runtime::{Refusal, Violation};
use redress_store::Rows;
use redress_wire::sla_monitor::{CaseClocks, DueClock, DueQuery, Found, query::Query};

use crate::{
    agenda::{Agenda, Place},
    numbers::Numbers,
    rows,
};

/// One more than the largest page, so that the door can tell whether there is another.
const MOST: u32 = 1001;

/// What a question finds here; not finding is an empty answer.
pub(crate) fn answer(
    rows: &Rows,
    agenda: &Agenda,
    numbers: &Numbers,
    query: &Query,
) -> Result<Found, Refusal> {
    let case = |row: Option<CaseClocks>| Found {
        cases: row.filter(is_routed).into_iter().collect(),
        due: Vec::new(),
    };
    Ok(match query {
        Query::ComplaintId(id) => {
            let id = ComplaintId::try_from(&id[..]).map_err(|e| wrong("name", &e.to_string()))?;
            case(rows::case(rows, &id))
        }
        Query::Number(number) => case(rows::case_with_number(rows, numbers, number)),
        Query::Due(list) => listed(rows, agenda, list, false)?,
        Query::Late(list) => listed(rows, agenda, list, true)?,
    })
}

/// A row that only an early acknowledgement made is no case yet.
fn is_routed(row: &CaseClocks) -> bool {
    !row.number.is_empty()
}

fn listed(rows: &Rows, agenda: &Agenda, list: &DueQuery, late: bool) -> Result<Found, Refusal> {
    let after = match &list.after[..] {
        [] => None,
        bytes => Some(Place::from_bytes(bytes).ok_or_else(|| {
            wrong(
                "page_token",
                "must be the next_page_token of an earlier answer",
            )
        })?),
    };
    let places = agenda.list(late, &list.department, after, list.limit.min(MOST) as usize);
    let due = places
        .iter()
        .filter_map(|place| due_clock(rows, place))
        .collect();
    Ok(Found {
        cases: Vec::new(),
        due,
    })
}

fn due_clock(rows: &Rows, place: &Place) -> Option<DueClock> {
    let mut row = rows::case(rows, &place.id())?;
    if place.index() >= row.clocks.len() {
        return None;
    }
    Some(DueClock {
        sort_key: place.to_bytes(),
        clock: Some(row.clocks.swap_remove(place.index())),
        complaint_id: row.complaint_id,
        number: row.number,
        department: row.department,
        handler: row.handler,
        urgency: row.urgency,
    })
}

pub(crate) fn wrong(field: &str, description: &str) -> Refusal {
    let violation = Violation {
        field: field.to_owned(),
        description: description.to_owned(),
    };
    Refusal::invalid("the question cannot be answered", vec![violation])
}
