//! Whom the notices of a recall have reached.

use redress_policy::{Audience, Occasion};
use redress_store::Rows;
use redress_wire::notifier::{CaseRow, DeliveryRow, RecallNotices, RecallNoticesQuery};

use crate::{
    cases::Cases,
    rows,
    words::{DELIVERED, PLANNED},
};

/// Of those cases that are here.
pub(crate) fn notices(cases: &Cases, rows: &Rows, query: &RecallNoticesQuery) -> RecallNotices {
    let mut notices = RecallNotices::default();
    for id in &query.complaint_ids {
        let key = cases.key_of(id);
        let case = key.and_then(|key| rows::get(rows, key));
        if let Some(case) = case.filter(|case| case.complaint_id == *id) {
            count(&mut notices, &case, &query.recall);
        }
    }
    notices
}

/// A customer who has one of their notices is told, whatever became of the others.
fn count(notices: &mut RecallNotices, case: &CaseRow, recall: &str) {
    // Notices from before they named their recall count for any.
    let is_notice = |delivery: &&DeliveryRow| {
        delivery.cause == Occasion::RecallJoined.as_str()
            && delivery.audience == Audience::Customer.as_str()
            && (delivery.recall.is_empty() || delivery.recall == recall)
    };
    let states = case.deliveries.iter().filter(is_notice).map(|d| &*d.state);
    let states: Vec<&str> = states.collect();
    if states.contains(&DELIVERED) {
        notices.delivered += 1;
    } else if states.contains(&PLANNED) {
        notices.waiting += 1;
    } else if !states.is_empty() {
        notices.failed += 1;
    }
}
