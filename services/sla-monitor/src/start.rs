//! A routed case comes under its clocks.

use jiff::Timestamp;
use redress_policy::{CaseFacts, Milestone, Policy};
use redress_sla::{Clock, ClockFault, ClockSet, ClockState, start_clocks};
use redress_wire::{
    event::timestamp,
    router::CaseRouted,
    sla_monitor::{self, ClocksStarted},
};

use crate::clock::{kind, unit_name};

/// All clocks of a case that was just routed. Its life so far counts: what was met in the channel
/// itself, or by an acknowledgement that was quicker than the routing, starts as met.
pub(crate) fn clocks_of(
    policy: &Policy,
    routed: &CaseRouted,
    routed_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
) -> ClocksStarted {
    let facts = CaseFacts {
        channel: &routed.channel,
        kind: kind(&routed.kind),
        urgency: &routed.urgency,
        severity: &routed.severity,
        category: &routed.category,
    };
    let life = [
        (Milestone::Received, Some(timestamp(routed.received_at_us))),
        (
            Milestone::Registered,
            Some(timestamp(routed.registered_at_us)),
        ),
        (Milestone::Acknowledged, acknowledged_at),
        (Milestone::Routed, Some(routed_at)),
    ];
    let mut clocks = ClockSet::default();
    let mut faults = Vec::new();
    for (milestone, at) in life {
        let Some(at) = at else { continue };
        clocks.stop(policy, &facts, milestone, at);
        let started = start_clocks(policy, &facts, milestone, at);
        faults.extend(started.faults);
        for clock in started.clocks {
            clocks.start(clock);
        }
    }
    ClocksStarted {
        number: routed.number.clone(),
        clocks: clocks.clocks().iter().filter_map(wire_clock).collect(),
        policy: policy.version().to_owned(),
        department: routed.department.clone(),
        handler: routed.handler.clone(),
        urgency: routed.urgency.clone(),
        faults: texts(&faults),
    }
}

pub(crate) fn texts(faults: &[ClockFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// `None` for what is no longer asked for.
pub(crate) fn wire_clock(clock: &Clock) -> Option<sla_monitor::Clock> {
    let met_at_us = match clock.state {
        ClockState::Running | ClockState::Paused { .. } => None,
        ClockState::Stopped { at, .. } => Some(at.as_microsecond()),
        ClockState::Cancelled { .. } => return None,
    };
    Some(sla_monitor::Clock {
        clock: clock.id.as_str().to_owned(),
        started_at_us: clock.started_at.as_microsecond(),
        due_at_us: clock.due_at.as_microsecond(),
        warn_at_us: clock.warn_at.iter().map(|at| at.as_microsecond()).collect(),
        calendar: clock.calendar.as_str().to_owned(),
        unit: unit_name(clock.unit).to_owned(),
        met_at_us,
        escalate_at_us: clock
            .escalate_at
            .iter()
            .map(|at| at.as_microsecond())
            .collect(),
    })
}
