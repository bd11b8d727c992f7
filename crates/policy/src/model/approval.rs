//! `approvals.toml`: who approves what, by kind and amount of redress and by severity (处理权限).

use jiff::SignedDuration;

use crate::catalog::{Catalog, entry};
use crate::ids::{
    ApprovalRuleId, DepartmentId, LevelId, PlanStepId, RedressId, RoleId, SeverityId,
};
use crate::model::currency::Currency;
use crate::model::words::{Names, words};

/// Which plans need whose approval.
#[derive(Clone, Debug)]
pub struct Approvals {
    /// What all amounts are in.
    pub currency: Currency,
    /// The levels.
    pub levels: Catalog<Level>,
    /// In order; of those that fit a kind of redress, the first counts.
    pub rules: Catalog<ApprovalRule>,
}

words! {
    /// Whose people may act at a level.
    LevelScope {
        /// Those of the department that leads the case.
        Department = "department",
        /// Everybody who has the role.
        House = "house",
    }
}

/// A level of approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Told in events.
    pub id: LevelId,
    /// Its names.
    pub name: Names,
    /// The role that may approve at it.
    pub role: RoleId,
    /// Whose people may.
    pub scope: LevelScope,
    /// Wall time within which somebody must answer; `None`: it waits.
    pub answer_within: Option<SignedDuration>,
    /// The level that is asked instead when nobody answers in time.
    pub escalates_to: Option<LevelId>,
}

/// Which plans need which levels. What is stated must fit; an empty list states nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRule {
    /// Told in reasons.
    pub id: ApprovalRuleId,
    /// One of these kinds of redress. Without any, every kind, and plans without redress.
    pub kinds: Vec<RedressId>,
    /// One of these severities.
    pub severities: Vec<SeverityId>,
    /// One of these departments leads the case.
    pub departments: Vec<DepartmentId>,
    /// More than this many smallest units, over all redress of the plan that is of its kinds.
    pub above: Option<u64>,
    /// At most this many.
    pub up_to: Option<u64>,
    /// The levels, asked one after the other; empty: within the proposer's own authority.
    pub levels: Vec<LevelId>,
    /// Steps that the plan must have, in this order.
    pub steps: Vec<PlanStepId>,
}

/// What a plan gives, as far as approvals go.
#[derive(Clone, Copy, Debug)]
pub struct PlanFacts<'a> {
    /// The severity of the case.
    pub severity: &'a str,
    /// The department that leads it.
    pub department: &'a str,
    /// All redress of the plan.
    pub redress: &'a [PlannedRedress<'a>],
}

/// One redress of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedRedress<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// In smallest units of [`Approvals::currency`]; 0 for kinds without a price.
    pub minor_units: u64,
}

/// What a plan needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed<'a> {
    /// The rules that say so, in the order of the file.
    pub rules: Vec<&'a ApprovalRule>,
    /// The levels, asked one after the other; empty: within the proposer's own authority.
    pub levels: Vec<&'a Level>,
    /// Steps that the plan must have, in this order.
    pub steps: Vec<&'a PlanStepId>,
}

impl Approvals {
    /// What a plan needs. Each kind of redress in it is looked up by itself, and a plan without
    /// redress once; all that the rules found demand is needed, each level and step once.
    pub fn needed(&self, plan: &PlanFacts<'_>) -> Needed<'_> {
        let kinds = plan.redress.iter().map(|redress| Some(redress.kind));
        let none = plan.redress.is_empty().then_some(None);
        let mut found: Vec<usize> = kinds
            .chain(none)
            .filter_map(|kind| self.rules.iter().position(|rule| rule.fits(plan, kind)))
            .collect();
        found.sort_unstable();
        found.dedup();
        let mut needed = Needed::default();
        for rule in found.into_iter().filter_map(|at| self.rules.iter().nth(at)) {
            let levels = rule.levels.iter().filter_map(|id| self.levels.get(id));
            add_new(&mut needed.levels, levels);
            add_new(&mut needed.steps, rule.steps.iter());
            needed.rules.push(rule);
        }
        needed
    }

    /// The levels that a plan needs, in the order they are asked.
    pub fn levels_for(&self, plan: &PlanFacts<'_>) -> Vec<&Level> {
        self.needed(plan).levels
    }

    /// The level that is asked instead when nobody answers at this one.
    pub fn escalation(&self, level: &Level) -> Option<&Level> {
        self.levels.get(level.escalates_to.as_ref()?)
    }
}

fn add_new<'a, T: PartialEq>(to: &mut Vec<&'a T>, more: impl Iterator<Item = &'a T>) {
    for one in more {
        if !to.contains(&one) {
            to.push(one);
        }
    }
}

impl Needed<'_> {
    /// The demanded steps that a plan lacks, or has in another order.
    pub fn missing_steps<'p>(&self, plan: impl IntoIterator<Item = &'p str>) -> Vec<&PlanStepId> {
        let plan: Vec<&str> = plan.into_iter().collect();
        let mut rest = plan.as_slice();
        let mut missing = Vec::new();
        for step in &self.steps {
            match rest.iter().position(|p| *p == step.as_str()) {
                Some(at) => rest = &rest[at + 1..],
                None => missing.push(*step),
            }
        }
        missing
    }
}

impl ApprovalRule {
    /// Whether it is about that kind of redress; `None` is a plan without redress.
    pub fn is_about(&self, kind: Option<&str>) -> bool {
        self.kinds.is_empty() || kind.is_some_and(|k| self.kinds.iter().any(|own| *own == *k))
    }

    fn fits(&self, plan: &PlanFacts<'_>, kind: Option<&str>) -> bool {
        let amount = plan
            .redress
            .iter()
            .filter(|redress| self.is_about(Some(redress.kind)))
            .fold(0_u64, |sum, redress| {
                sum.saturating_add(redress.minor_units)
            });
        let stated = |ids: &[&str], actual| ids.is_empty() || ids.contains(&actual);
        self.is_about(kind)
            && stated(&texts(&self.severities), plan.severity)
            && stated(&texts(&self.departments), plan.department)
            && self.above.is_none_or(|above| amount > above)
            && self.up_to.is_none_or(|up_to| amount <= up_to)
    }
}

fn texts<T: AsRef<str>>(ids: &[T]) -> Vec<&str> {
    ids.iter().map(AsRef::as_ref).collect()
}

entry!(Level, ApprovalRule);
