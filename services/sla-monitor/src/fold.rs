//! What an event makes of the clocks of a case.

use redress_wire::{
    Payload,
    log::Event,
    router::CaseRouted,
    sla_monitor::{CaseClocks, Clock, ClockRow, ClocksStarted},
};

use crate::clock::is_running;

/// `NotificationDelivered.cause` of the letter that tells the customer the number.
pub(crate) const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// Whether events of this kind change the clocks of a case.
pub(crate) fn concerns(payload: &Payload) -> bool {
    match payload {
        Payload::CaseRouted(_)
        | Payload::ClocksStarted(_)
        | Payload::ClockStopped(_)
        | Payload::ClockWarned(_)
        | Payload::ClockBreached(_) => true,
        Payload::NotificationDelivered(delivered) => delivered.cause == ACKNOWLEDGEMENT,
        _ => false,
    }
}

/// The clocks after an event; `None` if they stay as they are.
///
/// The acknowledgement may be delivered before the case is routed, since neither waits for the
/// other; the row then begins with it.
pub(crate) fn fold(before: Option<&CaseClocks>, event: &Event) -> Option<CaseClocks> {
    let mut row = before.cloned().unwrap_or_else(|| CaseClocks {
        complaint_id: event.complaint_id.clone(),
        ..CaseClocks::default()
    });
    match event.payload.as_ref()? {
        Payload::CaseRouted(routed) => take_facts(&mut row, routed),
        Payload::NotificationDelivered(_) => {
            row.acknowledged_at_us.get_or_insert(event.time_us);
        }
        Payload::ClocksStarted(started) => start(&mut row, started),
        Payload::ClockStopped(stopped) => {
            let clock = running(&mut row, &stopped.clock)?;
            clock.stopped_at_us = Some(stopped.stopped_at_us);
        }
        Payload::ClockWarned(warned) => {
            let clock = running(&mut row, &warned.clock)?;
            clock.warned = clock.warned.max(warned.point + 1);
        }
        Payload::ClockBreached(breached) => running(&mut row, &breached.clock)?.breached = true,
        _ => return None,
    }
    (before != Some(&row)).then_some(row)
}

fn running<'a>(row: &'a mut CaseClocks, clock: &str) -> Option<&'a mut ClockRow> {
    row.clocks
        .iter_mut()
        .find(|c| c.clock == clock && is_running(c))
}

fn take_facts(row: &mut CaseClocks, routed: &CaseRouted) {
    row.number.clone_from(&routed.number);
    row.department.clone_from(&routed.department);
    row.handler.clone_from(&routed.handler);
    row.urgency.clone_from(&routed.urgency);
    row.channel.clone_from(&routed.channel);
    row.kind.clone_from(&routed.kind);
    row.category.clone_from(&routed.category);
    row.severity.clone_from(&routed.severity);
}

/// A clock keeps its place among the case's clocks, whatever becomes of it: lists name it by that.
/// One that is over may start afresh; one that runs keeps its end.
fn start(row: &mut CaseClocks, started: &ClocksStarted) {
    row.policy.clone_from(&started.policy);
    row.faults.extend_from_slice(&started.faults);
    for clock in &started.clocks {
        match row.clocks.iter_mut().find(|c| c.clock == clock.clock) {
            Some(known) if is_running(known) => {}
            Some(known) => *known = clock_row(clock),
            None => row.clocks.push(clock_row(clock)),
        }
    }
}

fn clock_row(clock: &Clock) -> ClockRow {
    ClockRow {
        clock: clock.clock.clone(),
        started_at_us: clock.started_at_us,
        due_at_us: clock.due_at_us,
        warn_at_us: clock.warn_at_us.clone(),
        warned: 0,
        breached: false,
        stopped_at_us: clock.met_at_us,
        calendar: clock.calendar.clone(),
        unit: clock.unit.clone(),
    }
}
