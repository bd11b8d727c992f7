//! From what happened to a case to the notifications that the policy wants.
//!
//! A new occasion needs one arm in [`Happening::of`]; whom it concerns is the policy's.

use std::fmt::Write as _;

use redress_policy::{Audience, CaseFacts, Kind, Means, Notification, Occasion};
use redress_runtime::Draft;
use redress_store::Rows;
use redress_wire::{
    Payload,
    notifier::{CaseRow, NotificationPlanned},
};

use crate::{
    Rules,
    cases::{Cases, find},
    rows::CaseKey,
    words::NO_MEANS,
};

/// Something that people may be told of.
struct Happening<'a> {
    on: Occasion,
    number: &'a str,
    clock: Option<ClockPoint<'a>>,
    /// Who is told; what the event says goes before what the case says.
    department: &'a str,
    handler: &'a str,
}

struct ClockPoint<'a> {
    clock: &'a str,
    due_at_us: i64,
    /// Which warning.
    point: Option<u32>,
}

impl<'a> Happening<'a> {
    fn of(payload: &'a Payload) -> Option<Self> {
        let (on, number, clock, department, handler) = match payload {
            Payload::ComplaintRegistered(e) => {
                (Occasion::Registered, e.number.as_str(), None, "", "")
            }
            Payload::CaseRouted(e) => (
                Occasion::Routed,
                e.number.as_str(),
                None,
                &*e.department,
                &*e.handler,
            ),
            Payload::ClockWarned(e) => {
                let point = ClockPoint {
                    clock: &e.clock,
                    due_at_us: e.due_at_us,
                    point: Some(e.point),
                };
                (
                    Occasion::ClockWarned,
                    e.number.as_str(),
                    Some(point),
                    &*e.department,
                    &*e.handler,
                )
            }
            Payload::ClockBreached(e) => {
                let point = ClockPoint {
                    clock: &e.clock,
                    due_at_us: e.due_at_us,
                    point: None,
                };
                (
                    Occasion::ClockBreached,
                    e.number.as_str(),
                    Some(point),
                    &*e.department,
                    &*e.handler,
                )
            }
            _ => return None,
        };
        Some(Self {
            on,
            number,
            clock,
            department,
            handler,
        })
    }
}

/// What is to be recorded because of an event.
pub(crate) fn plan(
    cases: &Cases,
    rows: &Rows,
    payload: &Payload,
    rules: &Rules,
) -> Result<Vec<Draft>, String> {
    let Some(happening) = Happening::of(payload) else {
        return Ok(Vec::new());
    };
    if rules.policy.notifications_on(happening.on).next().is_none() {
        return Ok(Vec::new());
    }
    let key = CaseKey::of(happening.number);
    let case = key.and_then(|key| cases.get(rows, key));
    let case = case.ok_or("the event is of a case that was never registered")?;
    let mut drafts = Vec::new();
    for notification in rules.policy.notifications_on(happening.on) {
        if concerns(notification, &happening, &case) {
            let planned = planned(notification, &happening, &case, rules);
            if find(&case, &planned.notification_id).is_none() {
                let payload = Payload::NotificationPlanned(planned);
                drafts.push(Draft::about(case.complaint_id.clone(), payload));
            }
        }
    }
    Ok(drafts)
}

fn concerns(notification: &Notification, happening: &Happening<'_>, case: &CaseRow) -> bool {
    let of_clock = happening.clock.as_ref().is_none_or(|point| {
        notification.clocks.is_empty()
            || notification
                .clocks
                .iter()
                .any(|clock| clock.as_str() == point.clock)
    });
    of_clock
        && notification.scope.covers(&CaseFacts {
            channel: &case.channel,
            kind: case.kind.parse().unwrap_or(Kind::Complaint),
            urgency: &case.urgency,
            severity: &case.severity,
            category: &case.category,
        })
}

fn planned(
    notification: &Notification,
    happening: &Happening<'_>,
    case: &CaseRow,
    rules: &Rules,
) -> NotificationPlanned {
    let department = or(happening.department, &case.department);
    let handler = or(happening.handler, &case.handler);
    let recipient = match notification.to {
        Audience::Customer => "",
        Audience::Department => department,
        Audience::Handler => handler,
    };
    let template = notification.template.as_str();
    let reader = if notification.to == Audience::Customer {
        case.locale.as_str()
    } else {
        ""
    };
    let reachable = can_reach(notification, department, handler, case, rules);
    NotificationPlanned {
        notification_id: id(notification, happening),
        number: case.number.clone(),
        cause: cause(happening.on, notification.to).to_owned(),
        audience: notification.to.as_str().to_owned(),
        means: if reachable {
            notification.by.as_str()
        } else {
            NO_MEANS
        }
        .to_owned(),
        recipient: recipient.to_owned(),
        template: template.to_owned(),
        locale: rules.locale_of(template, reader).to_owned(),
        department: department.to_owned(),
        handler: handler.to_owned(),
        category: case.category.clone(),
        urgency: case.urgency.clone(),
        clock: happening
            .clock
            .as_ref()
            .map_or("", |point| point.clock)
            .to_owned(),
        due_at_us: happening.clock.as_ref().map(|point| point.due_at_us),
        policy: rules.policy.version().to_owned(),
    }
}

fn id(notification: &Notification, happening: &Happening<'_>) -> String {
    let mut id = format!("{}-{}", happening.number, notification.id);
    if let Some(point) = &happening.clock {
        // A clock that is started again or extended warns anew: its end tells the two apart.
        let _ = write!(
            id,
            "-{}-{}",
            point.clock,
            point.due_at_us.div_euclid(1_000_000)
        );
        if let Some(point) = point.point {
            let _ = write!(id, "-{point}");
        }
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
        (on, _) => on.as_str(),
    }
}

fn can_reach(
    notification: &Notification,
    department: &str,
    handler: &str,
    case: &CaseRow,
    rules: &Rules,
) -> bool {
    let department = rules.policy.departments().get(department);
    match (notification.to, notification.by) {
        (Audience::Customer, Means::Email) => case.contact.is_some(),
        (Audience::Department, Means::Email) => department.is_some_and(|d| d.email.is_some()),
        (Audience::Department, Means::Webhook) => department.is_some_and(|d| d.webhook.is_some()),
        (Audience::Handler, Means::Email) => department
            .and_then(|d| d.handler(handler))
            .is_some_and(|h| h.email.is_some()),
        (Audience::Customer | Audience::Handler, Means::Webhook) => false,
    }
}

fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}
