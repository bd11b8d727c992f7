//! `staff.toml`: roles and what they may do, people and who is above them, delegations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Catalog, entry};
use crate::ids::{DepartmentId, PersonId, RoleId};
use crate::model::command::CommandName;
use crate::model::words::{Names, words};

/// Everybody who may act on cases; handlers of `departments.toml` and `system` among them.
#[derive(Clone, Debug)]
pub struct Staff {
    pub(crate) roles: Catalog<Role>,
    pub(crate) people: Catalog<Person>,
    pub(crate) delegations: Vec<Delegation>,
    pub(crate) heads: BTreeMap<DepartmentId, PersonId>,
}

words! {
    /// On which cases a role counts.
    Reach {
        /// Those whose handler the person is.
        OwnCase = "own_case",
        /// Those that the person's department leads or assists.
        OwnDepartment = "own_department",
        /// All.
        House = "house",
    }
}

/// A role (角色): what somebody acts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// As in the actor of a command.
    pub id: RoleId,
    /// Its names.
    pub name: Names,
    /// What it may do.
    pub may: BTreeSet<CommandName>,
    /// On which cases.
    pub reach: Reach,
    /// Whether who has it leads the own department.
    pub leads: bool,
    /// The longest hold or extension in days that needs nobody's approval; `None`: as long as the
    /// reason of the pause allows.
    pub hold_days: Option<u32>,
}

/// Somebody who acts on cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// A handler's id is the same as in `departments.toml`.
    pub id: PersonId,
    /// As colleagues know them.
    pub name: String,
    /// Where they belong, if anywhere.
    pub department: Option<DepartmentId>,
    /// What they may act as; never empty.
    pub roles: Vec<RoleId>,
    /// Who is above them: stated, or else the head of their department. `None` at the top.
    pub superior: Option<PersonId>,
    /// Where they may be told.
    pub email: Option<String>,
}

/// Somebody acts for somebody who is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who is absent.
    pub from: PersonId,
    /// Who acts.
    pub to: PersonId,
    /// From this instant on.
    pub since: Timestamp,
    /// Before this instant.
    pub until: Timestamp,
    /// In which of the absent person's roles; never empty.
    pub roles: Vec<RoleId>,
}

impl Staff {
    /// The id that rules and timers act under; its role has the same id.
    pub const SYSTEM: &'static str = "system";
    /// The role that every handler of `departments.toml` has.
    pub const HANDLER: &'static str = "handler";

    /// The roles.
    pub fn roles(&self) -> &Catalog<Role> {
        &self.roles
    }

    /// The people: those of `staff.toml` in file order, then handlers, then `system`.
    pub fn people(&self) -> &Catalog<Person> {
        &self.people
    }

    /// All delegations in file order.
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// The role with this id.
    pub fn role(&self, id: impl AsRef<str>) -> Option<&Role> {
        self.roles.get(id)
    }

    /// The person with this id.
    pub fn person(&self, id: impl AsRef<str>) -> Option<&Person> {
        self.people.get(id)
    }

    /// Who leads a department; every department of a checked policy has one.
    pub fn head(&self, department: impl AsRef<str>) -> Option<&Person> {
        self.person(self.heads.get(department.as_ref())?)
    }

    /// Who has a role, in the order of [`Self::people`].
    pub fn holders<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Person> {
        self.people.iter().filter(move |p| p.holds(role))
    }

    /// Everybody above a person, the nearest first.
    pub fn line(&self, person: impl AsRef<str>) -> Vec<&Person> {
        let mut line: Vec<&Person> = Vec::new();
        let mut next = self.person(person).and_then(|p| p.superior.as_ref());
        while let Some(person) = next.and_then(|id| self.person(id)) {
            line.push(person);
            next = person.superior.as_ref();
        }
        line
    }

    /// The management line of a department: its head, then everybody above.
    pub fn line_of(&self, department: impl AsRef<str>) -> Vec<&Person> {
        let Some(head) = self.head(department) else {
            return Vec::new();
        };
        let mut line = vec![head];
        line.extend(self.line(&head.id));
        line
    }

    /// The delegations to a person that are in force at an instant.
    pub fn delegated_to<'a>(
        &'a self,
        person: &'a str,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a Delegation> {
        let here = move |d: &&Delegation| d.to.as_str() == person && d.is_in_force(at);
        self.delegations.iter().filter(here)
    }
}

impl Role {
    /// Whether it may do that at all.
    pub fn may(&self, command: CommandName) -> bool {
        self.may.contains(&command)
    }

    /// Whether it may grant a hold or an extension of that length without anybody's approval.
    pub fn may_grant(&self, time: SignedDuration) -> bool {
        let most = self.hold_days.map(|days| i64::from(days) * 24);
        most.is_none_or(|hours| time <= SignedDuration::from_hours(hours))
    }
}

impl Person {
    /// Whether they have a role of their own.
    pub fn holds(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r.as_str() == role)
    }

    /// Whether they belong to a department.
    pub fn belongs_to(&self, department: &str) -> bool {
        self.department
            .as_ref()
            .is_some_and(|d| d.as_str() == department)
    }
}

impl Delegation {
    /// Whether it counts at an instant.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        (self.since..self.until).contains(&at)
    }

    /// Whether it hands over a role.
    pub fn covers(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r.as_str() == role)
    }
}

entry!(Role, Person);
