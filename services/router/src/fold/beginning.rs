//! How a case begins: registered, then routed.

use redress_case::Stage;
use redress_wire::{
    intake::{ComplaintRegistered, Fingerprint},
    log::Event,
    router::{CaseRouted, CaseRow, Reason, RowReason},
};

use crate::rows;

/// What the case will be found by. It is written once: the routing follows in the same round.
pub(super) fn registered(registered: &ComplaintRegistered) -> CaseRow {
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

/// A case that is routed keeps its life when it is routed again.
pub(super) fn routed(before: Option<&CaseRow>, routed: &CaseRouted, event: &Event) -> CaseRow {
    let known = before.cloned().unwrap_or_default();
    if rows::is_routed(&known) {
        return known;
    }
    CaseRow {
        complaint_id: event.complaint_id.clone(),
        number: routed.number.clone(),
        state: Stage::Assigned.as_str().to_owned(),
        channel: routed.channel.clone(),
        kind: routed.kind.clone(),
        category: routed.category.clone(),
        urgency: routed.urgency.clone(),
        severity: routed.severity.clone(),
        wide_impact: routed.wide_impact,
        department: routed.department.clone(),
        handler: routed.handler.clone(),
        reasons: routed.reasons.iter().map(reason).collect(),
        registered_at_us: routed.registered_at_us,
        routed_at_us: event.time_us,
        policy: routed.policy.clone(),
        product: routed.product.clone(),
        batch_no: routed.batch_no.clone(),
        rank: routed.rank,
        version: 1,
        ..known
    }
}

fn reason(reason: &Reason) -> RowReason {
    RowReason {
        axis: reason.axis.clone(),
        rule: reason.rule.clone(),
        keywords: reason.keywords.clone(),
    }
}
