//! What an event makes of a case.

mod beginning;
mod clocks;
mod life;

use redress_wire::{Payload, log::Event, router::CaseRow};

use crate::rows;

pub(crate) use life::opening;

/// Whether events of this kind change a case.
pub(crate) fn concerns(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::ComplaintRegistered(_)
            | Payload::CaseRouted(_)
            | Payload::CaseEvent(_)
            | Payload::ClocksStarted(_)
            | Payload::ClockStopped(_)
            | Payload::ClockBreached(_)
            | Payload::ClockPaused(_)
            | Payload::ClockResumed(_)
            | Payload::ClockMoved(_)
    )
}

/// The case after an event; `None` if it stays as it is. Only `CaseRouted` makes a case, of what
/// `ComplaintRegistered` left for it: what is told about an unknown one changes nothing.
pub(crate) fn fold(before: Option<&CaseRow>, event: &Event) -> Option<CaseRow> {
    let payload = event.payload.as_ref()?;
    match payload {
        Payload::ComplaintRegistered(registered) => {
            return before.is_none().then(|| beginning::registered(registered));
        }
        Payload::CaseRouted(routed) => return Some(beginning::routed(before, routed, event)),
        _ => {}
    }
    let before = before.filter(|row| rows::is_routed(row))?;
    let mut row = before.clone();
    match payload {
        Payload::CaseEvent(fact) => life::fold(&mut row, fact),
        Payload::ClocksStarted(started) => clocks::start(&mut row, started),
        Payload::ClockStopped(stopped) => row.clocks.retain(|c| c.clock != stopped.clock),
        Payload::ClockBreached(breached) => {
            clocks::each(&mut row, &breached.clock, |clock| clock.breached = true);
        }
        Payload::ClockPaused(paused) => {
            clocks::each(&mut row, &paused.clock, |clock| clock.paused = true);
        }
        Payload::ClockResumed(resumed) => clocks::each(&mut row, &resumed.clock, |clock| {
            clock.paused = false;
            clock.due_at_us = resumed.due_at_us;
        }),
        Payload::ClockMoved(moved) => clocks::each(&mut row, &moved.clock, |clock| {
            clock.due_at_us = moved.due_at_us;
            clock.breached &= moved.due_at_us <= event.time_us;
        }),
        _ => {}
    }
    (row != *before).then_some(row)
}
