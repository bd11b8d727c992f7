//! The decisions, axis by axis.

use std::sync::Arc;

use redress_policy::{CategoryId, Decision, Names, Policy, Rule, SeverityId, UrgencyId};

use crate::assessment::{Assessment, Axis, Facts, Reason};
use crate::compile::Compiled;
use crate::keywords::{Found, KeywordNo};

/// The rules of one policy, compiled.
#[derive(Clone)]
pub struct Triage {
    policy: Arc<Policy>,
    compiled: Arc<Compiled>,
}

/// A complaint under assessment.
struct Case<'a> {
    facts: &'a Facts<'a>,
    found: Found,
    product: String,
}

/// A rule that applies, with the keywords that were found.
struct Hit<'a> {
    rule: &'a Rule,
    keywords: Vec<KeywordNo>,
}

impl Triage {
    /// Compiles the rules; takes some milliseconds, so keep it as long as the policy.
    pub fn new(policy: Arc<Policy>) -> Self {
        let compiled = Arc::new(Compiled::new(&policy));
        Self { policy, compiled }
    }

    /// The policy that the rules come from.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Decides category, urgency, severity, impact, department and handler of one complaint.
    pub fn assess(&self, facts: &Facts<'_>) -> Assessment {
        let found = self.compiled.keywords.found_in(facts.text);
        let case = Case {
            facts,
            found,
            product: facts.product.to_lowercase(),
        };
        let mut reasons = Vec::with_capacity(4);
        let category = self.category(&case, &mut reasons);
        let urgency = self.urgency(&case, &category, &mut reasons);
        let severity = self.severity(&case, &category, &mut reasons);
        let wide_impact = self.wide_impact(&case, &category, &mut reasons);
        let department = self.policy.lead(&category);
        let handler = department.assign(facts.complaint_id, &urgency);
        Assessment {
            department: department.id.clone(),
            handler: handler.id.clone(),
            rank: order_of_work(&self.policy, &urgency, wide_impact),
            category,
            urgency,
            severity,
            wide_impact,
            reasons,
        }
    }

    /// The category with the highest sum of weights; of equals the one whose rule stands first.
    fn category(&self, case: &Case<'_>, reasons: &mut Vec<Reason>) -> CategoryId {
        let mut sums: Vec<(&CategoryId, u64, Vec<Hit<'_>>)> = Vec::new();
        for hit in self.hits(case, Axis::Category, None) {
            let Decision::Category(category) = &hit.rule.decides else {
                continue;
            };
            let score = u64::from(hit.rule.weight) * (hit.keywords.len().max(1) as u64);
            if let Some(sum) = sums.iter_mut().find(|(c, ..)| *c == category) {
                sum.1 += score;
                sum.2.push(hit);
            } else {
                sums.push((category, score, vec![hit]));
            }
        }
        let best = sums
            .into_iter()
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        if let Some((category, _, hits)) = best {
            reasons.extend(hits.into_iter().map(|hit| self.reason(Axis::Category, hit)));
            category.clone()
        } else {
            reasons.push(default_reason(Axis::Category));
            self.policy.defaults().category.clone()
        }
    }

    fn urgency(&self, case: &Case<'_>, category: &CategoryId, to: &mut Vec<Reason>) -> UrgencyId {
        let decided = self.first(case, category, Axis::Urgency, to, |decides| match decides {
            Decision::Urgency(urgency) => Some(urgency.clone()),
            _ => None,
        });
        decided.unwrap_or_else(|| {
            to.push(default_reason(Axis::Urgency));
            self.policy.defaults().urgency.clone()
        })
    }

    fn severity(&self, case: &Case<'_>, category: &CategoryId, to: &mut Vec<Reason>) -> SeverityId {
        let decided = self.first(
            case,
            category,
            Axis::Severity,
            to,
            |decides| match decides {
                Decision::Severity(severity) => Some(severity.clone()),
                _ => None,
            },
        );
        decided.unwrap_or_else(|| {
            to.push(default_reason(Axis::Severity));
            self.policy.defaults().severity.clone()
        })
    }

    fn wide_impact(&self, case: &Case<'_>, category: &CategoryId, to: &mut Vec<Reason>) -> bool {
        let decided = self.first(
            case,
            category,
            Axis::WideImpact,
            to,
            |decides| match decides {
                Decision::WideImpact(wide) => Some(*wide),
                _ => None,
            },
        );
        decided.unwrap_or(false)
    }

    /// What the first rule that applies on an axis decides.
    fn first<T>(
        &self,
        case: &Case<'_>,
        category: &CategoryId,
        axis: Axis,
        reasons: &mut Vec<Reason>,
        on_axis: impl Fn(&Decision) -> Option<T>,
    ) -> Option<T> {
        let mut hits = self.hits(case, axis, Some(category));
        let (value, hit) = hits.find_map(|hit| Some((on_axis(&hit.rule.decides)?, hit)))?;
        reasons.push(self.reason(axis, hit));
        Some(value)
    }

    /// The rules on an axis that apply, in order.
    fn hits<'a>(
        &'a self,
        case: &'a Case<'_>,
        axis: Axis,
        category: Option<&'a CategoryId>,
    ) -> impl Iterator<Item = Hit<'a>> {
        let category = category.map(CategoryId::as_str);
        self.compiled.on(axis).iter().filter_map(move |compiled| {
            let keywords = compiled.applies(case.facts, &case.found, &case.product, category)?;
            Some(Hit {
                rule: &compiled.rule,
                keywords,
            })
        })
    }

    fn reason(&self, axis: Axis, hit: Hit<'_>) -> Reason {
        let word = |number: KeywordNo| Arc::clone(self.compiled.keywords.word(number));
        Reason {
            axis,
            rule: Some(hit.rule.id.clone()),
            keywords: hit.keywords.into_iter().map(word).collect(),
            text: hit.rule.reason.clone(),
        }
    }
}

fn default_reason(axis: Axis) -> Reason {
    let text = Names {
        zh: "未命中规则，按默认处理".to_owned(),
        en: "no rule applied: default".to_owned(),
    };
    Reason {
        axis,
        rule: None,
        keywords: Vec::new(),
        text,
    }
}

/// The order of work, 0 first: urgent and wide, then urgent, then the next urgency in the same way.
pub fn order_of_work(policy: &Policy, urgency: &UrgencyId, wide_impact: bool) -> u8 {
    let urgency = policy.house().urgencies.get(urgency);
    let level = urgency.map_or(u8::MAX, |urgency| urgency.rank);
    level
        .saturating_mul(2)
        .saturating_add(u8::from(!wide_impact))
}
