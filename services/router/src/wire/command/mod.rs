//! Commands on cases, as they come through the door.

mod ending;
mod handling;
mod investigation;
mod plan;

use redress_case::{Command, OtherCase};
use redress_complaint::ComplaintId;
use redress_wire::router::{self as wire, CaseWish, case_command::Command as Wire};

use super::Fault;

/// The command that is wished, with what the door has found out for it.
pub(crate) fn from_wire(wish: &CaseWish) -> Result<Command, Fault> {
    let command = wish.command.as_ref().and_then(|c| c.command.as_ref());
    let command = command.ok_or_else(|| Fault::missing("command"))?;
    let families = [
        handling::from_wire(command, wish),
        investigation::from_wire(command),
        plan::from_wire(command),
        ending::from_wire(command, wish),
    ];
    let known = families.into_iter().find_map(Result::transpose);
    known.unwrap_or_else(|| Err(Fault::missing("command")))
}

/// What a family of commands makes of one: nothing, if it is of another family.
type Read = Result<Option<Command>, Fault>;

/// The other case that a command speaks of, as the door has found it.
fn other(wish: &CaseWish, field: &'static str, name: &str) -> Result<OtherCase, Fault> {
    if name.trim().is_empty() {
        return Err(Fault::missing(field));
    }
    let found = wish.other.as_ref();
    let found = found.ok_or_else(|| Fault::no_case(field, name.trim()))?;
    let id = ComplaintId::try_from(&found.complaint_id[..]);
    Ok(OtherCase {
        id: id.map_err(|_| Fault::no_case(field, name.trim()))?,
        number: found.number.clone(),
        ended: found.ended,
        recall: Some(found.recall_batch_no.clone()).filter(|batch| !batch.is_empty()),
    })
}

/// The name of the other case that a command speaks of.
pub(crate) fn other_case(command: &Wire) -> Option<&str> {
    match command {
        Wire::Merge(wire::Merge { into: name })
        | Wire::JoinRecall(wire::JoinRecall { recall: name, .. }) => Some(name),
        _ => None,
    }
}
