//! Who gives a command, and as what.

use jiff::Timestamp;
use redress_case::Actor;
use redress_policy::Policy;
use redress_wire::router as wire;

use crate::wire::Fault;

/// Who acts. Who says no role acts as what they are, if that is one thing only.
pub(crate) fn actor(
    said: Option<&wire::Actor>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Actor, Fault> {
    let (person, role) = said.map_or(("", ""), |said| (said.id.trim(), said.role.trim()));
    if person.is_empty() {
        return Err(Fault::missing("actor"));
    }
    if !role.is_empty() {
        return Ok(Actor::new(person, role));
    }
    match roles_of(person, policy, now)[..] {
        [only] => Ok(Actor::new(person, only)),
        [] => Err(Fault::no_such_person(person)),
        ref several => Err(Fault::several_roles(person, several)),
    }
}

/// The roles that somebody has, and those of absent people whom they stand in for.
fn roles_of<'p>(person: &str, policy: &'p Policy, now: Timestamp) -> Vec<&'p str> {
    let staff = policy.staff();
    let own = |role: &str| staff.person(person).is_some_and(|p| p.holds(role));
    let lent = |role: &str| {
        let absent = |from| staff.person(from).is_some_and(|p| p.holds(role));
        let mut delegations = staff.delegated_to(person, now);
        delegations.any(|d| d.covers(role) && absent(&d.from))
    };
    let roles = staff.roles().iter().map(|role| role.id.as_str());
    roles.filter(|role| own(role) || lent(role)).collect()
}
