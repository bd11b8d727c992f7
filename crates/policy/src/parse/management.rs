//! Who is above whom: heads of departments, superiors, and that nobody is above themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::error::StaffFault;
use crate::ids::{DepartmentId, PersonId};
use crate::model::department::Department;
use crate::model::staff::{Person, Reach, Role};
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::report::{Place, Report};
use crate::parse::staff::Draft;

type Heads = BTreeMap<DepartmentId, PersonId>;
type Links = BTreeMap<PersonId, Link>;

/// Where it is written who is above a person.
struct Link {
    /// Nowhere: the head of the department is.
    implied: bool,
    place: Place,
}

/// Puts everybody under their superior: the stated one, or else the head of their department.
pub(crate) fn order(
    drafts: Vec<Draft>,
    roles: &Catalog<Role>,
    ids: &Ids,
    report: &Report<'_>,
) -> (Catalog<Person>, Heads) {
    for draft in &drafts {
        check_department(report, draft, roles);
    }
    let heads = heads(&drafts, roles);
    let mut links = BTreeMap::new();
    let mut people = Vec::with_capacity(drafts.len());
    for Draft {
        mut person,
        superior,
        place,
    } in drafts
    {
        let stated = superior.as_ref();
        let link = Link {
            implied: stated.is_none(),
            place: stated.map_or(place, |s| s.place),
        };
        links.insert(person.id.clone(), link);
        person.superior = match stated {
            Some(superior) => ids.people.resolve(report, superior),
            None => person
                .department
                .as_ref()
                .and_then(|department| heads.get(department))
                .filter(|head| **head != person.id)
                .cloned(),
        };
        people.push(person);
    }
    let people: Catalog<Person> = people.into_iter().collect();
    check_circles(report, &people, &links);
    (people, heads)
}

/// Every department has a head: somebody to whom its handlers can transfer up.
pub(crate) fn check_heads(root: &Fields<'_, '_>, departments: &Catalog<Department>, heads: &Heads) {
    for department in departments.iter().filter(|d| !heads.contains_key(&d.id)) {
        let department = department.id.to_string();
        root.fault(StaffFault::NoHead { department }.into());
    }
}

/// A role for the own department is of no use to somebody who has none.
fn check_department(report: &Report<'_>, draft: &Draft, roles: &Catalog<Role>) {
    let person = &draft.person;
    if person.department.is_some() {
        return;
    }
    let held = person.roles.iter().filter_map(|id| roles.get(id));
    for role in held.filter(|r| r.leads || r.reach == Reach::OwnDepartment) {
        let fault = StaffFault::NoDepartment {
            person: person.id.to_string(),
            role: role.id.to_string(),
        };
        report.fault(draft.place, fault.into());
    }
}

/// The first person of each department with a leading role.
fn heads(drafts: &[Draft], roles: &Catalog<Role>) -> Heads {
    let mut heads = Heads::new();
    for Draft { person, .. } in drafts {
        let mut held = person.roles.iter().filter_map(|id| roles.get(id));
        if let (Some(department), true) = (&person.department, held.any(|r| r.leads)) {
            heads
                .entry(department.clone())
                .or_insert_with(|| person.id.clone());
        }
    }
    heads
}

/// Every circle once, at the first of its people whose superior is stated.
fn check_circles(report: &Report<'_>, people: &Catalog<Person>, links: &Links) {
    let mut done: BTreeSet<&PersonId> = BTreeSet::new();
    for start in people {
        let mut path: Vec<&PersonId> = Vec::new();
        let mut next = Some(&start.id);
        while let Some(id) = next.filter(|id| !done.contains(id)) {
            if let Some(at) = path.iter().position(|seen| *seen == id) {
                report_circle(report, &path[at..], links);
                break;
            }
            path.push(id);
            next = people.get(id).and_then(|p| p.superior.as_ref());
        }
        done.extend(path);
    }
}

fn report_circle(report: &Report<'_>, circle: &[&PersonId], links: &Links) {
    let by_place = |id: &&&PersonId| {
        let link = links.get(**id);
        link.map(|l| (l.implied, l.place.file, l.place.offset))
    };
    let Some(first) = circle.iter().min_by_key(by_place) else {
        return;
    };
    let at = circle.iter().position(|id| id == first).unwrap_or_default();
    let round = circle[at..].iter().chain(&circle[..=at]);
    let circle = round.map(|id| id.as_str()).collect::<Vec<_>>().join(" → ");
    let fault = StaffFault::SuperiorCircle {
        person: first.to_string(),
        circle,
    };
    if let Some(link) = links.get(*first) {
        report.fault(link.place, fault.into());
    }
}
