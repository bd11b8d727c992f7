//! Who may do what: roles, their reach, and delegation while absent.

use jiff::Timestamp;

use crate::ids::DepartmentId;
use crate::model::approval::{Level, LevelScope};
use crate::model::command::CommandName;
use crate::model::staff::{Person, Reach, Staff};

/// Where a case lies, as far as rights go.
#[derive(Clone, Copy, Debug)]
pub struct CaseDesk<'a, D = DepartmentId> {
    /// The handler.
    pub handler: &'a str,
    /// The lead department and those that assist.
    pub departments: &'a [D],
}

/// The right to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right<'a> {
    /// The absent person whose right it is; `None` if it is the actor's own. Who checks that
    /// nobody approves their own plan looks at this person too.
    pub on_behalf_of: Option<&'a Person>,
}

/// Somebody who may act at a level of approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approver<'a> {
    /// Who.
    pub person: &'a Person,
    /// For whom, while that person is absent.
    pub on_behalf_of: Option<&'a Person>,
}

/// Why somebody may not act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRight {
    /// Nobody of that id works here.
    #[error("nobody in the staff has this id; act as a person of staff.toml or departments.toml")]
    UnknownPerson,
    /// There is no such role.
    #[error("there is no such role; act in a role of staff.toml")]
    UnknownRole,
    /// The person neither has the role nor stands in for somebody who has.
    #[error("the person does not have this role, nor a delegation of it; act in another")]
    RoleNotHeld,
    /// The role may not do that.
    #[error("this role may not do that; ask somebody whose role may")]
    NotGranted,
    /// The role does not reach this case.
    #[error("this role does not reach this case; ask its handler or its department")]
    OutOfReach,
}

impl Staff {
    /// Whether somebody acting in a role may do something with a case at an instant, by their own
    /// right or by delegation.
    ///
    /// # Errors
    /// Why not.
    pub fn may<D: AsRef<str>>(
        &self,
        person: &str,
        role: &str,
        command: CommandName,
        case: &CaseDesk<'_, D>,
        at: Timestamp,
    ) -> Result<Right<'_>, NoRight> {
        let known = self.role(role).ok_or(NoRight::UnknownRole)?;
        let right = self.acting(person, role, at, |who| match known.reach {
            Reach::House => true,
            Reach::OwnCase => who.id == *case.handler,
            Reach::OwnDepartment => case.departments.iter().any(|d| who.belongs_to(d.as_ref())),
        });
        match right {
            Err(NoRight::OutOfReach) | Ok(_) if !known.may(command) => Err(NoRight::NotGranted),
            right => right,
        }
    }

    /// Whether somebody may act at a level of approval for a case that a department leads.
    ///
    /// # Errors
    /// Why not.
    pub fn may_approve(
        &self,
        person: &str,
        level: &Level,
        department: &str,
        at: Timestamp,
    ) -> Result<Right<'_>, NoRight> {
        let role = level.role.as_str();
        self.acting(person, role, at, |who| reaches(level, who, department))
    }

    /// Everybody who may act at a level of approval for a case that a department leads: who has
    /// the role, then who stands in for one of them.
    pub fn approvers(&self, level: &Level, department: &str, at: Timestamp) -> Vec<Approver<'_>> {
        let able = |who: &Person| who.holds(level.role.as_str()) && reaches(level, who, department);
        let own = |person| Approver {
            person,
            on_behalf_of: None,
        };
        let mut approvers: Vec<_> = self.people.iter().filter(|p| able(p)).map(own).collect();
        for delegation in &self.delegations {
            let counts = delegation.is_in_force(at) && delegation.covers(level.role.as_str());
            let people = (self.person(&delegation.from), self.person(&delegation.to));
            if let (true, (Some(from), Some(person))) = (counts, people)
                && able(from)
                && !approvers.iter().any(|a| a.person.id == person.id)
            {
                let on_behalf_of = Some(from);
                approvers.push(Approver {
                    person,
                    on_behalf_of,
                });
            }
        }
        approvers
    }

    /// The right to act in a role, where it reaches the case.
    fn acting(
        &self,
        person: &str,
        role: &str,
        at: Timestamp,
        reaches: impl Fn(&Person) -> bool,
    ) -> Result<Right<'_>, NoRight> {
        let person = self.person(person).ok_or(NoRight::UnknownPerson)?;
        let own = person.holds(role);
        if own && reaches(person) {
            return Ok(Right { on_behalf_of: None });
        }
        let mut stands_in = false;
        for delegation in self.delegated_to(person.id.as_str(), at) {
            let from = self.person(&delegation.from);
            if let (true, Some(from)) = (delegation.covers(role), from) {
                stands_in = true;
                if reaches(from) {
                    let on_behalf_of = Some(from);
                    return Ok(Right { on_behalf_of });
                }
            }
        }
        Err(if own || stands_in {
            NoRight::OutOfReach
        } else {
            NoRight::RoleNotHeld
        })
    }
}

fn reaches(level: &Level, person: &Person, department: &str) -> bool {
    match level.scope {
        LevelScope::House => true,
        LevelScope::Department => person.belongs_to(department),
    }
}
