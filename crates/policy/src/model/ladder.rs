//! Escalation ladders: 催办 before the end or after it, 督办, 通报.

use jiff::Timestamp;

use crate::ids::{RoleId, StepId};
use crate::model::deadline::Allowance;
use crate::model::staff::{Person, Reach, Staff};
use crate::model::words::Names;

/// One step of an escalation ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationStep {
    /// Told in events, such as `urge`.
    pub id: StepId,
    /// Its names, such as 催办.
    pub name: Names,
    /// When it is reached, seen from the clock's end.
    pub at: StepAt,
    /// Whom it goes to; never empty.
    pub to: Vec<Recipient>,
    /// Whether nobody is told when a step before was acknowledged.
    pub quiet_if_acknowledged: bool,
}

/// When a step is reached, seen from the clock's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepAt {
    /// So long before it.
    Before(Allowance),
    /// So long after it.
    After(Allowance),
}

/// Whom a step goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Whoever handles the case.
    Handler,
    /// The head of the lead department.
    Head,
    /// So many levels above the handler, from 1; where the line is shorter, its top.
    Superior(u8),
    /// Who has this role: those of the lead department for a role about departments.
    Role(RoleId),
}

impl Recipient {
    /// The people, in the policy's order. Who is absent is stood in for by whom they delegated to.
    pub fn people<'a>(
        &self,
        staff: &'a Staff,
        handler: &str,
        department: &str,
        now: Timestamp,
    ) -> Vec<&'a Person> {
        let people = match self {
            Self::Handler => staff.person(handler).into_iter().collect(),
            Self::Head => staff.head(department).into_iter().collect(),
            Self::Superior(levels) => {
                let own = staff.line(handler);
                let line = if own.is_empty() {
                    staff.line_of(department)
                } else {
                    own
                };
                let at = usize::from(levels.saturating_sub(1)).min(line.len().saturating_sub(1));
                line.get(at).copied().into_iter().collect()
            }
            Self::Role(role) => holders(staff, role, department),
        };
        people
            .into_iter()
            .map(|person| present(staff, person, now))
            .collect()
    }
}

fn holders<'a>(staff: &'a Staff, role: &RoleId, department: &str) -> Vec<&'a Person> {
    let of_department = staff
        .role(role)
        .is_some_and(|role| role.reach != Reach::House);
    staff
        .people()
        .iter()
        .filter(|person| person.holds(role.as_str()))
        .filter(|person| !of_department || person.belongs_to(department))
        .collect()
}

/// The person, or who stands in for them. A delegation is not delegated on.
fn present<'a>(staff: &'a Staff, person: &'a Person, now: Timestamp) -> &'a Person {
    let delegation = staff
        .delegations()
        .iter()
        .find(|d| d.from == person.id && d.is_in_force(now));
    delegation
        .and_then(|d| staff.person(&d.to))
        .unwrap_or(person)
}
