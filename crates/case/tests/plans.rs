//! Plans: what they say, what the policy knows of them, and the exchange form.

mod common;

use common::commands::*;
use common::lives::{approved, consent_refused, investigated, proposed, reopened};
use common::*;
use redress_case::*;

fn refused(plan: ProposePlan) -> Rejection {
    given(investigated()).when(&handler(), plan).refused()
}

fn then_invalid(plan: ProposePlan, code: &str) {
    let refused = given(investigated()).when(&handler(), plan);
    refused.then_refused(RejectionKind::Invalid, code);
}

#[test]
fn a_plan_within_the_handlers_own_authority_is_approved_at_once() {
    let given = given(investigated()).when(&handler(), small_plan());
    let given = given.then([
        Change::PlanProposed(Plan {
            number: 1,
            adjusts: 0,
            steps: vec![step("refund_paid")],
            redress: vec![refund(10_000)],
            levels: Vec::new(),
            text: text("as follows"),
            similar: vec!["CF20260101007".to_owned()],
        }),
        Change::PlanApproved { plan: 1 },
    ]);
    assert_eq!(given.stage(), Stage::PlanApproved);
}

#[test]
fn similar_closed_cases_that_were_looked_at_stand_with_the_plan() {
    let mut plan = small_plan();
    plan.similar = vec!["CF20260101007".to_owned(), "CF20260115002".to_owned()];
    let given = given(investigated()).when(&handler(), plan.clone());
    let Change::PlanProposed(proposed) = &given.changes()[0] else {
        panic!("not proposed");
    };
    assert_eq!(proposed.similar, plan.similar);
}

#[test]
fn a_plan_may_give_nothing_but_an_apology() {
    let plan = plan(vec![unpriced("apology")], &["apology_given"]);
    given(investigated())
        .when(&handler(), plan)
        .then_stage(Stage::PlanApproved);
}

#[test]
fn a_plan_says_what_is_done_by_whom_until_when() {
    then_invalid(plan(vec![refund(100)], &[]), "no_step");
    then_invalid(plan(vec![refund(100)], &[""]), "text_missing");
    let with_step = |step: PlanStep| ProposePlan {
        steps: vec![step],
        ..small_plan()
    };
    let due_at = None;
    then_invalid(
        with_step(PlanStep {
            due_at,
            ..step("refund_paid")
        }),
        "time_missing",
    );
    let due_at = Some(start());
    then_invalid(
        with_step(PlanStep {
            due_at,
            ..step("refund_paid")
        }),
        "time_past",
    );
    let owner = String::new();
    then_invalid(
        with_step(PlanStep {
            owner,
            ..step("refund_paid")
        }),
        "text_missing",
    );
    let owner = "somebody".to_owned();
    let nobody = refused(with_step(PlanStep {
        owner,
        ..step("refund_paid")
    }));
    assert_eq!(
        (nobody.kind, nobody.code),
        (RejectionKind::NotFound, "unknown_owner")
    );
    let owner = "logistics_ops".to_owned();
    let department = with_step(PlanStep {
        owner,
        ..step("refund_paid")
    });
    given(investigated())
        .when(&handler(), department)
        .then_stage(Stage::PlanApproved);
}

#[test]
fn redress_is_of_a_kind_that_the_policy_knows_with_an_amount_where_it_has_a_price() {
    let kind = |redress| plan(vec![redress], &["refund_paid"]);
    then_invalid(kind(unpriced("a_holiday")), "unknown_word");
    then_invalid(kind(unpriced("refund")), "amount_missing");
    let amount = refund(100).amount;
    then_invalid(
        kind(Redress {
            kind: "apology".into(),
            amount,
        }),
        "amount_not_expected",
    );
}

#[test]
fn amounts_are_in_the_currency_of_the_house() {
    let amount = Some(Money::new(100, "EUR").expect("an amount"));
    let kind = "refund".into();
    let plan = plan(vec![Redress { kind, amount }], &["refund_paid"]);
    let refused = refused(plan);
    assert_eq!(refused.code, "other_currency");
    assert!(
        refused.en().contains("EUR") && refused.en().contains("CNY"),
        "{refused}"
    );
}

#[test]
fn an_amount_is_never_negative_and_its_currency_has_three_letters() {
    let negative = Money::new(-1, "CNY").expect_err("negative");
    let refused = Rejection::from(negative);
    assert_eq!(
        (refused.kind, refused.code),
        (RejectionKind::Invalid, "negative_amount")
    );
    assert!(refused.zh().contains("负数"), "{}", refused.zh());
    for currency in ["", "yuan", "cny", "元"] {
        let refused = Rejection::from(Money::new(1, currency).expect_err("no currency"));
        assert_eq!(refused.code, "not_a_currency");
    }
    assert_eq!(Money::recorded(-5, "CNY").minor_units(), 0);
}

#[test]
fn an_exchange_asks_the_forms_signatures_in_their_order() {
    let chain = ["goods_returned", "delivery_order", "warehouse_ships"];
    let given = given(investigated()).when(&handler(), plan(vec![unpriced("exchange")], &chain));
    let given = given.then_stage(Stage::PlanProposed);
    let levels = &given.case.plan.expect("a plan").levels;
    let levels: Vec<&str> = levels.iter().map(|level| level.level.as_str()).collect();
    assert_eq!(
        levels,
        ["business", "department_head", "director", "finance"]
    );
}

#[test]
fn an_exchange_without_the_forms_steps_in_their_order_is_no_plan() {
    for steps in [
        &["goods_returned", "delivery_order"][..],
        &["warehouse_ships"],
        &["delivery_order", "goods_returned", "warehouse_ships"],
    ] {
        let refused = refused(plan(vec![unpriced("exchange")], steps));
        assert_eq!(refused.code, "steps_missing", "{steps:?}");
        assert!(
            refused
                .en()
                .contains("goods_returned, delivery_order, warehouse_ships")
        );
    }
    let more = [
        "call",
        "goods_returned",
        "inspect",
        "delivery_order",
        "warehouse_ships",
    ];
    let plan = plan(vec![unpriced("exchange")], &more);
    given(investigated())
        .when(&handler(), plan)
        .then_stage(Stage::PlanProposed);
}

#[test]
fn until_the_customer_was_told_another_plan_may_take_its_place() {
    for life in [proposed(), approved()] {
        let given = given(life).done(&handler(), small_plan());
        let plan = given.case.plan.expect("a plan");
        assert_eq!((plan.number, plan.progress), (2, Progress::Approved));
    }
    let told = given(lives::offered()).when(&handler(), small_plan());
    told.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
}

#[test]
fn second_processing_proposes_again_without_a_new_investigation() {
    let given = given(reopened()).done(&handler(), small_plan());
    assert_eq!((given.stage(), given.case.plans), (Stage::PlanApproved, 2));
}

#[test]
fn an_adjusted_plan_names_the_one_that_the_customer_refused() {
    let given = given(consent_refused()).when(&handler(), adjust(moderate_plan()));
    let Change::PlanProposed(plan) = &given.changes()[0] else {
        panic!("not proposed");
    };
    assert_eq!((plan.number, plan.adjusts, plan.levels.len()), (2, 1, 1));
    given.then_stage(Stage::PlanProposed);
}

#[test]
fn a_plan_that_the_customer_refused_is_adjusted_not_proposed_anew() {
    let again = given(consent_refused()).when(&handler(), small_plan());
    let refused = again.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
    assert!(
        refused.allowed_now.contains(&CommandKind::AdjustPlan),
        "{refused}"
    );
}

#[test]
fn lists_of_a_plan_are_bounded() {
    then_invalid(plan(vec![refund(1)], &["step"; 65]), "too_many");
    then_invalid(plan(vec![refund(1); 65], &["step"]), "too_many");
    let similar = vec!["CF20260101007".to_owned(); 65];
    then_invalid(
        ProposePlan {
            similar,
            ..small_plan()
        },
        "too_many",
    );
    let similar = vec!["x".repeat(2000)];
    then_invalid(
        ProposePlan {
            similar,
            ..small_plan()
        },
        "text_too_long",
    );
}
