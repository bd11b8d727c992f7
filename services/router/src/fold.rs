//! What an event makes of a case.

use redress_wire::{
    Payload,
    intake::{ComplaintRegistered, Fingerprint},
    log::Event,
    router::{CaseRouted, CaseRow, Reason, RowReason, RunningClock},
    sla_monitor::ClocksStarted,
};

use crate::rows;

/// The state of a case that its department and handler were given. The further states of
/// domain.md section 4 come with the events of a case's life.
pub(crate) const ASSIGNED: &str = "assigned";

/// Whether events of this kind change a case.
pub(crate) fn concerns(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::ComplaintRegistered(_)
            | Payload::CaseRouted(_)
            | Payload::ClocksStarted(_)
            | Payload::ClockStopped(_)
            | Payload::ClockBreached(_)
    )
}

/// The case after an event; `None` if it stays as it is. Only `CaseRouted` makes a case, of what
/// `ComplaintRegistered` left for it: what is told about an unknown one changes nothing.
pub(crate) fn fold(before: Option<&CaseRow>, event: &Event) -> Option<CaseRow> {
    let payload = event.payload.as_ref()?;
    match payload {
        Payload::ComplaintRegistered(registered) => {
            return before.is_none().then(|| registered_row(registered));
        }
        Payload::CaseRouted(routed) => return Some(routed_case(before, routed, event)),
        _ => {}
    }
    let before = before.filter(|row| rows::is_routed(row))?;
    let mut row = before.clone();
    match payload {
        Payload::ClocksStarted(started) => start(&mut row, started),
        Payload::ClockStopped(stopped) => row.clocks.retain(|c| c.clock != stopped.clock),
        Payload::ClockBreached(breached) => {
            for clock in row.clocks.iter_mut().filter(|c| c.clock == breached.clock) {
                clock.breached = true;
            }
        }
        _ => {}
    }
    (row != *before).then_some(row)
}

/// What the case will be found by. It is written once: the routing follows in the same round.
fn registered_row(registered: &ComplaintRegistered) -> CaseRow {
    let Fingerprint {
        customer,
        further_customer,
        order,
        simhash,
        ..
    } = registered.fingerprint.clone().unwrap_or_default();
    let customers = [customer].into_iter().chain(further_customer);
    CaseRow {
        customers: customers.filter_map(|key| short(&key)).collect(),
        order,
        simhash,
        ..CaseRow::default()
    }
}

/// Half of a customer's key tells customers apart just as well within one platform.
fn short(key: &[u8]) -> Option<u64> {
    key.first_chunk().map(|half| u64::from_be_bytes(*half))
}

fn routed_case(before: Option<&CaseRow>, routed: &CaseRouted, event: &Event) -> CaseRow {
    let known = before.cloned().unwrap_or_default();
    let routed_before = rows::is_routed(&known);
    CaseRow {
        complaint_id: event.complaint_id.clone(),
        number: routed.number.clone(),
        state: if routed_before {
            known.state
        } else {
            ASSIGNED.to_owned()
        },
        channel: routed.channel.clone(),
        kind: routed.kind.clone(),
        category: routed.category.clone(),
        urgency: routed.urgency.clone(),
        severity: routed.severity.clone(),
        wide_impact: routed.wide_impact,
        department: routed.department.clone(),
        handler: routed.handler.clone(),
        reasons: routed.reasons.iter().map(row_reason).collect(),
        registered_at_us: routed.registered_at_us,
        routed_at_us: event.time_us,
        clocks: known.clocks,
        policy: routed.policy.clone(),
        product: routed.product.clone(),
        batch_no: routed.batch_no.clone(),
        rank: routed.rank,
        sort_key: Vec::new(),
        customers: known.customers,
        order: known.order,
        simhash: known.simhash,
        recall: known.recall,
    }
}

fn row_reason(reason: &Reason) -> RowReason {
    RowReason {
        axis: reason.axis.clone(),
        rule: reason.rule.clone(),
        keywords: reason.keywords.clone(),
    }
}

/// Clocks that were met as they started never run. One that starts again runs anew.
fn start(row: &mut CaseRow, started: &ClocksStarted) {
    for clock in &started.clocks {
        row.clocks.retain(|c| c.clock != clock.clock);
        if clock.met_at_us.is_none() {
            row.clocks.push(RunningClock {
                clock: clock.clock.clone(),
                due_at_us: clock.due_at_us,
                breached: false,
            });
        }
    }
}
