//! Who is told, and by which means they can be reached.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_policy::{Audience, Department, Means, Notification, Person, Policy};
use redress_wire::{notifier::CaseRow, router::ApprovalLevel};

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
    (policy, now): (&Policy, Timestamp),
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
            let level = happening.level;
            let people = level.map(|level| approvers(level, happening.not_asked, policy, now));
            let asked = level.map_or("", |level| level.department.as_str());
            through(by, people.unwrap_or_default(), or(asked, lead), policy)
        }
        Audience::Requester => {
            let people: Vec<_> = named(happening.requester, policy);
            if people.is_empty() {
                return Vec::new();
            }
            through(by, people, lead, policy)
        }
        Audience::Superior => {
            let people: Vec<_> = happening
                .others
                .iter()
                .flat_map(|id| named(id, policy))
                .collect();
            if people.is_empty() {
                return Vec::new();
            }
            through(by, people, lead, policy)
        }
    }
}

/// Who may answer at a level now: those who have its role, or who stands in for them while they
/// are absent; neither who asks nor who will not decide on it, nor a deputy for one of these.
fn approvers<'a>(
    level: &'a ApprovalLevel,
    not_asked: &[String],
    policy: &'a Policy,
    now: Timestamp,
) -> Vec<&'a Person> {
    let is_asked = |person: &&Person| !not_asked.iter().any(|id| *id == person.id.as_str());
    let staff = policy.staff();
    let of_level = staff
        .holders(&level.role)
        .filter(is_asked)
        .filter(|person| level.department.is_empty() || person.belongs_to(&level.department));
    let present = of_level.filter_map(|person| {
        let stands_in = staff.delegations().iter().find(|delegation| {
            delegation.from == person.id
                && delegation.is_in_force(now)
                && delegation.covers(&level.role)
        });
        let stands_in = stands_in.and_then(|d| staff.person(&d.to)).filter(is_asked);
        stands_in.or(Some(person))
    });
    present.collect()
}

/// The person with this id, or all who have the role with this id.
fn named<'a>(id: &'a str, policy: &'a Policy) -> Vec<&'a Person> {
    let staff = policy.staff();
    match staff.person(id) {
        Some(person) => vec![person],
        None => staff.holders(id).collect(),
    }
}

/// Each of the people once; those without mail, and nobody at all, through a department if any
/// means will do.
fn through(by: Means, people: Vec<&Person>, lead: &str, policy: &Policy) -> Vec<Reader> {
    let mut readers = BTreeMap::new();
    let nobody = people.is_empty();
    for person in people {
        let home = person.department.as_ref().map_or(lead, |d| d.as_str());
        let reader = match by {
            Means::Email | Means::Any if person.email.is_some() => {
                reader("person", Means::Email.as_str(), person.id.as_str())
            }
            Means::Any => department(by, home, policy),
            Means::Email | Means::Webhook => reader("person", NO_MEANS, person.id.as_str()),
        };
        readers.insert(reader.id.clone(), reader);
    }
    if nobody {
        return vec![department(by, lead, policy)];
    }
    readers.into_values().collect()
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
    let person = policy.staff().person(id);
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
