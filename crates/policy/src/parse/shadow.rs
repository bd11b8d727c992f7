//! Finds rules of approval that can never fire, because earlier ones take all of their plans.
//!
//! Rules look at sums of amounts over their own kinds. Two sums are compared only where one must
//! be at least as large as the other: the kinds of one rule are all among those of the other.

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
    let priced = |id: &str| procedures.redress.get(id).is_none_or(|kind| kind.priced);
    let stated = !rule.kinds.is_empty();
    if rule.above.is_some() && stated && !rule.kinds.iter().any(|id| priced(id.as_str())) {
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
                let Some(taken_by) = taken(earlier, rule, sort) else {
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

/// Which earlier rules take all plans of a sort from a rule; none if it has none of that sort.
/// `None`: the rule gets some of them.
fn taken(
    earlier: &[(Place, ApprovalRule)],
    rule: &ApprovalRule,
    sort: Sort<'_>,
) -> Option<Vec<usize>> {
    let Some((first, last)) = range(rule, sort) else {
        return Some(Vec::new());
    };
    let mut covers: Vec<(u64, u64, usize)> = earlier
        .iter()
        .enumerate()
        .filter_map(|(at, (_, before))| {
            let (from, to) = covered(before, rule, sort)?;
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
fn range(rule: &ApprovalRule, sort: Sort<'_>) -> Option<(u64, u64)> {
    let fits = rule.is_about(sort.kind)
        && (rule.severities.is_empty() || rule.severities.iter().any(|s| *s == *sort.severity))
        && (rule.departments.is_empty() || rule.departments.iter().any(|d| *d == *sort.department));
    let first = rule.above.map_or(0, |above| above.saturating_add(1));
    // A plan without redress gives nothing.
    let most = if sort.kind.is_none() { 0 } else { u64::MAX };
    let last = rule.up_to.unwrap_or(u64::MAX).min(most);
    (fits && first <= last).then_some((first, last))
}

/// The sums of `rule` for which `before` is certain to fire in plans of a sort.
fn covered(before: &ApprovalRule, rule: &ApprovalRule, sort: Sort<'_>) -> Option<(u64, u64)> {
    let (first, last) = range(before, sort)?;
    let all = |a: &ApprovalRule, b: &ApprovalRule| {
        a.kinds.is_empty() || (!b.kinds.is_empty() && b.kinds.iter().all(|k| a.kinds.contains(k)))
    };
    let (wider, narrower) = (all(before, rule), all(rule, before));
    if sort.kind.is_none() || (wider && narrower) {
        return Some((first, last));
    }
    let unlimited = before.up_to.is_none();
    match (first, unlimited) {
        (0, true) => Some((0, u64::MAX)),
        // Its sum is at least as large as the rule's.
        (first, true) if wider => Some((first, u64::MAX)),
        // Its sum is at most as large as the rule's.
        (0, false) if narrower => Some((0, last)),
        _ => None,
    }
}
