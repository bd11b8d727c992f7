//! Who was told of a recall, as notifier tells.

use redress_policy::{Audience, Occasion};
use redress_wire::{notifier::NotificationDelivered, router::CaseRow};

/// Whether it is the notice of a recall to a customer; most deliveries are something else, and
/// cost no more than this.
pub(super) fn concerns(delivered: &NotificationDelivered) -> bool {
    delivered.cause == Occasion::RecallJoined.as_str()
        && delivered.audience == Audience::Customer.as_str()
}

/// The id of a notice about a fact of the case's life ends with its version, which tells of which
/// recall it is.
pub(super) fn fold(row: &mut CaseRow, delivered: &NotificationDelivered) {
    let version = delivered.notification_id.rsplit_once("-v");
    let version = version.and_then(|(_, version)| version.parse::<u64>().ok());
    let at = row.recall_versions.iter().position(|v| Some(*v) == version);
    let Some(recall) = at.and_then(|at| row.recalls.get(at)) else {
        return;
    };
    if !row.recalls_told.contains(recall) {
        row.recalls_told.push(recall.clone());
    }
}
