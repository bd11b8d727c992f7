//! A policy, ready to be applied.

use std::sync::Arc;

use redress_policy::{CategoryId, DepartmentId, HandlerId, Policy, SeverityId, UrgencyId};
use redress_triage::{Facts, Triage};

use crate::happening::RecordedRouting;
use crate::pair::Pair;

/// One of the two policies, with its rules compiled.
#[derive(Clone)]
pub struct Side {
    policy: Arc<Policy>,
    /// That of another side where both send every complaint to the same place.
    triage: Triage,
}

/// Where a case goes, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// What it is about.
    pub category: CategoryId,
    /// How urgent.
    pub urgency: UrgencyId,
    /// How severe.
    pub severity: SeverityId,
    /// Whether it concerns many.
    pub wide_impact: bool,
    /// The lead department.
    pub department: DepartmentId,
    /// Who gets it.
    pub handler: HandlerId,
}

impl Side {
    /// Compiles the rules; takes some milliseconds.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            triage: Triage::new(Arc::clone(&policy)),
            policy,
        }
    }

    /// The same beside another side. Most candidates change deadlines and not the routing: then a
    /// text is looked through once for both.
    pub fn beside(other: &Self, policy: Arc<Policy>) -> Self {
        if !routes_alike(&other.policy, &policy) {
            return Self::new(policy);
        }
        let triage = other.triage.clone();
        Self { policy, triage }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Where both send a complaint.
    pub(crate) fn route_both(sides: &Pair<Self>, facts: &Facts<'_>) -> Pair<Routing> {
        let today = sides.today.route(facts);
        let (one, other) = (&sides.today.triage, &sides.candidate.triage);
        let candidate = if Arc::ptr_eq(one.policy(), other.policy()) {
            today.clone()
        } else {
            sides.candidate.route(facts)
        };
        Pair { today, candidate }
    }

    /// Where it sends a complaint.
    pub fn route(&self, facts: &Facts<'_>) -> Routing {
        let assessed = self.triage.assess(facts);
        Routing {
            category: assessed.category,
            urgency: assessed.urgency,
            severity: assessed.severity,
            wide_impact: assessed.wide_impact,
            department: assessed.department,
            handler: assessed.handler,
        }
    }
}

/// Whether everything that triage looks at is the same.
fn routes_alike(one: &Policy, other: &Policy) -> bool {
    let (house, others) = (one.house(), other.house());
    one.defaults() == other.defaults()
        && one.rules().iter().eq(other.rules().iter())
        && one.categories().iter().eq(other.categories().iter())
        && one.departments().iter().eq(other.departments().iter())
        && house.urgencies.iter().eq(others.urgencies.iter())
        && house.severities.iter().eq(others.severities.iter())
}

impl Routing {
    /// Whether it is the same as what was recorded.
    pub(crate) fn is(&self, recorded: &RecordedRouting<'_>) -> bool {
        self.category == *recorded.category
            && self.urgency == *recorded.urgency
            && self.severity == *recorded.severity
            && self.wide_impact == recorded.wide_impact
            && self.department == *recorded.department
            && self.handler == *recorded.handler
    }
}

impl From<&RecordedRouting<'_>> for Routing {
    fn from(recorded: &RecordedRouting<'_>) -> Self {
        Self {
            category: CategoryId::new(recorded.category),
            urgency: UrgencyId::new(recorded.urgency),
            severity: SeverityId::new(recorded.severity),
            wide_impact: recorded.wide_impact,
            department: DepartmentId::new(recorded.department),
            handler: HandlerId::new(recorded.handler),
        }
    }
}
