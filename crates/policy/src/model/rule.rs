//! `triage.toml`: ordered rules for category, urgency, severity and wide impact.

use crate::catalog::entry;
use crate::ids::{CategoryId, ChannelId, RuleId, SeverityId, UrgencyId};
use crate::model::words::{Kind, Names, Wish};

/// What a complaint gets when no rule says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The category of last resort.
    pub category: CategoryId,
    /// The usual urgency.
    pub urgency: UrgencyId,
    /// The usual severity.
    pub severity: SeverityId,
}

/// A triage rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Told with the decision.
    pub id: RuleId,
    /// What it decides.
    pub decides: Decision,
    /// When it applies.
    pub when: Conditions,
    /// Category rules: what each keyword found (or the rule itself, without keywords) counts.
    pub weight: u32,
    /// Why, in words.
    pub reason: Names,
}

/// What a rule decides: exactly one value on one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The highest sum of weights wins; of equals the one that comes first.
    Category(CategoryId),
    /// The first rule that applies wins.
    Urgency(UrgencyId),
    /// The first rule that applies wins.
    Severity(SeverityId),
    /// The first rule that applies wins; without one the impact is not wide.
    WideImpact(bool),
}

/// All that is stated must hold; an empty list states nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// At least one of these keywords.
    pub any: Vec<String>,
    /// Each of these keywords.
    pub all: Vec<String>,
    /// None of these keywords.
    pub none: Vec<String>,
    /// One of these channels.
    pub channel: Vec<ChannelId>,
    /// One of these kinds.
    pub kind: Vec<Kind>,
    /// One of these wishes.
    pub wish: Vec<Wish>,
    /// The product contains one of these, whatever the case.
    pub product: Vec<String>,
    /// One of these categories (not for category rules: it is decided first).
    pub category: Vec<CategoryId>,
    /// At least this many pieces.
    pub quantity_at_least: Option<u64>,
}

impl Conditions {
    /// Whether nothing is stated at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

entry!(Rule);
