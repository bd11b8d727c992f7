//! One delivery, and what its events make of it.

use redress_wire::{
    Payload,
    notifier::{CaseRow, DeliveryRow, NotificationPlanned},
};

use crate::words::{DELIVERED, DROPPED, GIVEN_UP, NO_MEANS, PLANNED, UNREACHABLE};

/// Whether something is to be sent, or waits for an operator.
pub(super) fn is_unfinished(case: &CaseRow) -> bool {
    case.deliveries
        .iter()
        .any(|d| d.state == PLANNED || d.state == GIVEN_UP)
}

/// Where the delivery with this id stands in its case.
pub(crate) fn find(case: &CaseRow, notification_id: &str) -> Option<usize> {
    case.deliveries
        .iter()
        .position(|delivery| delivery.notification_id == notification_id)
}

/// What an event makes of its delivery.
pub(crate) fn apply(delivery: &mut DeliveryRow, time_us: i64, payload: &Payload) {
    match payload {
        Payload::NotificationAttempted(attempted) => {
            delivery.attempts = attempted.attempt;
            delivery.last_error.clone_from(&attempted.error);
            delivery.next_attempt_at_us = Some(attempted.next_attempt_at_us);
        }
        Payload::NotificationDelivered(delivered) => {
            delivery.attempts = delivered.attempt;
            finish(delivery, DELIVERED, time_us);
        }
        Payload::NotificationGivenUp(given_up) => {
            delivery.attempts = given_up.attempt;
            delivery.last_error.clone_from(&given_up.error);
            finish(delivery, GIVEN_UP, time_us);
        }
        Payload::NotificationDropped(dropped) => {
            delivery.last_error = format!("needless: {}", dropped.reason);
            finish(delivery, DROPPED, time_us);
        }
        Payload::NotificationRetried(retried) => {
            PLANNED.clone_into(&mut delivery.state);
            delivery.finished_at_us = None;
            delivery.retried_at_us = Some(time_us);
            delivery.retry_request_id.clone_from(&retried.request_id);
            delivery.attempts_before_retry = delivery.attempts;
        }
        _ => {}
    }
}

fn finish(delivery: &mut DeliveryRow, state: &str, time_us: i64) {
    state.clone_into(&mut delivery.state);
    delivery.finished_at_us = Some(time_us);
    delivery.next_attempt_at_us = None;
}

/// A delivery as it was planned.
pub(super) fn planned(time_us: i64, planned: &NotificationPlanned) -> DeliveryRow {
    let unreachable = planned.means == NO_MEANS;
    DeliveryRow {
        notification_id: planned.notification_id.clone(),
        cause: planned.cause.clone(),
        audience: planned.audience.clone(),
        means: planned.means.clone(),
        recipient: planned.recipient.clone(),
        template: planned.template.clone(),
        locale: planned.locale.clone(),
        department: planned.department.clone(),
        handler: planned.handler.clone(),
        category: planned.category.clone(),
        urgency: planned.urgency.clone(),
        clock: planned.clock.clone(),
        due_at_us: planned.due_at_us,
        state: if unreachable { UNREACHABLE } else { PLANNED }.to_owned(),
        planned_at_us: time_us,
        finished_at_us: unreachable.then_some(time_us),
        case_version: planned.case_version,
        notification: planned.notification.clone(),
        send_at_us: planned.send_at_us,
        first: planned.first,
        step: planned.step.clone(),
        level: planned.level.clone(),
        plan: planned.plan,
        by: planned.by.clone(),
        recall: planned.recall.clone(),
        ..DeliveryRow::default()
    }
}
