//! Notifications. What went wrong with one stays inside: a receiver's words may be in it.

use super::{NotificationChanged, Said, time};
use crate::Payload;

pub(super) fn said(payload: &Payload) -> Option<Said> {
    let changed = match payload {
        Payload::NotificationPlanned(e) => NotificationChanged {
            cause: e.cause.clone(),
            audience: e.audience.clone(),
            means: e.means.clone(),
            recipient: e.recipient.clone(),
            template: e.template.clone(),
            locale: e.locale.clone(),
            clock: e.clock.clone(),
            ..of(&e.notification_id, 0)
        },
        Payload::NotificationAttempted(e) => NotificationChanged {
            next_attempt_at: time(e.next_attempt_at_us),
            ..of(&e.notification_id, e.attempt)
        },
        Payload::NotificationDelivered(e) => NotificationChanged {
            cause: e.cause.clone(),
            audience: e.audience.clone(),
            ..of(&e.notification_id, e.attempt)
        },
        Payload::NotificationGivenUp(e) => of(&e.notification_id, e.attempt),
        Payload::NotificationRetried(e) => of(&e.notification_id, 0),
        Payload::NotificationDropped(e) => NotificationChanged {
            cause: e.reason.clone(),
            ..of(&e.notification_id, 0)
        },
        _ => return None,
    };
    Some(Said::of("redress.feed.v1.NotificationChanged", &changed))
}

/// A notification's id begins with the number of its case.
fn of(notification_id: &str, attempt: u32) -> NotificationChanged {
    let number = notification_id.split('-').next().unwrap_or_default();
    NotificationChanged {
        notification_id: notification_id.to_owned(),
        number: number.to_owned(),
        attempt,
        ..NotificationChanged::default()
    }
}
