//! Rules with their keywords as numbers, so that a rule is checked without touching text.

use std::collections::BTreeMap;

use redress_policy::{Decision, Policy, Rule};

use crate::assessment::{Axis, Facts};
use crate::keywords::{Collector, Found, KeywordNo, Keywords};

/// A rule ready to be checked.
pub(crate) struct CompiledRule {
    pub(crate) rule: Rule,
    any: Vec<KeywordNo>,
    all: Vec<KeywordNo>,
    none: Vec<KeywordNo>,
    product: Vec<String>,
}

/// The rules of one policy: those for the category, and each other axis, in order.
pub(crate) struct Compiled {
    pub(crate) keywords: Keywords,
    pub(crate) rules: BTreeMap<Axis, Vec<CompiledRule>>,
}

impl Compiled {
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut collector = Collector::default();
        let mut rules: BTreeMap<Axis, Vec<CompiledRule>> = BTreeMap::new();
        for rule in policy.rules() {
            let compiled = CompiledRule::new(rule, &mut collector);
            rules.entry(axis(&rule.decides)).or_default().push(compiled);
        }
        Self {
            keywords: collector.build(),
            rules,
        }
    }

    /// The rules that decide on an axis, in order.
    pub(crate) fn on(&self, axis: Axis) -> &[CompiledRule] {
        self.rules.get(&axis).map_or(&[], Vec::as_slice)
    }
}

fn axis(decides: &Decision) -> Axis {
    match decides {
        Decision::Category(_) => Axis::Category,
        Decision::Urgency(_) => Axis::Urgency,
        Decision::Severity(_) => Axis::Severity,
        Decision::WideImpact(_) => Axis::WideImpact,
    }
}

impl CompiledRule {
    fn new(rule: &Rule, collector: &mut Collector) -> Self {
        let when = &rule.when;
        let mut numbers = |words: &[String]| {
            words
                .iter()
                .map(|w| collector.number(w))
                .collect::<Vec<_>>()
        };
        Self {
            rule: rule.clone(),
            any: numbers(&when.any),
            all: numbers(&when.all),
            none: numbers(&when.none),
            product: when.product.iter().map(|p| p.to_lowercase()).collect(),
        }
    }

    /// The keywords that were found, if the rule applies; `category` is what was decided so far.
    pub(crate) fn applies(
        &self,
        facts: &Facts<'_>,
        found: &Found,
        product: &str,
        category: Option<&str>,
    ) -> Option<Vec<KeywordNo>> {
        let keywords = self.keywords_found(found)?;
        let when = &self.rule.when;
        let fits = one_of(&when.channel, |c| *c == facts.channel)
            && one_of(&when.kind, |k| *k == facts.kind)
            && one_of(&when.wish, |w| Some(*w) == facts.wish)
            && one_of(&self.product, |p| product.contains(p.as_str()))
            && one_of(&when.category, |c| category == Some(c.as_str()))
            && when
                .quantity_at_least
                .is_none_or(|least| facts.quantity >= Some(least));
        fits.then_some(keywords)
    }

    /// The keywords found, unless they rule the rule out. Nothing is allocated for the many rules
    /// of which nothing is found.
    fn keywords_found(&self, found: &Found) -> Option<Vec<KeywordNo>> {
        let has = |number: &KeywordNo| found.has(*number);
        let first = self.any.iter().position(has);
        let missed = (first.is_none() && !self.any.is_empty())
            || self.none.iter().any(has)
            || !self.all.iter().all(has);
        if missed {
            return None;
        }
        let any = self.any[first.unwrap_or(0)..].iter().filter(|n| has(n));
        Some(self.all.iter().chain(any).copied().collect())
    }
}

fn one_of<T>(stated: &[T], fits: impl Fn(&T) -> bool) -> bool {
    stated.is_empty() || stated.iter().any(fits)
}
