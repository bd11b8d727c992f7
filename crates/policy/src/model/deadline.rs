//! `deadlines.toml`: clocks with start, stop, targets, warnings, pauses and escalation ladders.

use jiff::SignedDuration;
use redress_calendar::{Counting, Span};

use crate::catalog::entry;
use crate::ids::{
    CalendarId, CategoryId, ChannelId, ClockId, PauseId, SeverityId, TierId, UrgencyId,
};
use crate::model::ladder::EscalationStep;
use crate::model::milestone::Moment;
use crate::model::words::{Kind, Names, Share};

/// A clock (时限): from its start to the first of its stops within the first target that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Told in warnings and figures.
    pub id: ClockId,
    /// Its names.
    pub name: Names,
    /// What starts it when it does not run; never empty.
    pub start: Vec<Moment>,
    /// In order; the first whose scope fits counts. Without one the clock does not run.
    pub targets: Vec<Target>,
    /// Reasons for which it may pause.
    pub pauses: Vec<PauseId>,
    /// Who is told before and after the end (催办, 督办, 通报), in the order of time.
    pub ladder: Vec<EscalationStep>,
}

/// How long a clock may run for the cases in its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which cases.
    pub scope: Scope,
    /// What meets it.
    pub met_by: Vec<Moment>,
    /// What ends the clock without meeting or missing it (withdrawn, rejected). The end of the case
    /// does so without being named here.
    pub cancelled_by: Vec<Moment>,
    /// What makes the clock begin anew while it runs.
    pub reset_by: Vec<Moment>,
    /// How long.
    pub allowance: Allowance,
    /// When to warn, before it expires.
    pub warnings: Vec<WarnAt>,
}

/// Which cases; an empty list states nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// One of these urgencies.
    pub urgency: Vec<UrgencyId>,
    /// One of these severities.
    pub severity: Vec<SeverityId>,
    /// One of these channels.
    pub channel: Vec<ChannelId>,
    /// One of these categories.
    pub category: Vec<CategoryId>,
    /// Customers of one of these tiers.
    pub tier: Vec<TierId>,
    /// One of these kinds.
    pub kind: Vec<Kind>,
}

/// How long, counted in what, by which calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Amount and unit, such as 3 working days; never zero.
    pub span: Span,
    /// Where the counting of days begins.
    pub counting: Counting,
    /// Whose hours and zone; without meaning for wall time.
    pub calendar: CalendarId,
}

/// When a clock warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarnAt {
    /// When this share of the allowance is used up.
    Share(Share),
    /// This long before it expires (wall time).
    Before(SignedDuration),
}

/// A reason for which clocks may pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PauseReason {
    /// Told in the command.
    pub id: PauseId,
    /// Its names.
    pub name: Names,
    /// Whether evidence must be attached.
    pub needs_evidence: bool,
    /// The longest pause; beyond it an approval is needed.
    pub longest: Option<SignedDuration>,
}

/// The facts of a case that a target's scope looks at.
#[derive(Clone, Copy, Debug)]
pub struct CaseFacts<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The kind.
    pub kind: Kind,
    /// The urgency.
    pub urgency: &'a str,
    /// The severity.
    pub severity: &'a str,
    /// The category.
    pub category: &'a str,
    /// The customer's tier; empty if none is known.
    pub tier: &'a str,
}

impl Scope {
    /// Whether a case is meant.
    pub fn covers(&self, case: &CaseFacts<'_>) -> bool {
        fn fits<T: AsRef<str>>(stated: &[T], actual: &str) -> bool {
            stated.is_empty() || stated.iter().any(|s| s.as_ref() == actual)
        }
        fits(&self.urgency, case.urgency)
            && fits(&self.severity, case.severity)
            && fits(&self.channel, case.channel)
            && fits(&self.category, case.category)
            && fits(&self.tier, case.tier)
            && (self.kind.is_empty() || self.kind.contains(&case.kind))
    }

    /// The cases that both mean; `None` if they have none in common.
    pub fn within(&self, other: &Self) -> Option<Self> {
        fn both<T: PartialEq + Clone>(one: &[T], other: &[T]) -> Option<Vec<T>> {
            match (one.is_empty(), other.is_empty()) {
                (true, _) => Some(other.to_vec()),
                (_, true) => Some(one.to_vec()),
                (false, false) => {
                    let common = one.iter().filter(|t| other.contains(t)).cloned();
                    let common: Vec<T> = common.collect();
                    (!common.is_empty()).then_some(common)
                }
            }
        }
        Some(Self {
            urgency: both(&self.urgency, &other.urgency)?,
            severity: both(&self.severity, &other.severity)?,
            channel: both(&self.channel, &other.channel)?,
            category: both(&self.category, &other.category)?,
            tier: both(&self.tier, &other.tier)?,
            kind: both(&self.kind, &other.kind)?,
        })
    }

    /// Whether every case that the other means is meant here too.
    pub fn includes(&self, other: &Self) -> bool {
        fn wider<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
            wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|n| wide.contains(n)))
        }
        wider(&self.urgency, &other.urgency)
            && wider(&self.severity, &other.severity)
            && wider(&self.channel, &other.channel)
            && wider(&self.category, &other.category)
            && wider(&self.tier, &other.tier)
            && wider(&self.kind, &other.kind)
    }
}

impl Clock {
    /// The target for a case, if this clock runs for it.
    pub fn target(&self, case: &CaseFacts<'_>) -> Option<&Target> {
        self.targets.iter().find(|t| t.scope.covers(case))
    }
}

entry!(Clock, PauseReason);
