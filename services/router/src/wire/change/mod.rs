//! Changes of a case, as they stand in the log.

mod ending;
mod extension;
mod handling;
mod investigation;
mod plan;
#[cfg(test)]
mod tests;

use redress_case::Change;
use redress_wire::router::{CaseEvent, case_event::Change as Wire};

/// The change for the log. Each family of changes has its file; the tests see to it that each
/// change is of one.
pub(crate) fn to_wire(change: &Change) -> Option<Wire> {
    handling::to_wire(change)
        .or_else(|| investigation::to_wire(change))
        .or_else(|| plan::to_wire(change))
        .or_else(|| ending::to_wire(change))
        .or_else(|| extension::to_wire(change))
}

/// The change of an event; `None` if a newer release recorded it.
pub(crate) fn from_wire(event: &CaseEvent) -> Option<Change> {
    let change = event.change.as_ref()?;
    handling::from_wire(change, event)
        .or_else(|| investigation::from_wire(change))
        .or_else(|| plan::from_wire(change))
        .or_else(|| ending::from_wire(change))
        .or_else(|| extension::from_wire(change))
}
