//! From what happened to a case to the notifications that the policy wants.

mod happening;
mod readers;

use std::fmt::Write as _;

use jiff::Timestamp;
use redress_policy::{Audience, CaseFacts, Kind, Notification, Occasion};
use redress_runtime::{Context, Draft};
use redress_store::Rows;
use redress_wire::{
    Payload,
    notifier::{CaseRow, DeliveryRow, NotificationDropped, NotificationPlanned},
};

use self::{
    happening::Happening,
    readers::{Reader, or},
};
use crate::{
    Rules,
    cases::{Cases, find},
    rows::CaseKey,
    words::PLANNED,
};

/// What is to be recorded because of an event.
pub(crate) fn plan(
    cases: &Cases,
    rows: &Rows,
    payload: &Payload,
    cx: &Context<'_, Rules>,
) -> Result<Vec<Draft>, String> {
    let Some(number) = happening::number_of(payload) else {
        return Ok(Vec::new());
    };
    let key = CaseKey::of(number);
    let case = key.and_then(|key| cases.get(rows, key));
    let case = case.ok_or("the event is of a case that was never registered")?;
    let mut drafts = Vec::new();
    for happening in happening::of(payload, &case) {
        let needless = needless(happening.on, &case, cx);
        drafts.extend(needless.map(|payload| draft(&case, payload)));
        for notification in cx.rules.policy.notifications_on(happening.on) {
            if concerns(notification, &happening, &case) {
                let planned = planned(notification, &happening, &case, cx);
                let new = planned.filter(|p| find(&case, &p.notification_id).is_none());
                drafts.extend(new.map(|p| draft(&case, Payload::NotificationPlanned(p))));
            }
        }
    }
    Ok(drafts)
}

fn draft(case: &CaseRow, payload: Payload) -> Draft {
    Draft::about(case.complaint_id.clone(), payload)
}

/// What waits to be sent and is overtaken by the occasion.
fn needless(
    on: Occasion,
    case: &CaseRow,
    cx: &Context<'_, Rules>,
) -> impl Iterator<Item = Payload> {
    let overtaken = case.deliveries.iter().filter(move |delivery| {
        let notification = cx.rules.policy.notifications().get(&delivery.notification);
        waits(delivery, cx.now) && notification.is_some_and(|n| n.dropped_by.contains(&on))
    });
    overtaken.map(move |delivery| {
        Payload::NotificationDropped(NotificationDropped {
            notification_id: delivery.notification_id.clone(),
            reason: on.as_str().to_owned(),
        })
    })
}

/// It has not gone out, and will not before this decision is committed.
fn waits(delivery: &DeliveryRow, now: Timestamp) -> bool {
    delivery.state == PLANNED
        && delivery.attempts == 0
        && delivery.send_at_us > now.as_microsecond()
}

fn concerns(notification: &Notification, happening: &Happening<'_>, case: &CaseRow) -> bool {
    let of_clock = happening.clock.as_ref().is_none_or(|point| {
        let mut clocks = notification.clocks.iter();
        notification.clocks.is_empty() || clocks.any(|clock| clock.as_str() == point.clock)
    });
    of_clock
        && notification.scope.covers(&CaseFacts {
            channel: &case.channel,
            kind: case.kind.parse().unwrap_or(Kind::Complaint),
            urgency: &case.urgency,
            severity: &case.severity,
            category: &case.category,
            tier: &case.customer_tier,
        })
}

/// One for each reader.
fn planned<'a>(
    notification: &'a Notification,
    happening: &'a Happening<'_>,
    case: &'a CaseRow,
    cx: &'a Context<'_, Rules>,
) -> impl Iterator<Item = NotificationPlanned> + 'a {
    let readers = readers::of(notification, happening, case, (&cx.rules.policy, cx.now));
    let several = matches!(
        notification.to,
        Audience::Supporting | Audience::Approver | Audience::Superior
    );
    readers.into_iter().map(move |reader| {
        let mut id = id(notification, happening);
        if several {
            let _ = write!(id, "-{}", reader.id);
        }
        one(id, reader, (notification, happening), case, cx)
    })
}

fn one(
    notification_id: String,
    reader: Reader,
    (notification, happening): (&Notification, &Happening<'_>),
    case: &CaseRow,
    cx: &Context<'_, Rules>,
) -> NotificationPlanned {
    let rules = cx.rules;
    let template = notification.template.as_str();
    let customer = notification.to == Audience::Customer;
    let locale = if customer { &*case.locale } else { "" };
    let clock = happening.clock.as_ref();
    let (asked_clock, by) = happening.extension.unwrap_or_default();
    let send_at = notification
        .after
        .and_then(|wait| cx.now.checked_add(wait).ok());
    NotificationPlanned {
        notification_id,
        number: case.number.clone(),
        cause: cause(happening.on, notification.to).to_owned(),
        audience: reader.audience.to_owned(),
        means: reader.means.to_owned(),
        recipient: reader.id,
        template: template.to_owned(),
        locale: rules.locale_of(template, locale).to_owned(),
        department: or(happening.department, &case.department).to_owned(),
        handler: or(happening.handler, &case.handler).to_owned(),
        category: case.category.clone(),
        urgency: case.urgency.clone(),
        clock: clock.map_or(asked_clock, |point| point.clock).to_owned(),
        due_at_us: clock.map(|point| point.due_at_us).or(happening.due_at_us),
        policy: rules.policy.version().to_owned(),
        case_version: happening.version,
        notification: send_at.map_or_else(String::new, |_| notification.id.to_string()),
        send_at_us: send_at.map_or(0, Timestamp::as_microsecond),
        first: notification.first,
        step: clock.map_or("", |point| point.step).to_owned(),
        level: happening
            .level
            .map_or_else(String::new, |level| level.level.clone()),
        plan: happening.plan,
        by: by.to_owned(),
        recall: happening.recall.to_owned(),
    }
}

fn id(notification: &Notification, happening: &Happening<'_>) -> String {
    let mut id = format!("{}-{}", happening.number, notification.id);
    if let Some(point) = &happening.clock {
        // A clock that is started again or extended warns anew: its end tells the two apart.
        let due = point.due_at_us.div_euclid(1_000_000);
        let _ = write!(id, "-{}-{due}", point.clock);
        if let Some(point) = point.point {
            let _ = write!(id, "-{point}");
        }
    } else if happening.version > 0 {
        let _ = write!(id, "-v{}", happening.version);
    }
    id
}

/// What a delivery is called by its reader; the clock of the first response stops at a delivered
/// acknowledgement.
fn cause(on: Occasion, to: Audience) -> &'static str {
    match (on, to) {
        (Occasion::Registered | Occasion::Routed, Audience::Customer) => "acknowledgement",
        (Occasion::Routed, _) => "assignment",
        (Occasion::ClockWarned, _) => "warning",
        (Occasion::ClockBreached, _) => "breach",
        (Occasion::ClockEscalated, _) => "escalation",
        (on, _) => on.as_str(),
    }
}
