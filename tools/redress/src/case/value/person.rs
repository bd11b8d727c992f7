//! Who acts: `wang`, or `wang:department_head`.

use std::str::FromStr;

use redress_wire::router::Actor;
use serde::Serialize;

/// A person of the policy, and as what they act; without a role, as whatever they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    id: String,
    role: String,
}

impl Person {
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            id: self.id.clone(),
            role: self.role.clone(),
        }
    }
}

impl std::fmt::Display for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.role.as_str() {
            "" => f.write_str(&self.id),
            role => write!(f, "{} ({role})", self.id),
        }
    }
}

impl FromStr for Person {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, role) = text.split_once(':').unwrap_or((text, ""));
        let (id, role) = (id.trim(), role.trim());
        if id.is_empty() {
            return Err("names nobody; write PERSON or PERSON:ROLE, such as wang:handler".into());
        }
        Ok(Self {
            id: id.to_owned(),
            role: role.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_be_named_with_a_role() {
        let actor = "wang:handler".parse::<Person>().expect("a person").actor();
        assert_eq!(
            (actor.id.as_str(), actor.role.as_str()),
            ("wang", "handler")
        );
        let actor = "wang".parse::<Person>().expect("a person").actor();
        assert_eq!((actor.id.as_str(), actor.role.as_str()), ("wang", ""));
        assert!(":handler".parse::<Person>().is_err());
    }
}
