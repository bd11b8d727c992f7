//! What an event makes of the clocks of a case. It never looks at the policy.

use redress_wire::{
    Payload,
    log::Event,
    moment::moments,
    router::{CaseEvent, CaseRouted, case_event::Change},
    sla_monitor::{
        CaseClocks, Clock, ClockMoved, ClockResumed, ClockRow, ClocksStarted, ExtensionRow,
        OpenPause, PauseRow, ReachedMoment, StepRow,
    },
};

use crate::{
    clock::{is_open, is_running},
    ladder,
};

/// `NotificationDelivered.cause` of the letter that tells the customer the number.
pub(crate) const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// Whether events of this kind change the clocks of a case.
pub(crate) fn concerns(payload: &Payload) -> bool {
    match payload {
        Payload::CaseRouted(_)
        | Payload::CaseEvent(_)
        | Payload::ClocksStarted(_)
        | Payload::ClockStopped(_)
        | Payload::ClockWarned(_)
        | Payload::ClockBreached(_)
        | Payload::ClockPaused(_)
        | Payload::ClockResumed(_)
        | Payload::ClockMoved(_)
        | Payload::ClockEscalated(_)
        | Payload::EscalationAcknowledged(_) => true,
        Payload::NotificationDelivered(delivered) => delivered.cause == ACKNOWLEDGEMENT,
        _ => false,
    }
}

/// Folds an event into the clocks of its case; `None` if that leaves them as they are.
///
/// The acknowledgement may be delivered before the case is routed, since neither waits for the
/// other; the row then begins with it.
pub(crate) fn fold(row: &mut CaseClocks, event: &Event) -> Option<()> {
    fold_payload(row, event.payload.as_ref()?, event.time_us)
}

fn fold_payload(row: &mut CaseClocks, payload: &Payload, time_us: i64) -> Option<()> {
    match payload {
        Payload::CaseRouted(routed) => take_facts(row, routed, time_us),
        Payload::CaseEvent(event) => return live(row, event, time_us),
        Payload::NotificationDelivered(_) => {
            if row
                .acknowledged_at_us
                .replace(row.acknowledged_at_us.unwrap_or(time_us))
                .is_some()
            {
                return None;
            }
        }
        Payload::ClocksStarted(started) => start(row, started),
        Payload::ClockStopped(stopped) => {
            let clock = open(row, &stopped.clock)?;
            clock.stopped_at_us = Some(stopped.stopped_at_us);
            clock.cancelled = stopped.cancelled;
            clock.on_time = stopped.on_time;
        }
        Payload::ClockWarned(warned) => {
            let clock = running(row, &warned.clock)?;
            clock.warned = clock.warned.max(warned.point + 1);
        }
        Payload::ClockBreached(breached) => {
            let clock = running(row, &breached.clock)?;
            clock.breached = true;
            clock.was_breached = true;
        }
        Payload::ClockPaused(paused) => {
            let clock = running(row, &paused.clock)?;
            let (pause, since_us) = (paused.pause.clone(), paused.paused_at_us);
            clock.paused = Some(OpenPause { pause, since_us });
        }
        Payload::ClockResumed(resumed) => resume(open(row, &resumed.clock)?, resumed)?,
        Payload::ClockMoved(moved) => {
            if moved.cause == "policy" {
                comes_under(row, &moved.policy);
            }
            relocate(open(row, &moved.clock)?, moved, time_us);
        }
        Payload::ClockEscalated(escalated) => ladder::reached(row, escalated, time_us)?,
        Payload::EscalationAcknowledged(seen) => ladder::acknowledged(row, seen, time_us)?,
        _ => return None,
    }
    Some(())
}

fn open<'a>(row: &'a mut CaseClocks, clock: &str) -> Option<&'a mut ClockRow> {
    row.clocks
        .iter_mut()
        .find(|c| c.clock == clock && is_open(c))
}

fn running<'a>(row: &'a mut CaseClocks, clock: &str) -> Option<&'a mut ClockRow> {
    open(row, clock).filter(|clock| is_running(clock))
}

fn take_facts(row: &mut CaseClocks, routed: &CaseRouted, time_us: i64) {
    row.number.clone_from(&routed.number);
    row.department.clone_from(&routed.department);
    row.handler.clone_from(&routed.handler);
    row.urgency.clone_from(&routed.urgency);
    row.channel.clone_from(&routed.channel);
    row.kind.clone_from(&routed.kind);
    row.category.clone_from(&routed.category);
    row.severity.clone_from(&routed.severity);
    row.customer_tier.clone_from(&routed.customer_tier);
    row.received_at_us = routed.received_at_us;
    row.registered_at_us = routed.registered_at_us;
    row.routed_at_us = time_us;
}

/// The facts stand around every change. Most changes are no moment that a clock waits for, and
/// leave the row as it is.
fn live(row: &mut CaseClocks, event: &CaseEvent, time_us: i64) -> Option<()> {
    let change = event.change.as_ref()?;
    let mut changed = row.handler != event.handler;
    row.handler.clone_from(&event.handler);
    for (known, now) in [
        (&mut row.department, &event.department),
        (&mut row.category, &event.category),
        (&mut row.urgency, &event.urgency),
        (&mut row.severity, &event.severity),
    ] {
        // A case may be nobody's, but it is always somewhere and something.
        if known != now && !now.is_empty() {
            known.clone_from(now);
            changed = true;
        }
    }
    match change {
        Change::Held(held) => {
            let (pause, since_us) = (held.pause.clone(), time_us);
            row.hold = Some(OpenPause { pause, since_us });
        }
        Change::Resumed(_) => row
            .holds
            .extend(row.hold.take().map(|hold| closed(hold, time_us))),
        _ => {}
    }
    for moment in moments(change) {
        row.reached.retain(|reached| reached.moment != moment);
        row.reached.push(ReachedMoment {
            moment: moment.into_owned(),
            at_us: time_us,
        });
        changed = true;
    }
    changed.then_some(())
}

fn closed(pause: OpenPause, until_us: i64) -> PauseRow {
    PauseRow {
        pause: pause.pause,
        since_us: pause.since_us,
        until_us: until_us.max(pause.since_us),
    }
}

/// A clock keeps its place among the case's clocks, whatever becomes of it: lists name it by that.
/// One that is over may start afresh; one that is not keeps its end.
fn start(row: &mut CaseClocks, started: &ClocksStarted) {
    comes_under(row, &started.policy);
    for fault in &started.faults {
        if !row.faults.contains(fault) {
            row.faults.push(fault.clone());
        }
    }
    for clock in &started.clocks {
        match row.clocks.iter_mut().find(|c| c.clock == clock.clock) {
            Some(known) if is_open(known) => {}
            Some(known) => *known = clock_row(clock),
            None => row.clocks.push(clock_row(clock)),
        }
    }
}

/// What could not be computed under another policy may be computed under this one.
fn comes_under(row: &mut CaseClocks, policy: &str) {
    if row.policy != policy {
        policy.clone_into(&mut row.policy);
        row.faults.clear();
    }
}

fn clock_row(clock: &Clock) -> ClockRow {
    let pause = |pause: &redress_wire::sla_monitor::Pause| PauseRow {
        pause: pause.pause.clone(),
        since_us: pause.since_us,
        until_us: pause.until_us,
    };
    ClockRow {
        clock: clock.clock.clone(),
        started_at_us: clock.started_at_us,
        due_at_us: clock.due_at_us,
        warn_at_us: clock.warn_at_us.clone(),
        stopped_at_us: clock.met_at_us,
        on_time: clock.met_at_us.is_some_and(|met| met <= clock.due_at_us),
        calendar: clock.calendar.clone(),
        unit: clock.unit.clone(),
        allowance: clock.allowance.clone(),
        counting: clock.counting.clone(),
        steps: steps(&clock.steps, &clock.escalate_at_us, &[]),
        pauses: clock.pauses.iter().map(pause).collect(),
        ..ClockRow::default()
    }
}

/// Steps at their times; what was reached before stays reached.
fn steps(ids: &[String], times: &[i64], before: &[StepRow]) -> Vec<StepRow> {
    let step = |(id, at_us): (&String, &i64)| {
        let known = before.iter().find(|step| step.step == *id);
        let known = known.cloned().unwrap_or_else(|| StepRow {
            step: id.clone(),
            ..StepRow::default()
        });
        StepRow {
            at_us: *at_us,
            ..known
        }
    };
    ids.iter().zip(times).map(step).collect()
}

fn resume(clock: &mut ClockRow, resumed: &ClockResumed) -> Option<()> {
    let pause = clock.paused.take()?;
    clock.pauses.push(closed(pause, resumed.resumed_at_us));
    for (step, at_us) in clock.steps.iter_mut().zip(&resumed.escalate_at_us) {
        step.at_us = *at_us;
    }
    points(
        clock,
        resumed.due_at_us,
        &resumed.warn_at_us,
        resumed.resumed_at_us,
    );
    Some(())
}

/// The clock has other points from now on: warnings before are past, and an end behind makes a late
/// clock run on time again.
fn points(clock: &mut ClockRow, due_at_us: i64, warn_at_us: &[i64], now_us: i64) {
    clock.due_at_us = due_at_us;
    clock.warn_at_us = warn_at_us.to_vec();
    clock.warned = warn_at_us.iter().filter(|at| **at <= now_us).count() as u32;
    clock.breached = clock.breached && due_at_us <= now_us;
}

fn relocate(clock: &mut ClockRow, moved: &ClockMoved, time_us: i64) {
    if moved.started_at_us != 0 {
        *clock = ClockRow {
            clock: std::mem::take(&mut clock.clock),
            started_at_us: moved.started_at_us,
            ..ClockRow::default()
        };
    }
    if !moved.by.is_empty() {
        clock.extensions.push(ExtensionRow {
            by: moved.by.clone(),
            at_us: time_us,
        });
    }
    clock.allowance.clone_from(&moved.allowance);
    clock.counting.clone_from(&moved.counting);
    clock.calendar.clone_from(&moved.calendar);
    clock.unit.clone_from(&moved.unit);
    clock.steps = steps(&moved.steps, &moved.escalate_at_us, &clock.steps);
    points(clock, moved.due_at_us, &moved.warn_at_us, time_us);
}
