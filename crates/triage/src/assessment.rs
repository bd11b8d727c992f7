//! What goes in and what comes out.

use std::sync::Arc;

use redress_policy::{
    CategoryId, DepartmentId, HandlerId, Kind, Names, RuleId, SeverityId, UrgencyId, Wish,
};

/// What triage looks at. Absent values are empty or `None`.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Decides the handler, evenly and always the same.
    pub complaint_id: &'a str,
    /// The channel's id.
    pub channel: &'a str,
    /// The kind.
    pub kind: Kind,
    /// What the customer wishes.
    pub wish: Option<Wish>,
    /// Product or service.
    pub product: &'a str,
    /// How many pieces.
    pub quantity: Option<u64>,
    /// The customer's own words.
    pub text: &'a str,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self {
            complaint_id: "",
            channel: "",
            kind: Kind::Complaint,
            wish: None,
            product: "",
            quantity: None,
            text: "",
        }
    }
}

/// What triage decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
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
    /// Order of work: 0 first. Urgent with wide impact comes before all else.
    pub rank: u8,
    /// Why, in the order category, urgency, severity, wide impact; at least one for each of the
    /// first three.
    pub reasons: Vec<Reason>,
}

/// Why something was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was decided.
    pub axis: Axis,
    /// The rule that applied; `None` for the default.
    pub rule: Option<RuleId>,
    /// The rule's keywords that were found.
    pub keywords: Vec<Arc<str>>,
    /// In words.
    pub text: Names,
}

/// What a rule decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// What it is about.
    Category,
    /// How urgent.
    Urgency,
    /// How severe.
    Severity,
    /// Whether it concerns many.
    WideImpact,
}

impl Axis {
    /// The name in events and figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Urgency => "urgency",
            Self::Severity => "severity",
            Self::WideImpact => "wide_impact",
        }
    }
}
