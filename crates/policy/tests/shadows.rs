//! The search for rules that can never fire, held against trying every plan.

mod common;

use std::collections::BTreeMap;

use common::shipped;
use redress_policy::{ApprovalFault, PlanFacts, PlannedRedress, Policy, PolicyError, Reason};

const KINDS: [&str; 4] = [
    "",
    "kinds = [\"refund\"]\n",
    "kinds = [\"refund\", \"compensation\"]\n",
    "kinds = [\"compensation\", \"apology\"]\n",
];
const AMOUNTS: [&str; 4] = [
    "",
    "above = 100\n",
    "up_to = 200\n",
    "above = 100\nup_to = 200\n",
];

/// Only what approvals refer to: fewer rules of triage are read faster.
fn files(rules: &[&str]) -> BTreeMap<String, String> {
    let mut files = shipped();
    files.retain(|name, _| !name.starts_with("triage/"));
    let mut text = "currency = \"CNY\"\n[[level]]\nid = \"boss\"\nrole = \"director\"\n\
                    name = { zh = \"长\", en = \"Boss\" }\nscope = \"house\"\n"
        .to_owned();
    let rules = rules
        .iter()
        .enumerate()
        .map(|(at, when)| format!("[[rule]]\nid = \"rule-{at}\"\n{when}levels = [\"boss\"]\n"));
    text.extend(rules);
    files.insert("approvals.toml".to_owned(), text);
    files
}

/// A policy with this rule alone.
fn alone(when: &str) -> Policy {
    Policy::parse(&files(&[when])).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Every plan of at most one refund, one compensation and one apology, on both sides of the limits.
fn plans() -> Vec<Vec<PlannedRedress<'static>>> {
    let amounts = [None, Some(0), Some(100), Some(101), Some(200), Some(201)];
    let mut plans = Vec::new();
    for refund in amounts {
        for compensation in amounts {
            for apology in [None, Some(0)] {
                let kinds = [
                    ("refund", refund),
                    ("compensation", compensation),
                    ("apology", apology),
                ];
                let given = kinds.into_iter().filter_map(|(kind, minor_units)| {
                    let minor_units = minor_units?;
                    Some(PlannedRedress { kind, minor_units })
                });
                plans.push(given.collect());
            }
        }
    }
    plans
}

/// Whether the only rule of a policy fits a kind of redress in a plan; `None` is a plan without.
fn fits(policy: &Policy, redress: &[PlannedRedress<'_>], kind: Option<&str>) -> bool {
    let plan = PlanFacts {
        severity: "ordinary",
        department: "product",
        redress,
    };
    let needed = policy.approvals().needed(&plan);
    needed.rules.iter().any(|rule| rule.is_about(kind))
}

/// Whether there is a plan with a kind of redress that the second rule fits and the first does not.
fn is_reached(first: &Policy, second: &Policy, plans: &[Vec<PlannedRedress<'_>>]) -> bool {
    plans.iter().any(|plan| {
        let kinds = plan.iter().map(|redress| Some(redress.kind));
        let none = plan.is_empty().then_some(None);
        let mut kinds = kinds.chain(none);
        kinds.any(|kind| fits(second, plan, kind) && !fits(first, plan, kind))
    })
}

#[test]
fn a_rule_is_told_to_be_shadowed_exactly_when_no_plan_reaches_it() {
    let whens: Vec<String> = KINDS
        .iter()
        .flat_map(|kinds| AMOUNTS.iter().map(move |amount| format!("{kinds}{amount}")))
        .collect();
    let policies: Vec<Policy> = whens.iter().map(|when| alone(when)).collect();
    let plans = plans();
    let (mut shadowed, mut open) = (0, 0);
    for (first, before) in whens.iter().zip(&policies) {
        for (second, after) in whens.iter().zip(&policies) {
            let faults = Policy::parse(&files(&[first, second])).map_or_else(|e| e.0, |_| vec![]);
            let of_second = |e: &PolicyError| {
                matches!(&e.reason, Reason::Approval(ApprovalFault::ShadowedRule { rule, .. })
                    if rule == "rule-1")
            };
            assert!(faults.iter().all(of_second), "{faults:#?}");
            let reached = is_reached(before, after, &plans);
            assert_eq!(faults.is_empty(), reached, "\n{second}behind\n{first}");
            if reached {
                open += 1;
            } else {
                shadowed += 1;
            }
        }
    }
    assert!(shadowed > 20 && open > 100, "{shadowed} and {open}");
}
