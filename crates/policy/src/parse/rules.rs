//! Reads `triage.toml` and finds rules that can never decide anything.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::rule::{Conditions, Decision, Defaults, Rule};
use crate::model::words::{Kind, Wish};
use crate::parse::context::Ids;
use crate::parse::cover::covers;
use crate::parse::fields::Fields;
use crate::parse::report::At;
use crate::parse::{Sources, names, tables};

pub(crate) fn read(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
) -> (Option<Defaults>, Catalog<Rule>) {
    let mut roots = sources.take("triage");
    let given: Vec<_> = roots
        .iter_mut()
        .filter_map(|root| root.opt_table("default"))
        .collect();
    if let (true, Some(root)) = (given.is_empty(), roots.first()) {
        root.fault(Reason::MissingKey {
            key: "[default]".to_owned(),
        });
    }
    let mut given = given.into_iter();
    let defaults = given.next().and_then(|fields| defaults(fields, ids));
    for fields in given {
        let problem = "`[default]` stands in another file already".to_owned();
        fields.fault(Reason::BadValue {
            key: "default".to_owned(),
            problem,
        });
    }
    let mut rules: Vec<Rule> = Vec::new();
    for mut fields in tables(&mut roots, "rule") {
        if let Some(rule) = rule(&mut fields, ids) {
            check_shadow(&fields, &rules, &rule, ids);
            rules.push(rule);
        }
    }
    (defaults, rules.into_iter().collect())
}

fn defaults(mut fields: Fields<'_, '_>, ids: &Ids) -> Option<Defaults> {
    let category = ids.categories.req(&mut fields, "category");
    let urgency = ids.urgencies.req(&mut fields, "urgency");
    let severity = ids.severities.req(&mut fields, "severity");
    Some(Defaults {
        category: category?,
        urgency: urgency?,
        severity: severity?,
    })
}

fn rule(fields: &mut Fields<'_, '_>, ids: &mut Ids) -> Option<Rule> {
    let id = ids.rules.read_id(fields);
    let decides = fields
        .table("decides")
        .and_then(|table| decision(table, ids));
    let weight = fields.opt::<i64>("weight");
    let when = fields
        .table("when")
        .map(|table| conditions(table, ids, decides.as_ref()));
    let reason = names(fields, "reason");
    let weight = weight.map_or(Some(1), |w| {
        let positive = u32::try_from(w.value).ok().filter(|n| *n > 0);
        if positive.is_none() {
            fields.report.fault(
                w.place,
                Reason::NotPositive {
                    text: w.value.to_string(),
                },
            );
        }
        positive
    });
    let when = when?;
    // Then each condition has a fault of its own; a rule for everything must not come of it.
    if when.is_empty() {
        return None;
    }
    Some(Rule {
        id: id?.value.as_str().into(),
        decides: decides?,
        when,
        weight: weight?,
        reason: reason?,
    })
}

fn decision(mut fields: Fields<'_, '_>, ids: &Ids) -> Option<Decision> {
    let category = fields.opt_text("category");
    let urgency = fields.opt_text("urgency");
    let severity = fields.opt_text("severity");
    let wide_impact = fields.opt::<bool>("wide_impact");
    let report = fields.report;
    let category = category.map(|c| ids.categories.resolve(report, &c).map(Decision::Category));
    let urgency = urgency.map(|u| ids.urgencies.resolve(report, &u).map(Decision::Urgency));
    let severity = severity.map(|s| ids.severities.resolve(report, &s).map(Decision::Severity));
    let wide_impact = wide_impact.map(|w| Some(Decision::WideImpact(w.value)));
    let mut found: Vec<_> = [category, urgency, severity, wide_impact]
        .into_iter()
        .flatten()
        .collect();
    if found.len() != 1 {
        fields.fault(Reason::OneDecision { found: found.len() });
        return None;
    }
    found.pop().flatten()
}

fn conditions(mut fields: Fields<'_, '_>, ids: &Ids, decides: Option<&Decision>) -> Conditions {
    let any = fields.list("any");
    let all = fields.list("all");
    let none = fields.list("none");
    check_keywords(&fields, [&any, &all, &none].into_iter().flatten());
    let product = fields.list("product");
    check_keywords(&fields, &product);
    let category = fields.list::<String>("category");
    if let (Some(Decision::Category(_)), Some(first)) = (decides, category.first()) {
        fields
            .report
            .fault(first.place, Reason::CategoryAsksCategory);
    }
    let report = fields.report;
    let category = category
        .iter()
        .filter_map(|c| ids.categories.resolve(report, c))
        .collect();
    let quantity = fields.opt::<i64>("quantity_at_least").and_then(|q| {
        let positive = u64::try_from(q.value).ok().filter(|n| *n > 0);
        if positive.is_none() {
            report.fault(
                q.place,
                Reason::NotPositive {
                    text: q.value.to_string(),
                },
            );
        }
        positive
    });
    Conditions {
        any: values(any),
        all: values(all),
        none: values(none),
        channel: ids.channels.list(&mut fields, "channel"),
        kind: values(fields.list::<Kind>("kind")),
        wish: values(fields.list::<Wish>("wish")),
        product: values(product),
        category,
        quantity_at_least: quantity,
    }
}

fn values<T>(list: Vec<At<T>>) -> Vec<T> {
    list.into_iter().map(|at| at.value).collect()
}

fn check_keywords<'a>(fields: &Fields<'_, '_>, words: impl IntoIterator<Item = &'a At<String>>) {
    let mut seen = BTreeSet::new();
    for word in words {
        if word.value.trim().is_empty() {
            fields.report.fault(
                word.place,
                Reason::Empty {
                    key: "keyword".to_owned(),
                },
            );
        } else if !seen.insert(word.value.to_lowercase()) {
            let reason = Reason::RepeatedKeyword {
                keyword: word.value.clone(),
            };
            fields.report.fault(word.place, reason);
        }
    }
}

/// Whether two rules decide on the same axis.
fn same_axis(a: &Decision, b: &Decision) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Of rules for urgency, severity and wide impact the first that applies decides, so one decides
/// nothing behind another that applies whenever it does. Category rules add up: there the conditions
/// must be equal, and of equals the heavier decides, wherever it stands.
fn shadows(before: &Rule, rule: &Rule) -> bool {
    same_axis(&before.decides, &rule.decides)
        && match rule.decides {
            Decision::Category(_) => {
                sorted(&before.when) == sorted(&rule.when) && rule.weight <= before.weight
            }
            _ => covers(&before.when, &rule.when),
        }
}

fn check_shadow(fields: &Fields<'_, '_>, earlier: &[Rule], rule: &Rule, ids: &Ids) {
    let Some(by) = earlier.iter().find(|before| shadows(before, rule)) else {
        return;
    };
    let first = ids
        .rules
        .place(by.id.as_str())
        .map(|p| fields.report.name(p));
    fields.fault(Reason::ShadowedRule {
        rule: rule.id.to_string(),
        by: by.id.to_string(),
        first: first.unwrap_or_default(),
    });
}

/// The same conditions whatever the order they are written in.
fn sorted(when: &Conditions) -> Conditions {
    let mut when = when.clone();
    for list in [
        &mut when.any,
        &mut when.all,
        &mut when.none,
        &mut when.product,
    ] {
        list.sort();
    }
    when.channel.sort();
    when.kind.sort();
    when.wish.sort();
    when.category.sort();
    when
}
