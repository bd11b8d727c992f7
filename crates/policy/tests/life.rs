//! What the shipped procedures and approvals demand (domain.md 3 and 4).

mod common;

use common::shipped;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use redress_policy::{CommandName, Currency, Need, PlanFacts, PlannedRedress, Policy, Wish};

fn policy() -> Policy {
    Policy::parse(&shipped()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn needs(severity: &str, before: CommandName) -> Vec<String> {
    let policy = policy();
    let needs = policy.procedures().needs_before(severity, before);
    needs.iter().map(ToString::to_string).collect()
}

fn levels(severity: &str, redress: &[(&str, u64)]) -> Vec<String> {
    let policy = policy();
    let redress: Vec<_> = redress
        .iter()
        .map(|&(kind, minor_units)| PlannedRedress { kind, minor_units })
        .collect();
    let plan = PlanFacts {
        severity,
        department: "after_sales_tech",
        redress: &redress,
    };
    let levels = policy.approvals().levels_for(&plan);
    levels.iter().map(|level| level.id.to_string()).collect()
}

#[test]
fn all_words_of_commands_and_needs_are_read_back() {
    for command in CommandName::ALL {
        assert_eq!(command.as_str().parse(), Ok(*command));
    }
    for (word, need) in Need::WORDS {
        assert_eq!(Need::of_word(word).as_ref(), Some(need));
        assert_eq!(need.to_string(), *word);
    }
    assert_eq!(
        Need::Measure("task_force".into()).to_string(),
        "measure:task_force"
    );
}

#[test]
fn an_investigation_ends_with_findings_the_5w1h_and_who_is_responsible() {
    for severity in ["ordinary", "important", "major"] {
        let needs = needs(severity, CommandName::CompleteInvestigation);
        for need in ["verification", "finding", "five_w_one_h", "responsibility"] {
            assert!(needs.iter().any(|n| n == need), "{severity}: {need}");
        }
    }
}

#[test]
fn no_plan_is_carried_out_without_consent_and_no_case_closed_without_answers() {
    for severity in ["ordinary", "important", "major"] {
        let has = |before, need: &str| needs(severity, before).iter().any(|n| n == need);
        assert!(has(CommandName::OfferPlan, "approval"), "{severity}");
        assert!(has(CommandName::ExecuteStep, "consent"), "{severity}");
        assert!(has(CommandName::Close, "confirmation"), "{severity}");
        assert!(has(CommandName::Close, "written_answers"), "{severity}");
    }
}

#[test]
fn important_cases_have_a_task_force_an_evaluated_plan_and_an_executive_who_gives_the_result() {
    let policy = policy();
    let important = policy.procedures().of("important").expect("shipped");
    for measure in [
        "task_force",
        "plan_evaluation",
        "executive_coordination",
        "executive_report",
        "executive_feedback",
    ] {
        assert!(
            important.asks_for(&Need::Measure(measure.into())),
            "{measure}"
        );
        let ordinary = policy.procedures().of("ordinary").expect("shipped");
        assert!(
            !ordinary.asks_for(&Need::Measure(measure.into())),
            "{measure}"
        );
    }
    let [report] = important.periodic.as_slice() else {
        panic!("one periodic report");
    };
    assert_eq!(report.measure, "executive_report");
    let accepted: Timestamp = "2026-05-07T09:00:00Z".parse().expect("an instant");
    let due: Timestamp = "2026-05-10T09:00:00Z".parse().expect("an instant");
    assert_eq!(report.due_at(accepted), due);
    let by_executives = policy
        .procedures()
        .measures
        .get("executive_feedback")
        .expect("shipped");
    assert!(by_executives.may_be_recorded_by("executive"));
    assert!(!by_executives.may_be_recorded_by("handler"));
}

#[test]
fn major_cases_begin_with_an_emergency_response_and_end_with_a_post_mortem() {
    assert_eq!(
        needs("major", CommandName::Verify),
        ["measure:emergency_response"]
    );
    let policy = policy();
    let major = policy.procedures().of("major").expect("shipped");
    for measure in [
        "special_team",
        "containment",
        "crisis_plan",
        "media_communication",
        "regulator_communication",
        "post_mortem",
    ] {
        assert!(major.asks_for(&Need::Measure(measure.into())), "{measure}");
    }
    assert!(
        major
            .needs_before(CommandName::CompleteInvestigation)
            .contains(&Need::EscapeCause)
    );
    assert!(needs("major", CommandName::AddNote).is_empty());
    assert!(policy.procedures().of("nowhere").is_none());
}

#[test]
fn every_wish_is_a_kind_of_redress() {
    let policy = policy();
    for wish in Wish::ALL {
        assert!(
            policy.procedures().redress.contains(wish.as_str()),
            "{wish}"
        );
    }
}

#[test]
fn the_fishbone_has_its_six_branches_and_everybody_who_may_be_responsible_is_there() {
    let policy = policy();
    let branches = policy.procedures().branches.iter();
    let branches: String = branches.map(|branch| branch.name.zh.as_str()).collect();
    assert_eq!(branches, "人机料法环测");
    for party in [
        "production",
        "supplier",
        "logistics",
        "after_sales",
        "customer_operation",
        "storage",
    ] {
        assert!(policy.procedures().parties.contains(party), "{party}");
    }
}

#[test]
fn closed_cases_are_kept_for_two_years_of_the_calendar() {
    let policy = policy();
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let closed: Timestamp = "2028-02-29T10:00:00+08:00".parse().expect("an instant");
    let until = policy.procedures().keep.until(closed, &zone);
    assert_eq!(
        until,
        "2030-02-28T10:00:00+08:00".parse().expect("an instant")
    );
    let late = Timestamp::MAX - SignedDuration::from_hours(24);
    assert_eq!(policy.procedures().keep.until(late, &zone), Timestamp::MAX);
}

#[test]
fn small_amounts_are_within_the_handlers_own_authority() {
    let none: [&str; 0] = [];
    assert_eq!(levels("ordinary", &[]), none);
    assert_eq!(levels("ordinary", &[("apology", 0), ("repair", 0)]), none);
    assert_eq!(levels("ordinary", &[("refund", 50_000)]), none);
}

#[test]
fn the_larger_the_amount_the_more_levels_approve() {
    assert_eq!(
        levels("ordinary", &[("refund", 50_001)]),
        ["department_head"]
    );
    assert_eq!(
        levels("ordinary", &[("refund", 200_001)]),
        ["department_head", "director", "finance"]
    );
    assert_eq!(
        levels("ordinary", &[("refund", 1_000_001)]),
        ["department_head", "director", "executive", "finance"]
    );
}

#[test]
fn splitting_a_sum_does_not_get_it_below_a_limit() {
    let split = [("refund", 30_000), ("refund", 30_000)];
    assert_eq!(levels("ordinary", &split), ["department_head"]);
    let kinds = [("refund", 30_000), ("compensation", 30_000)];
    assert_eq!(levels("ordinary", &kinds), ["department_head"]);
    let endless = [("refund", u64::MAX), ("compensation", u64::MAX)];
    assert_eq!(
        levels("ordinary", &endless).len(),
        4,
        "the sum does not overflow"
    );
}

#[test]
fn important_and_major_plans_are_approved_whatever_they_cost() {
    assert_eq!(levels("important", &[]), ["department_head", "director"]);
    assert_eq!(
        levels("important", &[("apology", 0)]),
        ["department_head", "director"]
    );
    assert_eq!(
        levels("major", &[]),
        ["department_head", "director", "executive"]
    );
}

#[test]
fn an_exchange_goes_through_the_signatures_of_its_form() {
    let policy = policy();
    let redress = [
        PlannedRedress {
            kind: "exchange",
            minor_units: 0,
        },
        PlannedRedress {
            kind: "compensation",
            minor_units: 5_000_000,
        },
    ];
    let plan = PlanFacts {
        severity: "ordinary",
        department: "after_sales_tech",
        redress: &redress,
    };
    let needed = policy.approvals().needed(&plan);
    let rules: Vec<_> = needed.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(rules, ["exchange", "large"], "each kind by its own rule");
    let levels: Vec<_> = needed
        .levels
        .iter()
        .map(|level| level.id.as_str())
        .collect();
    assert_eq!(
        levels,
        [
            "business",
            "department_head",
            "director",
            "finance",
            "executive"
        ],
        "each level once"
    );
    let steps: Vec<_> = needed.steps.iter().map(|step| step.as_str()).collect();
    assert_eq!(
        steps,
        ["goods_returned", "delivery_order", "warehouse_ships"]
    );
}

#[test]
fn the_steps_of_an_exchange_stand_in_their_order() {
    let policy = policy();
    let redress = [PlannedRedress {
        kind: "exchange",
        minor_units: 0,
    }];
    let plan = PlanFacts {
        severity: "ordinary",
        department: "after_sales_tech",
        redress: &redress,
    };
    let needed = policy.approvals().needed(&plan);
    let missing = |plan: &[&str]| -> Vec<String> {
        let missing = needed.missing_steps(plan.iter().copied());
        missing.iter().map(ToString::to_string).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(
        missing(&[
            "call",
            "goods_returned",
            "delivery_order",
            "check",
            "warehouse_ships"
        ]),
        none
    );
    assert_eq!(
        missing(&["goods_returned", "warehouse_ships"]),
        ["delivery_order"]
    );
    assert_eq!(
        missing(&["warehouse_ships", "goods_returned", "delivery_order"]),
        ["warehouse_ships"]
    );
    assert_eq!(missing(&[]).len(), 3);
}

#[test]
fn who_does_not_answer_is_passed_over_upwards() {
    let policy = policy();
    let approvals = policy.approvals();
    let mut level = approvals.levels.get("department_head").expect("shipped");
    assert_eq!(level.answer_within, Some(SignedDuration::from_hours(4)));
    let mut asked = Vec::new();
    while let Some(above) = approvals.escalation(level) {
        asked.push(above.id.as_str());
        level = above;
    }
    assert_eq!(asked, ["director", "executive"]);
}

#[test]
fn amounts_are_shown_as_people_write_them() {
    let show = |code, minor| Currency::of_code(code).expect("a currency").show(minor);
    assert_eq!(show("CNY", 123_450), "1234.50 CNY");
    assert_eq!(show("CNY", 5), "0.05 CNY");
    assert_eq!(show("JPY", 980), "980 JPY");
    assert_eq!(show("KWD", 1_234), "1.234 KWD");
    assert_eq!(policy().approvals().currency.code(), "CNY");
    assert_eq!(Currency::of_code("XXXX"), None);
}
