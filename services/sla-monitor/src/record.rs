//! What became of clocks, as events.

use redress_sla::{Cause, Change, Clock, ClockFault, ClockMoved, ClockState, Pause, Step, Stop};
use redress_wire::{
    Payload,
    sla_monitor::{self as wire, CaseClocks, ClocksStarted},
};

use crate::clock::{counting_name, unit_name};

/// The events of changes: first what ended or moved, then what started, then what stands still from
/// its start on.
pub(crate) fn payloads(row: &CaseClocks, policy: &str, changes: &[Change]) -> Vec<Payload> {
    let mut payloads = Vec::new();
    let mut behind = Vec::new();
    let (mut clocks, mut faults) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Started(clock) => clocks.extend(wire_clock(clock)),
            Change::Fault(fault) => faults.push(fault.clone()),
            Change::Stopped(stopped) => payloads.push(stop(row, stopped)),
            Change::Moved(change) => payloads.push(moved(row, policy, change)),
            Change::Resumed { clock, pause } => payloads.push(resumed(row, clock, pause)),
            Change::Paused { clock } if clocks.iter().any(|c| clock.id == *c.clock) => {
                behind.extend(paused(row, clock));
            }
            Change::Paused { clock } => payloads.extend(paused(row, clock)),
        }
    }
    if !clocks.is_empty() || !faults.is_empty() {
        payloads.push(Payload::ClocksStarted(started(
            row, policy, clocks, &faults,
        )));
    }
    payloads.extend(behind);
    payloads
}

/// Clocks that start, of a case as its row has it.
pub(crate) fn started(
    row: &CaseClocks,
    policy: &str,
    clocks: Vec<wire::Clock>,
    faults: &[ClockFault],
) -> ClocksStarted {
    ClocksStarted {
        number: row.number.clone(),
        clocks,
        policy: policy.to_owned(),
        department: row.department.clone(),
        handler: row.handler.clone(),
        urgency: row.urgency.clone(),
        faults: faults.iter().map(ToString::to_string).collect(),
    }
}

/// A clock that starts; `None` for what is no longer asked for.
pub(crate) fn wire_clock(clock: &Clock) -> Option<wire::Clock> {
    let met_at_us = match clock.state {
        ClockState::Running | ClockState::Paused { .. } => None,
        ClockState::Stopped { at, .. } => Some(at.as_microsecond()),
        ClockState::Cancelled { .. } => return None,
    };
    let pause = |pause: &Pause| wire::Pause {
        pause: pause.reason.to_string(),
        since_us: pause.since.as_microsecond(),
        until_us: pause.until.as_microsecond(),
    };
    Some(wire::Clock {
        clock: clock.id.to_string(),
        started_at_us: clock.started_at.as_microsecond(),
        due_at_us: clock.due_at.as_microsecond(),
        warn_at_us: warnings(clock),
        calendar: clock.allowance.calendar.to_string(),
        unit: unit_name(clock.allowance.span.unit).to_owned(),
        met_at_us,
        escalate_at_us: step_times(&clock.steps),
        allowance: clock.allowance.span.to_string(),
        counting: counting_name(clock.allowance.counting).to_owned(),
        steps: step_ids(&clock.steps),
        pauses: clock.pauses.iter().map(pause).collect(),
    })
}

fn warnings(clock: &Clock) -> Vec<i64> {
    clock.warn_at.iter().map(|at| at.as_microsecond()).collect()
}

fn step_times(steps: &[Step]) -> Vec<i64> {
    steps.iter().map(|step| step.at.as_microsecond()).collect()
}

fn step_ids(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.id.to_string()).collect()
}

fn stop(row: &CaseClocks, stopped: &redress_sla::ClockStopped) -> Payload {
    let known = row
        .clocks
        .iter()
        .find(|clock| stopped.clock == *clock.clock);
    Payload::ClockStopped(wire::ClockStopped {
        number: row.number.clone(),
        clock: stopped.clock.to_string(),
        stopped_at_us: stopped.stopped_at.as_microsecond(),
        due_at_us: stopped.due_at.as_microsecond(),
        started_at_us: stopped.started_at.as_microsecond(),
        on_time: stopped.on_time,
        breached: known.is_some_and(|clock| clock.was_breached),
        cancelled: stopped.stop == Stop::Cancelled,
    })
}

fn moved(row: &CaseClocks, policy: &str, moved: &ClockMoved) -> Payload {
    let clock = &moved.clock;
    let by = match moved.cause {
        Cause::Extension(by) => by.to_string(),
        _ => String::new(),
    };
    let started_at_us = match moved.cause {
        Cause::Reset => clock.started_at.as_microsecond(),
        _ => 0,
    };
    Payload::ClockMoved(wire::ClockMoved {
        number: row.number.clone(),
        clock: clock.id.to_string(),
        cause: moved.cause.name().to_owned(),
        due_before_us: moved.due_before.as_microsecond(),
        due_at_us: clock.due_at.as_microsecond(),
        warn_at_us: warnings(clock),
        escalate_at_us: step_times(&clock.steps),
        policy: policy.to_owned(),
        by,
        allowance: clock.allowance.span.to_string(),
        counting: counting_name(clock.allowance.counting).to_owned(),
        calendar: clock.allowance.calendar.to_string(),
        unit: unit_name(clock.allowance.span.unit).to_owned(),
        steps: step_ids(&clock.steps),
        started_at_us,
    })
}

fn paused(row: &CaseClocks, clock: &Clock) -> Option<Payload> {
    let ClockState::Paused { reason, since } = &clock.state else {
        return None;
    };
    Some(Payload::ClockPaused(wire::ClockPaused {
        number: row.number.clone(),
        clock: clock.id.to_string(),
        pause: reason.to_string(),
        paused_at_us: since.as_microsecond(),
        due_at_us: clock.due_at.as_microsecond(),
    }))
}

fn resumed(row: &CaseClocks, clock: &Clock, pause: &Pause) -> Payload {
    Payload::ClockResumed(wire::ClockResumed {
        number: row.number.clone(),
        clock: clock.id.to_string(),
        resumed_at_us: pause.until.as_microsecond(),
        due_at_us: clock.due_at.as_microsecond(),
        warn_at_us: warnings(clock),
        escalate_at_us: step_times(&clock.steps),
    })
}
