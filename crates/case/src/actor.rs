//! Who acts on a case, and as what.

use redress_policy::{PersonId, RoleId};

/// The id and the role of what rules and timers do.
pub const SYSTEM: &str = "system";

/// Somebody who acts, in one of their roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// A person of the policy.
    pub id: PersonId,
    /// In which role.
    pub role: RoleId,
}

impl Actor {
    /// A person in a role.
    pub fn new(id: &str, role: &str) -> Self {
        Self {
            id: id.into(),
            role: role.into(),
        }
    }

    /// Rules and timers.
    pub fn system() -> Self {
        Self::new(SYSTEM, SYSTEM)
    }

    /// Whether rules or timers act.
    pub fn is_system(&self) -> bool {
        self.id == *SYSTEM
    }
}
