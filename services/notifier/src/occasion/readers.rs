//! Who is told, and by which means they can be reached.

use redress_policy::{Audience, Department, Means, Notification, Policy};
use redress_wire::notifier::CaseRow;

use super::happening::Happening;
use crate::words::NO_MEANS;

/// One who is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// customer, department, handler, person.
    pub(super) audience: &'static str,
    /// email, webhook, none.
    pub(super) means: &'static str,
    /// Id of the department, handler or person; empty for a customer.
    pub(super) id: String,
}

/// Everybody whom a notification of the happening goes to.
pub(super) fn of(
    notification: &Notification,
    happening: &Happening<'_>,
    case: &CaseRow,
    policy: &Policy,
) -> Vec<Reader> {
    let by = notification.by;
    let lead = or(happening.department, &case.department);
    match notification.to {
        Audience::Customer => vec![customer(by, case)],
        Audience::Department => vec![department(by, lead, policy)],
        Audience::Handler => {
            vec![handler(
                by,
                lead,
                or(happening.handler, &case.handler),
                policy,
            )]
        }
        Audience::Supporting => {
            let supporting = happening.others.iter();
            supporting.map(|id| department(by, id, policy)).collect()
        }
        Audience::Approver => {
            let asked = happening
                .level
                .map_or("", |level| level.department.as_str());
            vec![department(by, or(asked, lead), policy)]
        }
        Audience::Superior => Vec::new(),
    }
}

/// Mail is the only means to a customer so far: what they prefer is served if it is mail, and
/// mail serves those who prefer something else and left an address.
fn customer(by: Means, case: &CaseRow) -> Reader {
    let reached = by != Means::Webhook && case.contact.is_some();
    reader(
        "customer",
        if reached {
            Means::Email.as_str()
        } else {
            NO_MEANS
        },
        "",
    )
}

fn department(by: Means, id: &str, policy: &Policy) -> Reader {
    let known = policy.departments().get(id);
    reader(
        "department",
        known.map_or(NO_MEANS, |d| to_department(by, d)),
        id,
    )
}

fn to_department(by: Means, department: &Department) -> &'static str {
    let webhook = by != Means::Email && department.webhook.is_some();
    let mail = by != Means::Webhook && department.email.is_some();
    match (webhook, mail) {
        (true, _) => Means::Webhook.as_str(),
        (false, true) => Means::Email.as_str(),
        (false, false) => NO_MEANS,
    }
}

/// Through the department, if the person cannot be reached and any means will do.
fn handler(by: Means, lead: &str, id: &str, policy: &Policy) -> Reader {
    let person = policy.departments().get(lead).and_then(|d| d.handler(id));
    let has_mail = person.is_some_and(|person| person.email.is_some());
    match by {
        Means::Email | Means::Any if has_mail => reader("handler", Means::Email.as_str(), id),
        Means::Any => department(by, lead, policy),
        Means::Email | Means::Webhook => reader("handler", NO_MEANS, id),
    }
}

fn reader(audience: &'static str, means: &'static str, id: &str) -> Reader {
    let id = id.to_owned();
    Reader {
        audience,
        means,
        id,
    }
}

/// The first of the two that says something.
pub(super) fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}
