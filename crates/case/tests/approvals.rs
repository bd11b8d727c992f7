//! Who approves what: levels by amount and severity, four eyes, deputies, recusal, silence.

mod common;

use common::commands::*;
use common::lives::{approved, investigated};
use common::*;
use jiff::Timestamp;
use redress_case::*;

fn proposed(plan: ProposePlan) -> Given {
    given(investigated()).done(&handler(), plan)
}

fn level_ids(given: &Given) -> Vec<String> {
    let plan = given.case.plan.as_ref().expect("a plan");
    plan.levels
        .iter()
        .map(|level| level.level.to_string())
        .collect()
}

fn waits_for(given: &Given) -> String {
    let plan = given.case.plan.as_ref().expect("a plan");
    plan.level().expect("an open level").asked.level.to_string()
}

fn of_severity(severity: &str) -> Given {
    let mut opening = opening();
    opening.severity = severity.into();
    given_case(&opening, investigated())
}

/// What the system does when nobody acts until then.
fn silence_until(mut given: Given, at: Timestamp) -> (Given, Vec<Change>) {
    given.now = at;
    let changes = expire(&given.case, at, given.policy());
    for change in &changes {
        given = given.and_then(&Actor::system(), change.clone());
    }
    (given, changes)
}

#[test]
fn the_more_money_the_more_levels() {
    let cases: [(i64, &[&str]); 5] = [
        (50_000, &[]),
        (50_001, &["department_head"]),
        (200_000, &["department_head"]),
        (200_001, &["department_head", "director", "finance"]),
        (
            1_000_001,
            &["department_head", "director", "executive", "finance"],
        ),
    ];
    for (amount, levels) in cases {
        let given = proposed(plan(vec![refund(amount)], &["refund_paid"]));
        assert_eq!(level_ids(&given), levels, "{amount}");
    }
}

#[test]
fn the_graver_the_case_the_more_levels_even_without_money() {
    let apology = || plan(vec![unpriced("apology")], &["apology_given"]);
    let given = of_severity("important").done(&handler(), apology());
    assert_eq!(level_ids(&given), ["department_head", "director"]);
}

#[test]
fn amounts_of_a_plan_count_together() {
    let given = proposed(plan(vec![refund(40_000), refund(40_000)], &["refund_paid"]));
    assert_eq!(level_ids(&given), ["department_head"]);
}

#[test]
fn the_head_of_the_department_approves_within_their_limit() {
    let given = proposed(moderate_plan()).when(&head(), approve());
    let given = given.then([
        Change::ApprovalGiven {
            plan: 1,
            level: "department_head".into(),
            on_behalf_of: None,
            text: text("go on"),
        },
        Change::PlanApproved { plan: 1 },
    ]);
    assert_eq!(given.stage(), Stage::PlanApproved);
}

#[test]
fn above_the_heads_limit_the_next_levels_are_asked_one_after_the_other() {
    let given = proposed(considerable_plan());
    let given = given
        .when(&head(), approve())
        .then_named(&["approval_given"]);
    assert_eq!(
        (given.stage(), waits_for(&given).as_str()),
        (Stage::PlanProposed, "director")
    );
    let given = given
        .when(&director(), approve())
        .then_named(&["approval_given"]);
    assert_eq!(waits_for(&given), "finance");
    let given = given.when(&finance(), approve());
    given.then_named(&["approval_given", "plan_approved"]);
}

#[test]
fn who_is_not_at_their_turn_is_told_whose_it_is() {
    let early = proposed(considerable_plan()).when(&director(), approve());
    let refused = early.then_refused(RejectionKind::NoRight, "other_level");
    assert!(
        refused
            .en()
            .contains("role department_head of after_sales_tech"),
        "{refused}"
    );
}

#[test]
fn the_head_of_another_department_has_no_say() {
    let other = Actor::new("logistics-ops-head", "department_head");
    let given = proposed(moderate_plan()).when(&other, approve());
    given.then_refused(RejectionKind::NoRight, "out_of_scope");
}

#[test]
fn who_has_two_roles_answers_in_the_one_that_is_asked() {
    let policy = policy_with(
        "staff.toml",
        "\n[[person]]\nid = \"two-hats\"\nname = \"甲\"\ndepartment = \"after_sales_tech\"\n\
         roles = [\"department_head\", \"business\"]\nsuperior = \"director-products\"\n",
    );
    let given = proposed(moderate_plan()).under(policy);
    let (business, head) = (
        Actor::new("two-hats", "business"),
        Actor::new("two-hats", "department_head"),
    );
    let wrong = given.when(&business, approve());
    assert_eq!(
        wrong.outcome.as_ref().expect_err("as business").code,
        "other_level"
    );
    wrong
        .given
        .when(&head, approve())
        .then_stage(Stage::PlanApproved);
}

#[test]
fn nobody_approves_a_plan_of_their_own() {
    let given = given(investigated()).done(&head(), considerable_plan());
    assert_eq!(
        waits_for(&given),
        "director",
        "the only head proposed it, so it goes up at once"
    );
    let policy = policy_with(
        "staff.toml",
        "\n[[person]]\nid = \"second-head\"\nname = \"甲\"\ndepartment = \"after_sales_tech\"\n\
         roles = [\"department_head\"]\nsuperior = \"director-products\"\n",
    );
    let given = common::given(investigated())
        .under(policy)
        .done(&head(), moderate_plan());
    assert_eq!(
        waits_for(&given),
        "department_head",
        "there is another head"
    );
    let own = given.when(&head(), approve());
    let refused = own.then_refused(RejectionKind::NoRight, "four_eyes");
    let expected = Change::Refused {
        command: "approve_plan".to_owned(),
        reason: "four_eyes".to_owned(),
    };
    assert_eq!(refused.record.as_deref(), Some(&expected));
}

fn with_deputy(from: &str, to: &str) -> redress_policy::Policy {
    let delegation = format!(
        "\n[[delegation]]\nfrom = \"{from}\"\nto = \"{to}\"\n\
         since = \"2026-03-09\"\nuntil = \"2026-03-13\"\n"
    );
    policy_with("staff.toml", &delegation)
}

#[test]
fn while_the_head_is_away_the_deputy_approves_on_their_behalf() {
    let deputy = Actor::new("logistics-ops-head", "department_head");
    let given = proposed(moderate_plan()).under(with_deputy(HEAD, "logistics-ops-head"));
    let given = given.when(&deputy, approve());
    given.then([
        Change::ApprovalGiven {
            plan: 1,
            level: "department_head".into(),
            on_behalf_of: Some(HEAD.into()),
            text: text("go on"),
        },
        Change::PlanApproved { plan: 1 },
    ]);
}

#[test]
fn after_the_delegation_the_deputy_has_no_say() {
    let deputy = Actor::new("logistics-ops-head", "department_head");
    let given = proposed(moderate_plan()).under(with_deputy(HEAD, "logistics-ops-head"));
    let given = given.after(hours(24 * 6)).when(&deputy, approve());
    given.then_refused(RejectionKind::NoRight, "out_of_scope");
}

#[test]
fn a_deputy_does_not_approve_for_the_proposer() {
    let policy = with_deputy(HEAD, "logistics-ops-head");
    let given = given(investigated())
        .under(policy)
        .done(&head(), moderate_plan());
    assert_eq!(
        waits_for(&given),
        "director",
        "neither the head nor the head's deputy may"
    );
}

#[test]
fn nobody_signs_the_same_plan_at_two_levels() {
    let deputy = Actor::new("director-products", "department_head");
    let given = proposed(considerable_plan()).under(with_deputy(HEAD, "director-products"));
    let given = given.done(&deputy, approve());
    let again = given.when(&director(), approve());
    let refused = again.then_refused(RejectionKind::NoRight, "signed_already");
    assert!(refused.en().contains("another person's"), "{refused}");
}

#[test]
fn a_refused_plan_goes_back_to_the_handler_who_proposes_another() {
    let given = proposed(considerable_plan()).done(&head(), approve());
    let given = given.when(&director(), refuse());
    let given = given.then([Change::ApprovalRefused {
        plan: 1,
        level: "director".into(),
        on_behalf_of: None,
        reason: text("too much"),
    }]);
    assert_eq!(given.stage(), Stage::Investigated);
    let given = given.done(&handler(), moderate_plan());
    assert_eq!(given.case.plan.expect("a plan").number, 2);
}

#[test]
fn who_refuses_says_why() {
    let plan = 0;
    let reason = Text::default();
    let given = proposed(moderate_plan()).when(&head(), RefusePlan { plan, reason });
    given.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn an_approval_is_of_the_plan_that_was_looked_at() {
    let given = proposed(moderate_plan()).done(&handler(), considerable_plan());
    let text = text("go on");
    let stale = given.when(&head(), ApprovePlan { plan: 1, text });
    let refused = stale.then_refused(RejectionKind::Conflict, "other_plan");
    assert!(refused.en().contains("plan 2"), "{refused}");
}

#[test]
fn a_partial_approver_steps_back_and_a_colleague_answers() {
    let given = proposed(considerable_plan()).done(&head(), approve());
    let given = given
        .when(&director(), recuse())
        .then_named(&["approver_recused"]);
    let back = given.when(&director(), approve());
    assert_eq!(back.outcome.as_ref().expect_err("recused").code, "recused");
    let given = back.given.when(&other_director(), approve());
    given.then_named(&["approval_given"]);
}

#[test]
fn when_the_only_approver_steps_back_the_level_above_is_asked_at_once() {
    let given = proposed(moderate_plan()).when(&head(), recuse());
    let given = given.then_named(&["approver_recused", "approval_escalated"]);
    assert_eq!(waits_for(&given), "director");
    let given = given.when(&director(), approve());
    given.then_named(&["approval_given", "plan_approved"]);
}

#[test]
fn who_stepped_back_stays_back_for_the_next_plan_of_the_case() {
    let given = proposed(moderate_plan())
        .done(&head(), recuse())
        .done(&director(), refuse());
    let given = given.done(&handler(), moderate_plan());
    assert_eq!(waits_for(&given), "director");
}

#[test]
fn a_level_that_does_not_answer_in_time_is_passed_over() {
    let given = proposed(moderate_plan());
    let proposed_at = given.now;
    assert_eq!(due(&given.case), Some(proposed_at + hours(4)));
    assert_eq!(
        expire(&given.case, proposed_at + hours(3), given.policy()),
        []
    );
    let (given, changes) = silence_until(given, proposed_at + hours(4));
    let director = ApprovalLevel {
        level: "director".into(),
        role: "director".into(),
        department: None,
        answer_by: Some(proposed_at + hours(12)),
    };
    let expected = Change::ApprovalEscalated {
        plan: 1,
        level: "department_head".into(),
        to: director,
    };
    assert_eq!(changes, [expected]);
    let late = given.when(&head(), approve());
    assert_eq!(
        late.outcome.as_ref().expect_err("too late").code,
        "other_level"
    );
    let given = late.given.when(&common::director(), approve());
    given.then_named(&["approval_given", "plan_approved"]);
}

#[test]
fn the_level_above_answers_once_if_its_turn_comes_anyway() {
    let given = proposed(considerable_plan());
    let at = due(&given.case).expect("a time to answer");
    let (given, changes) = silence_until(given, at);
    assert_eq!(changes.len(), 1);
    assert_eq!(waits_for(&given), "director");
    let given = given.done(&director(), approve());
    assert_eq!(waits_for(&given), "finance");
}

#[test]
fn levels_where_nobody_is_left_are_skipped_when_one_below_is_silent() {
    let mut given = proposed(considerable_plan()).done(&head(), approve());
    for director in ["products", "service", "banking", "public"] {
        let director = Actor::new(&format!("director-{director}"), "director");
        given = given.done(&director, recuse());
    }
    assert_eq!(
        waits_for(&given),
        "executive",
        "every director stepped back"
    );
    let given = given
        .done(&executive(), refuse())
        .done(&handler(), moderate_plan());
    let at = due(&given.case).expect("a time to answer");
    let (given, changes) = silence_until(given, at);
    let names: Vec<&str> = changes.iter().map(Change::name).collect();
    assert_eq!(names, ["approval_escalated", "approval_escalated"]);
    assert_eq!(waits_for(&given), "executive");
}

#[test]
fn at_the_top_nobody_is_left_to_ask_and_the_plan_waits() {
    let mut given = proposed(moderate_plan());
    let mut asked = Vec::new();
    while let Some(at) = due(&given.case) {
        let (after, changes) = silence_until(given, at);
        assert!(!changes.is_empty(), "what is due happens");
        given = after;
        asked.push(waits_for(&given));
    }
    assert_eq!(asked, ["director", "executive"]);
    given
        .when(&executive(), approve())
        .then_stage(Stage::PlanApproved);
}

#[test]
fn a_level_has_its_time_from_its_turn_on() {
    let given = proposed(considerable_plan())
        .after(hours(3))
        .done(&head(), approve());
    assert_eq!(due(&given.case), Some(given.now + hours(8)));
    let given = given.done(&director(), approve());
    assert_eq!(due(&given.case), Some(given.now + hours(24)));
}

#[test]
fn while_a_case_is_on_hold_approvers_have_time() {
    let given = proposed(moderate_plan());
    let until = due(&given.case).expect("a time to answer");
    let given = given.done(&handler(), hold("waiting_for_customer", Some(48)));
    assert_eq!(due(&given.case), Some(start() + hours(48)));
    let held_at = given.now;
    let given = given.after(hours(24)).done(&handler(), resume());
    let held = given.now.duration_since(held_at);
    assert_eq!(due(&given.case), Some(until + held));
}

#[test]
fn a_case_that_became_graver_is_approved_again_before_the_customer_is_told() {
    let given = given(approved()).done(&handler(), correct(None, None, Some("important")));
    let given = given.done(&Actor::new("quality-1", "quality"), measure_by_quality());
    let early = given.when(&handler(), offer());
    let refused = early
        .outcome
        .as_ref()
        .expect_err("not approved for that")
        .clone();
    assert_eq!(refused.code, "missing_first");
    assert!(
        refused.en().contains("approval at level department_head"),
        "{refused}"
    );
    let given = early.given.done(&handler(), small_plan());
    let given = given.done(&head(), approve()).done(&director(), approve());
    given.when(&handler(), offer()).then_stage(Stage::Offered);
}

fn measure_by_quality() -> Command {
    measure("plan_evaluation")
}
