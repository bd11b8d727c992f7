//! Finds rules of approval that can never fire, because earlier ones take all of their plans.
//!
//! Rules look at sums of amounts over their own kinds. Two sums are compared only where one must
//! be at least as large as the other: the priced kinds of one rule are all among those of the other.

use std::collections::BTreeSet;

use crate::error::ApprovalFault;
use crate::model::approval::ApprovalRule;
use crate::parse::approvals::Around;
use crate::parse::fields::Fields;
use crate::parse::report::Place;

/// One sort of plan: a severity, a department and a kind of redress; `None` is without redress.
#[derive(Clone, Copy)]
struct Sort<'a> {
    severity: &'a str,
    department: &'a str,
    kind: Option<&'a str>,
}

pub(crate) fn check(
    fields: &Fields<'_, '_>,
    earlier: &[(Place, ApprovalRule)],
    rule: &ApprovalRule,
    around: &Around<'_>,
) {
    let (Some(house), Some(procedures)) = (around.house, around.procedures) else {
        return;
    };
    let with_price = procedures.redress.iter().filter(|kind| kind.priced);
    let prices = Prices(with_price.map(|kind| kind.id.as_str()).collect());
    if rule.above.is_some() && prices.of(rule).is_empty() {
        let rule = rule.id.to_string();
        fields.fault(ApprovalFault::Priceless { rule }.into());
        return;
    }
    let kinds = procedures.redress.iter().map(|kind| Some(kind.id.as_str()));
    let kinds: Vec<_> = kinds.chain([None]).collect();
    let mut by: Vec<usize> = Vec::new();
    for severity in house.severities.iter().map(|s| s.id.as_str()) {
        for department in around.departments.iter().map(|d| d.id.as_str()) {
            for &kind in &kinds {
                let sort = Sort {
                    severity,
                    department,
                    kind,
                };
                let Some(taken_by) = prices.taken(earlier, rule, sort) else {
                    return;
                };
                by.extend(taken_by);
            }
        }
    }
    by.sort_unstable();
    by.dedup();
    if by.is_empty() {
        return;
    }
    let name = |at: &usize| {
        let (place, rule) = &earlier[*at];
        format!("`{}` at {}", rule.id, fields.report.name(*place))
    };
    let fault = ApprovalFault::ShadowedRule {
        rule: rule.id.to_string(),
        by: by.iter().map(name).collect::<Vec<_>>().join(", "),
    };
    fields.fault(fault.into());
}

/// The kinds of redress that have a price.
struct Prices<'a>(BTreeSet<&'a str>);

impl Prices<'_> {
    /// Those whose amounts a rule looks at.
    fn of(&self, rule: &ApprovalRule) -> BTreeSet<&str> {
        let known = self.0.iter().copied();
        known.filter(|kind| rule.is_about(Some(kind))).collect()
    }

    /// Which earlier rules take all plans of a sort from a rule; none if it has none of that sort.
    /// `None`: the rule gets some of them.
    fn taken(
        &self,
        earlier: &[(Place, ApprovalRule)],
        rule: &ApprovalRule,
        sort: Sort<'_>,
    ) -> Option<Vec<usize>> {
        let Some((first, last)) = self.range(rule, sort) else {
            return Some(Vec::new());
        };
        let mut covers: Vec<(u64, u64, usize)> = earlier
            .iter()
            .enumerate()
            .filter_map(|(at, (_, before))| {
                let (from, to) = self.covered(before, rule, sort)?;
                Some((from, to, at))
            })
            .collect();
        covers.sort_unstable();
        let mut next = first;
        let mut by = Vec::new();
        for (from, to, at) in covers {
            if from > next {
                break;
            }
            if to >= next {
                by.push(at);
                if to >= last {
                    return Some(by);
                }
                next = to + 1;
            }
        }
        None
    }

    /// The sums that a rule fires for in plans of a sort, if any.
    fn range(&self, rule: &ApprovalRule, sort: Sort<'_>) -> Option<(u64, u64)> {
        let fits = rule.is_about(sort.kind)
            && (rule.severities.is_empty() || rule.severities.iter().any(|s| *s == *sort.severity))
            && (rule.departments.is_empty()
                || rule.departments.iter().any(|d| *d == *sort.department));
        let first = rule.above.map_or(0, |above| above.saturating_add(1));
        let costs_nothing = sort.kind.is_none() || self.of(rule).is_empty();
        let most = if costs_nothing { 0 } else { u64::MAX };
        let last = rule.up_to.unwrap_or(u64::MAX).min(most);
        (fits && first <= last).then_some((first, last))
    }

    /// The sums of `rule` for which `before` is certain to fire in plans of a sort.
    fn covered(
        &self,
        before: &ApprovalRule,
        rule: &ApprovalRule,
        sort: Sort<'_>,
    ) -> Option<(u64, u64)> {
        let (first, last) = self.range(before, sort)?;
        let (of_before, of_rule) = (self.of(before), self.of(rule));
        let wider = of_rule.is_subset(&of_before);
        let narrower = of_before.is_subset(&of_rule);
        if sort.kind.is_none() || (wider && narrower) {
            return Some((first, last));
        }
        let unlimited = before.up_to.is_none() || of_before.is_empty();
        match (first, unlimited) {
            (0, true) => Some((0, u64::MAX)),
            // Its sum is at least as large as the rule's.
            (first, true) if wider => Some((first, u64::MAX)),
            // Its sum is at most as large as the rule's.
            (0, false) if narrower => Some((0, last)),
            _ => None,
        }
    }
}
