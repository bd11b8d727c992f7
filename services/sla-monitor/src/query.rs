//! Questions to the owner of a partition.

use redress_complaint::ComplaintId;
use redress_runtime::{Refusal, Violation};
use redress_store::Rows;
use redress_wire::sla_monitor::{
    CaseClocks, DueClock, DueQuery, ExplainQuery, Found, explain_query::Case, query::Query,
};

use crate::{
    agenda::{Agenda, Place},
    archive::Archive,
    cases::Cases,
    explain,
    numbers::Numbers,
    rows,
    rulebook::Rulebook,
};

/// One more than the largest page, so that the door can tell whether there is another.
const MOST: u32 = 1001;

/// What questions are answered from.
pub(crate) struct Desk<'a> {
    pub(crate) agenda: &'a Agenda,
    pub(crate) archive: &'a Archive,
    pub(crate) cases: &'a Cases,
    pub(crate) numbers: &'a Numbers,
    pub(crate) rows: &'a Rows,
    pub(crate) current: &'a Rulebook,
}

/// What a question finds here; not finding is an empty answer.
pub(crate) fn answer(desk: &Desk<'_>, query: &Query) -> Result<Found, Refusal> {
    let case = |row: Option<CaseClocks>| Found {
        cases: row.into_iter().collect(),
        ..Found::default()
    };
    Ok(match query {
        Query::ComplaintId(id) => case(desk.with_id(id)?),
        Query::Number(number) => case(desk.with_number(number)),
        Query::Due(list) => listed(desk, list, false)?,
        Query::Late(list) => listed(desk, list, true)?,
        Query::Explain(asked) => explained(desk, asked)?,
    })
}

impl Desk<'_> {
    fn with_id(&self, id: &[u8]) -> Result<Option<CaseClocks>, Refusal> {
        let id = ComplaintId::try_from(id).map_err(|e| wrong("name", &e.to_string()))?;
        let row = self
            .cases
            .get(self.rows, &id)
            .map(std::borrow::Cow::into_owned);
        // A row that only an early acknowledgement made is no case yet.
        Ok(row.filter(|row| !row.number.is_empty()))
    }

    fn with_number(&self, number: &str) -> Option<CaseClocks> {
        rows::case_with_number(self.rows, self.numbers, number)
    }
}

fn explained(desk: &Desk<'_>, asked: &ExplainQuery) -> Result<Found, Refusal> {
    let row = match &asked.case {
        Some(Case::ComplaintId(id)) => desk.with_id(id)?,
        Some(Case::Number(number)) => desk.with_number(number),
        None => None,
    };
    let explain = |row: CaseClocks| {
        let rules = desk.archive.rules(desk.rows, &row.policy, desk.current);
        explain::explained(&row, rules, &asked.clock, &asked.locale)
    };
    Ok(Found {
        explained: row.map(explain).into_iter().collect(),
        ..Found::default()
    })
}

fn listed(desk: &Desk<'_>, list: &DueQuery, late: bool) -> Result<Found, Refusal> {
    let after = match &list.after[..] {
        [] => None,
        bytes => Some(Place::from_bytes(bytes).ok_or_else(|| {
            wrong(
                "page_token",
                "must be the next_page_token of an earlier answer",
            )
        })?),
    };
    let limit = list.limit.min(MOST) as usize;
    let places = desk.agenda.list(late, &list.department, after, limit);
    let due = places
        .iter()
        .filter_map(|place| due_clock(desk, place))
        .collect();
    Ok(Found {
        due,
        ..Found::default()
    })
}

fn due_clock(desk: &Desk<'_>, place: &Place) -> Option<DueClock> {
    let mut row = desk.cases.get(desk.rows, &place.id())?.into_owned();
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
