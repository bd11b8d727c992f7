//! Reads the delegations of `staff.toml`, and finds those that leave nobody or two people to act.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::{Reason, StaffFault};
use crate::ids::{PersonId, RoleId};
use crate::model::house::House;
use crate::model::staff::{Delegation, Staff};
use crate::parse::context::Ids;
use crate::parse::declared::no_repeats;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place, Report};

pub(crate) fn read(
    roots: &mut [Fields<'_, '_>],
    ids: &Ids,
    house: Option<&House>,
    staff: &Staff,
) -> Vec<Delegation> {
    let zone = house.map_or(TimeZone::UTC, |h| h.time_zone.clone());
    let mut all: Vec<(Place, Delegation)> = Vec::new();
    for mut fields in roots.iter_mut().flat_map(|root| root.tables("delegation")) {
        if let Some(delegation) = delegation(&mut fields, ids, &zone, staff) {
            check_overlap(&fields, &all, &delegation);
            all.push((fields.place, delegation));
            check_circle(fields.report, &all);
        }
    }
    all.into_iter().map(|(_, delegation)| delegation).collect()
}

fn delegation(
    fields: &mut Fields<'_, '_>,
    ids: &Ids,
    zone: &TimeZone,
    staff: &Staff,
) -> Option<Delegation> {
    let from: Option<PersonId> = ids.people.req(fields, "from");
    let to = fields.text("to");
    let since = instant(fields, "since", zone, false);
    let until = instant(fields, "until", zone, true);
    let stated = fields.list::<String>("roles");
    no_repeats(fields.report, "roles", &stated);
    let to_place = to.as_ref().map(|to| to.place);
    let to: Option<PersonId> = to.and_then(|to| ids.people.resolve(fields.report, &to));
    let (from, to) = (from?, to?);
    if let (true, Some(place)) = (from == to, to_place) {
        let person = from.to_string();
        let fault = StaffFault::DelegatesToSelf { person };
        fields.report.fault(place, fault.into());
        return None;
    }
    let roles = roles(fields.report, &stated, staff, &from, ids);
    let (since, until) = (since?, until?);
    if until.value <= since.value {
        let fault = StaffFault::EndsBeforeItBegins {
            since: since.value.to_string(),
            until: until.value.to_string(),
        };
        fields.report.fault(until.place, fault.into());
        return None;
    }
    Some(Delegation {
        from,
        to,
        since: since.value,
        until: until.value,
        roles,
    })
}

/// The stated roles, each one that the absent person has; all of theirs if none is stated.
fn roles(
    report: &Report<'_>,
    stated: &[At<String>],
    staff: &Staff,
    from: &PersonId,
    ids: &Ids,
) -> Vec<RoleId> {
    let own = staff.person(from).map_or(&[][..], |person| &person.roles);
    if stated.is_empty() {
        return own.to_vec();
    }
    let mut roles = Vec::new();
    for role in stated {
        let Some(id) = ids.roles.resolve::<RoleId>(report, role) else {
            continue;
        };
        if !own.is_empty() && !own.contains(&id) {
            let known = own.iter().map(RoleId::as_str).collect::<Vec<_>>();
            let fault = StaffFault::DelegatesForeignRole {
                person: from.to_string(),
                role: id.to_string(),
                known: known.join(", "),
            };
            report.fault(role.place, fault.into());
        }
        roles.push(id);
    }
    roles
}

/// An instant of RFC 3339, or a date: its beginning in the house's zone, or its end.
fn instant(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    zone: &TimeZone,
    end_of_day: bool,
) -> Option<At<Timestamp>> {
    let found = fields.req::<toml::Value>(key)?;
    let text = match found.value {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    let value = Timestamp::from_str(&text)
        .ok()
        .or_else(|| day(&text, zone, end_of_day));
    let Some(value) = value else {
        let problem = format!(
            "`{text}` is no time; write a date such as 2026-10-01, or 2026-10-01T08:00:00+08:00"
        );
        let reason = Reason::BadValue {
            key: key.to_owned(),
            problem,
        };
        fields.report.fault(found.place, reason);
        return None;
    };
    let place = found.place;
    Some(At { value, place })
}

fn day(text: &str, zone: &TimeZone, end_of_day: bool) -> Option<Timestamp> {
    // `Date` would read the date out of a longer text and leave the rest.
    if text.trim().len() != "2026-10-01".len() {
        return None;
    }
    let date = Date::from_str(text.trim()).ok()?;
    let date = if end_of_day {
        date.tomorrow().ok()?
    } else {
        date
    };
    let midnight = date.to_zoned(zone.clone()).ok()?;
    Some(midnight.timestamp())
}

/// Nobody may have two people who stand in for one role at a time.
fn check_overlap(fields: &Fields<'_, '_>, all: &[(Place, Delegation)], new: &Delegation) {
    let clash = all.iter().find_map(|(place, old)| {
        let same_time = old.since < new.until && new.since < old.until;
        let role = old.roles.iter().find(|role| new.roles.contains(role))?;
        (old.from == new.from && same_time).then_some((place, role))
    });
    if let Some((&first, role)) = clash {
        let fault = StaffFault::OverlappingDelegation {
            from: new.from.to_string(),
            role: role.to_string(),
            first: fields.report.name(first),
        };
        fields.fault(fault.into());
    }
}

/// Whether the last delegation closes a circle: all of its people absent at one time.
fn check_circle(report: &Report<'_>, all: &[(Place, Delegation)]) {
    let Some((place, last)) = all.last() else {
        return;
    };
    for role in &last.roles {
        let mut path = vec![last];
        if closes(all, role, &mut path, last.since, last.until) {
            let people = path.iter().map(|d| d.from.as_str());
            let circle: Vec<_> = people.chain([last.from.as_str()]).collect();
            let fault = StaffFault::DelegationCircle {
                role: role.to_string(),
                circle: circle.join(" → "),
            };
            report.fault(*place, fault.into());
            return;
        }
    }
}

/// Follows the delegations of a role from the end of the path, within the time that all of the
/// path have in common. Each person stands in a path once, so it ends.
fn closes<'a>(
    all: &'a [(Place, Delegation)],
    role: &RoleId,
    path: &mut Vec<&'a Delegation>,
    since: Timestamp,
    until: Timestamp,
) -> bool {
    let (Some(&first), Some(&end)) = (path.first(), path.last()) else {
        return false;
    };
    if end.to == first.from {
        return true;
    }
    if path.iter().any(|d| d.from == end.to) {
        return false;
    }
    for (_, next) in all {
        let (since, until) = (since.max(next.since), until.min(next.until));
        if next.from == end.to && next.roles.contains(role) && since < until {
            path.push(next);
            if closes(all, role, path, since, until) {
                return true;
            }
            path.pop();
        }
    }
    false
}
