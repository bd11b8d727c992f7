//! Reads `staff.toml`: roles and people; handlers join them.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::error::{Reason, StaffFault};
use crate::ids::{DepartmentId, RoleId};
use crate::model::command::CommandName;
use crate::model::department::{Department, Handler};
use crate::model::house::House;
use crate::model::staff::{Person, Reach, Role, Staff};
use crate::parse::context::Ids;
use crate::parse::declared::no_repeats;
use crate::parse::fields::Fields;
use crate::parse::management;
use crate::parse::report::{At, Place};
use crate::parse::{Sources, delegations, names, tables};

/// A person as written, before it is known who else there is.
pub(crate) struct Draft {
    pub(crate) person: Person,
    pub(crate) superior: Option<At<String>>,
    pub(crate) place: Place,
}

pub(crate) fn read(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    house: Option<&House>,
    departments: &Catalog<Department>,
) -> Option<Staff> {
    let mut roots = sources.take("staff");
    let report = roots.first()?.report;
    let faults = report.count();
    let roles: Catalog<Role> = tables(&mut roots, "role")
        .into_iter()
        .filter_map(|fields| role(fields, ids))
        .collect();
    let also: Vec<RoleId> = roots
        .iter_mut()
        .flat_map(|root| ids.roles.set(root, "handlers_are_also"))
        .collect();
    let reader = Reader { departments, also };
    let people = tables(&mut roots, "person");
    let mut drafts: Vec<Draft> = people
        .into_iter()
        .filter_map(|fields| reader.person(fields, ids))
        .collect();
    let root = roots.first_mut()?;
    let sound = report.count() == faults && !departments.is_empty();
    for (role, why) in [
        (Staff::HANDLER, "handlers act in it"),
        (Staff::SYSTEM, "rules and timers act in it"),
    ] {
        if sound && !roles.contains(role) {
            root.fault(StaffFault::NoRole { role, why }.into());
        }
    }
    reader.join_handlers(&mut drafts, ids, root);
    let (people, heads) = management::order(drafts, &roles, ids, root.report);
    if sound {
        management::check_heads(root, departments, &heads);
    }
    let mut staff = Staff {
        roles,
        people,
        delegations: Vec::new(),
        heads,
    };
    staff.delegations = delegations::read(&mut roots, ids, house, &staff);
    (report.count() == faults).then_some(staff)
}

fn role(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Role> {
    let id = ids.roles.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let may = commands(&mut fields);
    let reach = fields.req::<Reach>("scope");
    let leads = fields.opt::<bool>("leads").is_some_and(|l| l.value);
    let hold_days = fields.opt::<i64>("hold_days").and_then(|days| {
        let positive = u32::try_from(days.value).ok().filter(|n| *n > 0);
        if positive.is_none() {
            let text = days.value.to_string();
            fields
                .report
                .fault(days.place, Reason::NotPositive { text });
        }
        positive
    });
    Some(Role {
        id: id?.value.as_str().into(),
        name: name?,
        may,
        reach: reach?.value,
        leads,
        hold_days,
    })
}

/// `may = ["accept", …]`, or `["*"]` for everything.
fn commands(fields: &mut Fields<'_, '_>) -> BTreeSet<CommandName> {
    if !fields.has("may") {
        fields.fault(Reason::MissingKey {
            key: "may".to_owned(),
        });
    }
    let words = fields.list::<String>("may");
    no_repeats(fields.report, "may", &words);
    let mut commands = BTreeSet::new();
    for word in words {
        if word.value == "*" {
            commands.extend(CommandName::ALL);
            continue;
        }
        match word.value.parse::<CommandName>() {
            Ok(command) => {
                commands.insert(command);
            }
            Err(unknown) => {
                let reason = Reason::BadValue {
                    key: "may".to_owned(),
                    problem: unknown.to_string(),
                };
                fields.report.fault(word.place, reason);
            }
        }
    }
    commands
}

struct Reader<'a> {
    departments: &'a Catalog<Department>,
    /// What handlers are besides.
    also: Vec<RoleId>,
}

impl Reader<'_> {
    fn handler(&self, id: &str) -> Option<(&Department, &Handler)> {
        let mut all = self.departments.iter();
        all.find_map(|d| d.handler(id).map(|handler| (d, handler)))
    }

    fn person(&self, mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Draft> {
        let id = ids.people.read_id(&mut fields);
        let handler = id.as_ref().and_then(|id| self.handler(&id.value));
        let name = match handler {
            Some((_, handler)) => fields
                .opt_text("name")
                .map_or_else(|| Some(handler.name.clone()), |name| Some(name.value)),
            None => fields.text("name").map(|name| name.value),
        };
        let department = department(&mut fields, handler, ids);
        if handler.is_none() && !fields.has("roles") {
            fields.fault(Reason::MissingKey {
                key: "roles".to_owned(),
            });
        }
        let own = ids.roles.set(&mut fields, "roles");
        let superior = fields.opt_text("superior");
        let email = fields.opt_text("email").map(|email| email.value);
        let place = fields.place;
        let id = id?;
        if id.value == Staff::SYSTEM {
            fields
                .report
                .fault(id.place, StaffFault::SystemIsTaken.into());
            return None;
        }
        let mut roles = handler.map_or_else(Vec::new, |_| self.handler_roles());
        let further = own.into_iter().filter(|role| !roles.contains(role));
        roles.extend(further.collect::<Vec<_>>());
        let person = Person {
            id: id.value.as_str().into(),
            name: name?,
            department,
            roles,
            superior: None,
            email: email.or_else(|| handler.and_then(|(_, handler)| handler.email.clone())),
        };
        Some(Draft {
            person,
            superior,
            place,
        })
    }

    fn handler_roles(&self) -> Vec<RoleId> {
        let mut roles = vec![RoleId::new(Staff::HANDLER)];
        let also = self.also.iter().filter(|role| **role != *Staff::HANDLER);
        roles.extend(also.cloned());
        roles
    }

    /// Adds every handler that no `[[person]]` names, and `system`.
    fn join_handlers(&self, drafts: &mut Vec<Draft>, ids: &mut Ids, root: &Fields<'_, '_>) {
        for department in self.departments {
            for handler in &department.handlers {
                let id = handler.id.as_str();
                let place = ids.handlers.place(id).unwrap_or(root.place);
                if id == Staff::SYSTEM {
                    root.report.fault(place, StaffFault::SystemIsTaken.into());
                }
                if id == Staff::SYSTEM || ids.people.place(id).is_some() {
                    continue;
                }
                ids.people.adopt(id, place);
                let person = Person {
                    id: id.into(),
                    name: handler.name.clone(),
                    department: Some(department.id.clone()),
                    roles: self.handler_roles(),
                    superior: None,
                    email: handler.email.clone(),
                };
                drafts.push(Draft {
                    person,
                    superior: None,
                    place,
                });
            }
        }
        drafts.push(system(root.place));
    }
}

/// A handler's department stands in `departments.toml`, everybody else's here.
fn department(
    fields: &mut Fields<'_, '_>,
    handler: Option<(&Department, &Handler)>,
    ids: &Ids,
) -> Option<DepartmentId> {
    let stated = fields.opt_text("department");
    let Some((department, handler)) = handler else {
        return ids.departments.resolve(fields.report, &stated?);
    };
    if let Some(other) = stated.filter(|s| department.id != *s.value) {
        let fault = StaffFault::OtherDepartment {
            person: handler.id.to_string(),
            department: department.id.to_string(),
        };
        fields.report.fault(other.place, fault.into());
    }
    Some(department.id.clone())
}

fn system(place: Place) -> Draft {
    let person = Person {
        id: Staff::SYSTEM.into(),
        name: Staff::SYSTEM.to_owned(),
        department: None,
        roles: vec![RoleId::new(Staff::SYSTEM)],
        superior: None,
        email: None,
    };
    Draft {
        person,
        superior: None,
        place,
    }
}
