//! How rules are weighed, whatever they say.

mod common;

use std::fmt::Write;
use std::sync::Arc;

use common::{facts, policy_with};
use redress_policy::{Kind, Wish};
use redress_triage::{Assessment, Axis, Facts, Triage};

const TRADES: [&str; 4] = [
    "triage/finance.toml",
    "triage/public.toml",
    "triage/telecom.toml",
    "triage/vehicles.toml",
];

/// Rules as (id, decides, when), each of weight 1 unless `when` says otherwise.
fn with(rules: &[(&str, &str, &str)]) -> Triage {
    let mut text =
        "[default]\ncategory = \"other\"\nurgency = \"normal\"\nseverity = \"ordinary\"\n"
            .to_owned();
    for (id, decides, when) in rules {
        write!(
            text,
            "[[rule]]\nid = \"{id}\"\ndecides = {{ {decides} }}\n\
             reason = {{ zh = \"因\", en = \"why\" }}\n{when}\n"
        )
        .expect("a string takes everything");
    }
    let mut files = vec![("triage.toml", text.as_str())];
    files.extend(TRADES.map(|name| (name, "")));
    Triage::new(Arc::new(policy_with(&files)))
}

fn assess(rules: &[(&str, &str, &str)], facts: &Facts<'_>) -> Assessment {
    with(rules).assess(facts)
}

const LOGISTICS: &str = "category = \"logistics\"";
const BILLING: &str = "category = \"billing\"";
const URGENT: &str = "urgency = \"urgent\"";
const LOW: &str = "urgency = \"low\"";

#[test]
fn the_category_with_the_highest_sum_wins() {
    let rules = [
        ("one", LOGISTICS, "weight = 3\nwhen = { any = [\"late\"] }"),
        (
            "two",
            BILLING,
            "weight = 2\nwhen = { any = [\"bill\", \"fee\"] }",
        ),
    ];
    assert_eq!(
        assess(&rules, &facts("late, and a fee on the bill")).category,
        "billing"
    );
    assert_eq!(
        assess(&rules, &facts("late, and a fee; a second fee")).category,
        "logistics"
    );
}

#[test]
fn sums_run_over_all_rules_of_a_category_and_all_are_told() {
    let rules = [
        ("one", BILLING, "weight = 3\nwhen = { any = [\"bill\"] }"),
        ("two", LOGISTICS, "weight = 2\nwhen = { any = [\"late\"] }"),
        (
            "three",
            LOGISTICS,
            "weight = 2\nwhen = { any = [\"lost\"] }",
        ),
    ];
    let assessment = assess(&rules, &facts("late bill, lost"));
    assert_eq!(assessment.category, "logistics");
    let told = assessment
        .reasons
        .iter()
        .filter(|r| r.axis == Axis::Category);
    let told: Vec<_> = told
        .map(|r| r.rule.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(told, [Some("two".to_owned()), Some("three".to_owned())]);
}

#[test]
fn of_equal_sums_the_rule_that_stands_first_wins() {
    let rules = [
        ("one", BILLING, "when = { any = [\"bill\"] }"),
        ("two", LOGISTICS, "when = { any = [\"late\"] }"),
    ];
    assert_eq!(assess(&rules, &facts("late bill")).category, "billing");
}

#[test]
fn the_first_urgency_rule_that_applies_wins() {
    let rules = [
        ("one", LOW, "when = { any = [\"late\"] }"),
        ("two", URGENT, "when = { any = [\"late\", \"fire\"] }"),
    ];
    assert_eq!(assess(&rules, &facts("late fire")).urgency, "low");
    assert_eq!(assess(&rules, &facts("fire")).urgency, "urgent");
}

#[test]
fn all_none_and_any_must_hold_together() {
    let rules = [(
        "one",
        URGENT,
        "when = { any = [\"a\", \"b\"], all = [\"c\", \"d\"], none = [\"e\"] }",
    )];
    let urgency = |text: &str| assess(&rules, &facts(text)).urgency.to_string();
    assert_eq!(urgency("a c d"), "urgent");
    for text in ["a c", "c d", "a b", "a c d e"] {
        assert_eq!(urgency(text), "normal", "{text}");
    }
}

#[test]
fn fields_are_conditions_too() {
    let when = "when = { channel = [\"phone\"], kind = [\"objection\"], wish = [\"refund\"], \
                product = [\"Charger\"], quantity_at_least = 10 }";
    let triage = with(&[("one", URGENT, when)]);
    let fits = Facts {
        channel: "phone",
        kind: Kind::Objection,
        wish: Some(Wish::Refund),
        product: "USB charger 20 W",
        quantity: Some(10),
        ..facts("")
    };
    assert_eq!(triage.assess(&fits).urgency, "urgent");
    for other in [
        Facts {
            channel: "web",
            ..fits
        },
        Facts {
            kind: Kind::Complaint,
            ..fits
        },
        Facts { wish: None, ..fits },
        Facts {
            product: "cable",
            ..fits
        },
        Facts {
            quantity: Some(9),
            ..fits
        },
        Facts {
            quantity: None,
            ..fits
        },
    ] {
        assert_eq!(triage.assess(&other).urgency, "normal", "{other:?}");
    }
}

#[test]
fn urgency_rules_may_ask_for_the_category() {
    let rules = [
        ("one", LOGISTICS, "when = { any = [\"late\"] }"),
        ("two", LOW, "when = { category = [\"logistics\"] }"),
    ];
    assert_eq!(assess(&rules, &facts("late")).urgency, "low");
    assert_eq!(assess(&rules, &facts("bill")).urgency, "normal");
}

#[test]
fn keywords_are_told_as_the_policy_writes_them() {
    let rules = [("one", LOGISTICS, "when = { any = [\"Late\", \"ship*\"] }")];
    let assessment = assess(&rules, &facts("LATE SHIPMENT"));
    let keywords: Vec<_> = assessment.reasons[0]
        .keywords
        .iter()
        .map(|k| &**k)
        .collect();
    assert_eq!(keywords, ["Late", "ship*"]);
}
