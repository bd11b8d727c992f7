//! A policy, ready to be applied.

use std::sync::Arc;

use redress_policy::{CategoryId, DepartmentId, HandlerId, Policy, SeverityId, UrgencyId};
use redress_triage::{Facts, Triage};

use crate::happening::RecordedRouting;

/// One of the two policies, with its rules compiled.
#[derive(Clone)]
pub struct Side {
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
            triage: Triage::new(policy),
        }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        self.triage.policy()
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
