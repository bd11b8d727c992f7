//! Facts, as they stand in the log and in the timeline.

use redress_case::{Actor, Fact, Opening, Stand, due};
use redress_complaint::ComplaintId;
use redress_wire::{
    event::timestamp,
    router::{self as wire, CaseEvent, CaseRow},
};

use super::{change, value::micros};
use crate::fold;

/// The event of a fact. `after` is the case as the last fact of its command leaves it.
pub(crate) fn recorded(fact: &Fact, after: &redress_case::Case) -> CaseEvent {
    let stand = &fact.stand;
    CaseEvent {
        number: after.number.clone(),
        version: fact.version,
        actor: Some(wire::Actor {
            id: fact.actor.id.as_str().to_owned(),
            role: fact.actor.role.as_str().to_owned(),
        }),
        request_id: fact.request_id.clone(),
        policy: fact.policy.clone(),
        state: stand.state.clone(),
        department: stand.department.as_str().to_owned(),
        handler: stand.handler.as_str().to_owned(),
        category: stand.category.as_str().to_owned(),
        urgency: stand.urgency.as_str().to_owned(),
        severity: stand.severity.as_str().to_owned(),
        due_us: micros(due(after)),
        change: change::to_wire(&fact.change),
    }
}

/// The fact of an event; `None` if a newer release recorded it.
pub(crate) fn fact_of(event: &CaseEvent, time_us: i64) -> Option<Fact> {
    let actor = event.actor.clone().unwrap_or_default();
    Some(Fact {
        version: event.version,
        actor: Actor::new(&actor.id, &actor.role),
        at: timestamp(time_us),
        request_id: event.request_id.clone(),
        policy: event.policy.clone(),
        change: change::from_wire(event)?,
        stand: Stand {
            state: event.state.clone(),
            department: event.department.as_str().into(),
            handler: event.handler.as_str().into(),
            category: event.category.as_str().into(),
            urgency: event.urgency.as_str().into(),
            severity: event.severity.as_str().into(),
        },
    })
}

/// What the life of a case begins with.
pub(crate) fn opening_of(id: ComplaintId, row: &CaseRow) -> Opening {
    let wire::Opening {
        category,
        urgency,
        severity,
        wide_impact,
        department,
        handler,
        rank,
    } = fold::opening(row);
    Opening {
        id,
        number: row.number.clone(),
        category: category.as_str().into(),
        urgency: urgency.as_str().into(),
        severity: severity.as_str().into(),
        rank,
        wide_impact,
        department: department.as_str().into(),
        handler: handler.as_str().into(),
        batch_no: row.batch_no.clone(),
        // The registration has one wish.
        items: 1,
        at: timestamp(row.routed_at_us),
    }
}
