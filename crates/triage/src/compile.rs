//! Rules with their keywords as numbers, so that a rule is checked without touching text.

use redress_policy::{Conditions, Policy, Rule};

use crate::assessment::Facts;
use crate::keywords::{Collector, Found, KeywordNo, Keywords};

/// A rule ready to be checked.
pub(crate) struct CompiledRule {
    any: Vec<KeywordNo>,
    all: Vec<KeywordNo>,
    none: Vec<KeywordNo>,
    product: Vec<String>,
}

/// The rules of one policy, in order.
pub(crate) struct Compiled {
    pub(crate) keywords: Keywords,
    pub(crate) rules: Vec<CompiledRule>,
}

impl Compiled {
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut collector = Collector::default();
        let rules = policy.rules().iter();
        let rules = rules
            .map(|rule| CompiledRule::new(&rule.when, &mut collector))
            .collect();
        Self {
            keywords: collector.build(),
            rules,
        }
    }
}

impl CompiledRule {
    fn new(when: &Conditions, collector: &mut Collector) -> Self {
        let mut numbers = |words: &[String]| {
            words
                .iter()
                .map(|w| collector.number(w))
                .collect::<Vec<_>>()
        };
        Self {
            any: numbers(&when.any),
            all: numbers(&when.all),
            none: numbers(&when.none),
            product: when.product.iter().map(|p| p.to_lowercase()).collect(),
        }
    }

    /// The keywords that were found, if the rule applies; `category` is what was decided so far.
    pub(crate) fn applies(
        &self,
        rule: &Rule,
        facts: &Facts<'_>,
        found: &Found,
        product: &str,
        category: Option<&str>,
    ) -> Option<Vec<KeywordNo>> {
        let keywords = self.keywords_found(found)?;
        let when = &rule.when;
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

    fn keywords_found(&self, found: &Found) -> Option<Vec<KeywordNo>> {
        let any: Vec<_> = self.any.iter().copied().filter(|n| found.has(*n)).collect();
        let missed = (any.is_empty() && !self.any.is_empty())
            || self.none.iter().any(|n| found.has(*n))
            || !self.all.iter().all(|n| found.has(*n));
        (!missed).then(|| self.all.iter().copied().chain(any).collect())
    }
}

fn one_of<T>(stated: &[T], fits: impl Fn(&T) -> bool) -> bool {
    stated.is_empty() || stated.iter().any(fits)
}
