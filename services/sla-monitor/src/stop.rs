//! A milestone of a case that has its clocks.

use jiff::Timestamp;
use redress_policy::{ClockId, Milestone, Policy};
use redress_sla::{Clock, Stop, start_clocks, stop_of};
use redress_wire::{
    Payload,
    sla_monitor::{CaseClocks, ClockRow, ClockStopped, ClocksStarted},
};

use crate::{
    clock::{facts, is_running},
    start::{texts, wire_clock},
};

/// What follows for the clocks: those that it meets stop, those that it starts run.
pub(crate) fn reached(
    policy: &Policy,
    row: &CaseClocks,
    milestone: Milestone,
    at: Timestamp,
) -> Vec<Payload> {
    let facts = facts(row);
    let meets = |clock: &&ClockRow| {
        let id = ClockId::new(&clock.clock);
        is_running(clock) && stop_of(policy, &facts, &id, milestone) == Some(Stop::Met)
    };
    let stopped = row.clocks.iter().filter(meets);
    let mut payloads: Vec<Payload> = stopped
        .map(|clock| Payload::ClockStopped(stop(row, clock, at)))
        .collect();
    let started = start_clocks(policy, &facts, milestone, at);
    let fresh: Vec<_> = started
        .clocks
        .into_iter()
        .filter(|clock| {
            !row.clocks
                .iter()
                .any(|c| clock.clock == *c.clock && is_running(c))
        })
        .filter_map(|clock| wire_clock(&Clock::new(clock)))
        .collect();
    if !fresh.is_empty() || !started.faults.is_empty() {
        payloads.push(Payload::ClocksStarted(ClocksStarted {
            number: row.number.clone(),
            clocks: fresh,
            policy: policy.version().to_owned(),
            department: row.department.clone(),
            handler: row.handler.clone(),
            urgency: row.urgency.clone(),
            faults: texts(&started.faults),
        }));
    }
    payloads
}

/// Only the times count: news after the breach of what happened before the end is of something
/// on time.
fn stop(row: &CaseClocks, clock: &ClockRow, at: Timestamp) -> ClockStopped {
    let stopped_at_us = at.as_microsecond();
    ClockStopped {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        stopped_at_us,
        due_at_us: clock.due_at_us,
        started_at_us: clock.started_at_us,
        on_time: stopped_at_us <= clock.due_at_us,
        breached: clock.breached,
    }
}
