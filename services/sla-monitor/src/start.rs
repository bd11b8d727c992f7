//! A routed case comes under its clocks.

use jiff::Timestamp;
use redress_policy::{CaseFacts, ClockRules, Milestone, Moment};
use redress_sla::ClockSet;
use redress_wire::{
    event::timestamp,
    router::CaseRouted,
    sla_monitor::{CaseClocks, ClocksStarted},
};

use crate::{
    clock::kind,
    record::{started, wire_clock},
};

/// All clocks of a case that was just routed. Its life so far counts: what was met in the channel
/// itself, or by an acknowledgement that was quicker than the routing, starts as met.
pub(crate) fn clocks_of(
    rules: &ClockRules,
    row: &CaseClocks,
    routed: &CaseRouted,
    routed_at: Timestamp,
) -> ClocksStarted {
    let facts = CaseFacts {
        channel: &routed.channel,
        kind: kind(&routed.kind),
        urgency: &routed.urgency,
        severity: &routed.severity,
        category: &routed.category,
        tier: &routed.customer_tier,
    };
    let life = [
        (Milestone::Received, Some(timestamp(routed.received_at_us))),
        (
            Milestone::Registered,
            Some(timestamp(routed.registered_at_us)),
        ),
        (
            Milestone::Acknowledged,
            row.acknowledged_at_us.map(timestamp),
        ),
        (Milestone::Routed, Some(routed_at)),
    ];
    let life = life
        .into_iter()
        .filter_map(|(reached, at)| Some((Moment::from(reached), at?)));
    let (_, begun) = ClockSet::begin(rules, &facts, life);
    let clocks = begun.clocks.iter().filter_map(wire_clock).collect();
    started(row, rules.version(), clocks, &begun.faults)
}
