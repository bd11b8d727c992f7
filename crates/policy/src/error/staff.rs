//! What can be wrong with roles, people and delegations.

/// A fault of `staff.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffFault {
    /// A role that the platform itself refers to.
    #[error("there is no role `{role}`; {why}; add `[[role]]` with this id")]
    NoRole {
        /// Which.
        role: &'static str,
        /// Who acts in it.
        why: &'static str,
    },
    /// Rules and timers act under this id.
    #[error("`system` is kept for what rules and timers do; choose another id")]
    SystemIsTaken,
    /// A handler's department stands in `departments.toml`.
    #[error(
        "handler `{person}` belongs to department `{department}`; remove `department`, or move \
         the handler in departments.toml"
    )]
    OtherDepartment {
        /// Who.
        person: String,
        /// Where `departments.toml` has them.
        department: String,
    },
    /// The role would reach nothing.
    #[error(
        "role `{role}` is about the own department, but `{person}` has none; add `department`, or \
         give another role"
    )]
    NoDepartment {
        /// Who.
        person: String,
        /// Which role.
        role: String,
    },
    /// Nobody is above the handlers of a department.
    #[error(
        "department `{department}` has no head; give somebody in it a role with `leads = true`"
    )]
    NoHead {
        /// Which.
        department: String,
    },
    /// People are above each other in a circle.
    #[error("`{person}` is above themselves: {circle}; correct one `superior`")]
    SuperiorCircle {
        /// Who.
        person: String,
        /// From the person up to the person again.
        circle: String,
    },
    /// A delegation is over before it begins.
    #[error("the delegation ends at {until}, not after it begins at {since}; correct one of them")]
    EndsBeforeItBegins {
        /// When it would begin.
        since: String,
        /// When it would end.
        until: String,
    },
    /// Nobody can stand in for themselves.
    #[error("`{person}` delegates to themselves; name somebody else in `to`")]
    DelegatesToSelf {
        /// Who.
        person: String,
    },
    /// Nobody can give what they do not have.
    #[error("`{person}` does not have role `{role}`; delegate one of: {known}")]
    DelegatesForeignRole {
        /// Who.
        person: String,
        /// Which role.
        role: String,
        /// The person's own roles.
        known: String,
    },
    /// Two people would stand in for one in the same role.
    #[error(
        "`{from}` has delegated role `{role}` for a part of this time at {first} already; end one \
         before the other begins"
    )]
    OverlappingDelegation {
        /// Who is absent.
        from: String,
        /// In which role.
        role: String,
        /// `file:line` of the first.
        first: String,
    },
    /// Everybody in the circle would be absent, and nobody would act.
    #[error("delegations of role `{role}` run in a circle: {circle}; name somebody who is there")]
    DelegationCircle {
        /// In which role.
        role: String,
        /// From the first person to the first person again.
        circle: String,
    },
}
