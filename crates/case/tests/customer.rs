//! The customer's side: offer, consent, refusal, result, satisfaction, and the ways to end.

mod common;

use common::commands::*;
use common::lives::*;
use common::*;
use redress_case::*;

#[test]
fn an_approved_plan_is_told_to_the_customer_and_again_if_they_were_not_reached() {
    let given = given(approved()).when(&handler(), offer());
    let given = given.then([Change::PlanOffered {
        plan: 1,
        means: "phone".to_owned(),
        text: text("told by phone"),
    }]);
    given.when(&handler(), offer()).then_stage(Stage::Offered);
}

#[test]
fn a_customer_is_spoken_to_by_known_means() {
    let means = "smoke".to_owned();
    let text = Text::default();
    let given = given(approved()).when(&handler(), OfferPlan { means, text });
    let refused = given.then_refused(RejectionKind::Invalid, "unknown_word");
    assert!(refused.en().contains("phone, email, sms"), "{refused}");
}

#[test]
fn the_customer_agrees() {
    let given = given(offered()).when(&handler(), consent());
    let given = given.then([Change::ConsentGiven {
        plan: 1,
        means: "phone".to_owned(),
        proof: "recordings/1.mp3".to_owned(),
    }]);
    assert_eq!(given.stage(), Stage::CustomerAgreed);
}

#[test]
fn without_consent_nothing_is_carried_out() {
    let early = given(offered()).when(&handler(), execute(0));
    early.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
}

#[test]
fn a_refusing_customer_and_an_adjusted_plan_go_round_until_they_agree() {
    let mut given = given(offered());
    for round in 1..=3 {
        given = given
            .when(&handler(), refusal())
            .then_stage(Stage::ConsentRefused);
        given = given.done(&handler(), adjust(small_plan()));
        assert_eq!(given.case.plans, round + 1);
        given = given.done(&handler(), offer());
    }
    let given = given.when(&handler(), consent());
    assert!(matches!(
        given.changes()[0],
        Change::ConsentGiven { plan: 4, .. }
    ));
    given.then_stage(Stage::CustomerAgreed);
}

#[test]
fn why_the_customer_refused_is_recorded() {
    let reason = Text::default();
    let given = given(offered()).when(&handler(), RecordRefusal { reason });
    given.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn what_cannot_be_met_is_declared_so_with_reason_and_apology() {
    let given = given(consent_refused()).when(&handler(), commands::unmeetable());
    let given = given.then([Change::DeclaredUnmeetable {
        reason: text("the part is no longer made"),
        apology: text("we are sorry"),
    }]);
    assert_eq!(given.stage(), Stage::Unmeetable);
    for (reason, apology) in [("", "sorry"), ("no part", " ")] {
        let (reason, apology) = (text(reason), text(apology));
        let command = DeclareUnmeetable { reason, apology };
        let refused = common::given(verified()).when(&handler(), command);
        refused.then_refused(RejectionKind::Invalid, "text_missing");
    }
}

#[test]
fn a_case_is_rejected_as_unfounded_with_reason_and_appeal() {
    let life = [accepted(), vec![verified_as(false, true)]].concat();
    let given = given(life.clone()).when(&handler(), reject());
    let given = given.then([Change::Rejected {
        reason: text("bought elsewhere"),
        appeal: text("write to the head of the department"),
    }]);
    assert_eq!(given.stage(), Stage::Rejected);
    for (reason, appeal) in [("", "write to us"), ("unfounded", "")] {
        let (reason, appeal) = (text(reason), text(appeal));
        let refused = common::given(life.clone()).when(&handler(), Reject { reason, appeal });
        refused.then_refused(RejectionKind::Invalid, "text_missing");
    }
}

#[test]
fn what_was_verified_as_founded_is_not_rejected_unless_a_finding_says_otherwise() {
    let early = given(verified()).when(&handler(), reject());
    early.then_refused(RejectionKind::NotAllowedNow, "verified_as_founded");
    let given = given(verified()).done(&handler(), finding());
    given.when(&handler(), reject()).then_stage(Stage::Rejected);
}

#[test]
fn the_customer_may_withdraw_as_long_as_the_case_is_open_even_on_hold() {
    for stage in Stage::ALL
        .iter()
        .copied()
        .filter(|stage| !stage.has_ended())
    {
        let given = at(stage).when(&Actor::system(), withdraw());
        given.then_stage(Stage::Withdrawn);
    }
    let given = given([verified(), vec![held()]].concat()).done(&handler(), withdraw());
    assert_eq!(
        (given.stage(), given.case.state()),
        (Stage::Withdrawn, "withdrawn")
    );
}

#[test]
fn steps_are_carried_out_and_the_last_one_makes_the_plan_executed() {
    let given = given(agreed()).when(&handler(), execute(1));
    let given = given.then_named(&["step_executed"]);
    assert_eq!(given.stage(), Stage::Executing);
    let given = given.when(&handler(), execute(0));
    let given = given.then_named(&["step_executed", "plan_executed"]);
    assert_eq!(given.stage(), Stage::Executed);
}

#[test]
fn a_step_is_carried_out_once_and_is_one_of_the_plan() {
    let again = given(executing()).when(&handler(), execute(0));
    again.then_refused(RejectionKind::NotAllowedNow, "step_done");
    let beyond = given(executing()).when(&handler(), execute(2));
    let refused = beyond.then_refused(RejectionKind::NotFound, "unknown_step");
    assert!(refused.en().contains("the plan has 2"), "{refused}");
}

#[test]
fn the_exchange_forms_steps_are_carried_out_in_their_order() {
    let steps = [
        "call",
        "goods_returned",
        "delivery_order",
        "warehouse_ships",
    ];
    let plan = plan(vec![unpriced("exchange")], &steps);
    let mut given = given(investigated()).done(&handler(), plan);
    let business = Actor::new("business-1", "business");
    for actor in [business, head(), director(), finance()] {
        given = given.done(&actor, approve());
    }
    let given = given.done(&handler(), offer()).done(&handler(), consent());
    let early = given.when(&handler(), execute(3));
    let refused = early.outcome.as_ref().expect_err("too early").clone();
    assert_eq!(refused.code, "step_out_of_order");
    assert!(
        refused.en().contains("the step goods_returned comes first"),
        "{refused}"
    );
    let mut given = early.given;
    for step in 1..=3 {
        given = given.done(&handler(), execute(step));
    }
    given
        .when(&handler(), execute(0))
        .then_stage(Stage::Executed);
}

#[test]
fn a_colleague_of_the_department_may_carry_out_a_step() {
    let assistant = Actor::new(COLLEAGUE, "assistant");
    given(agreed())
        .when(&assistant, execute(0))
        .then_stage(Stage::Executing);
}

#[test]
fn the_result_is_confirmed_with_the_customer() {
    let given = given(executed()).when(&handler(), confirm());
    let given = given.then([Change::ResultConfirmed {
        means: "phone".to_owned(),
        text: text("all is well"),
    }]);
    assert_eq!(given.stage(), Stage::CustomerConfirmed);
}

#[test]
fn a_satisfied_customer_leads_to_the_closing() {
    for satisfaction in [Satisfaction::Satisfied, Satisfaction::MostlySatisfied] {
        let given = given(confirmed()).when(&handler(), satisfied(satisfaction));
        let given = given.then_named(&["satisfaction_recorded"]);
        assert_eq!(given.stage(), Stage::CustomerConfirmed);
    }
}

#[test]
fn a_dissatisfied_customer_leads_to_second_processing_by_itself() {
    for life in [executed(), confirmed(), closed()] {
        let given = given(life).when(&handler(), satisfied(Satisfaction::Dissatisfied));
        let given = given.then([
            Change::SatisfactionRecorded {
                satisfaction: Satisfaction::Dissatisfied,
                text: text("as the customer said"),
            },
            Change::Reopened {
                round: 2,
                reason: text("as the customer said"),
            },
        ]);
        assert_eq!((given.stage(), given.case.round), (Stage::Reopened, 2));
        assert_eq!(given.case.plan, None, "propose again");
        assert_eq!(given.case.satisfaction, None, "ask again");
    }
}

#[test]
fn a_case_is_closed_with_a_written_notice_that_answers_every_item() {
    let given = given(confirmed()).when(&handler(), close(1));
    let given = given.then([closed_with(1)]);
    assert_eq!(given.stage(), Stage::Closed);
    let mut opening = opening();
    opening.items = 3;
    let few = given_case(&opening, confirmed()).when(&handler(), close(2));
    let refused = few.then_refused(RejectionKind::Invalid, "items_unanswered");
    assert!(refused.en().contains("2 of 3 items"), "{refused}");
    given_case(&opening, confirmed())
        .when(&handler(), close(3))
        .then_stage(Stage::Closed);
}

fn closed_with(answers: usize) -> Change {
    Change::Closed {
        means: "email".to_owned(),
        answers: vec![text("your money is back"); answers],
        text: text("dear customer"),
    }
}

#[test]
fn a_closing_notice_is_written_says_something_and_has_no_empty_answer() {
    let good = Close {
        means: "letter".to_owned(),
        answers: vec![text("yes")],
        text: text("dear customer"),
    };
    let spoilt = [
        (
            Close {
                means: "in_person".to_owned(),
                ..good.clone()
            },
            "unknown_word",
        ),
        (
            Close {
                text: text(""),
                ..good.clone()
            },
            "text_missing",
        ),
        (
            Close {
                answers: vec![text("")],
                ..good.clone()
            },
            "text_missing",
        ),
        (
            Close {
                answers: Vec::new(),
                ..good.clone()
            },
            "items_unanswered",
        ),
    ];
    for (close, code) in spoilt {
        given(confirmed())
            .when(&handler(), close)
            .then_refused(RejectionKind::Invalid, code);
    }
    for means in ["email", "sms", "letter", "phone"] {
        let close = Close {
            means: means.to_owned(),
            ..good.clone()
        };
        given(confirmed())
            .when(&handler(), close)
            .then_stage(Stage::Closed);
    }
}

#[test]
fn other_ends_are_closed_with_a_notice_too() {
    for life in [withdrawn(), rejected(), lives::unmeetable()] {
        given(life)
            .when(&handler(), close(1))
            .then_stage(Stage::Closed);
    }
}

#[test]
fn a_closed_rejected_withdrawn_or_unmeetable_case_may_be_reopened() {
    for life in [closed(), withdrawn(), rejected(), lives::unmeetable()] {
        let given = given(life).when(&handler(), reopen());
        let given = given.then([Change::Reopened {
            round: 2,
            reason: text("it broke again"),
        }]);
        assert_eq!(given.stage(), Stage::Reopened);
    }
    let reason = Text::default();
    let refused = given(closed()).when(&handler(), Reopen { reason });
    refused.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn rounds_are_counted() {
    let mut given = given(closed());
    for round in 2..=4 {
        given = given.done(&handler(), reopen());
        assert_eq!(given.case.round, round);
        given = given.done(&handler(), withdraw());
    }
}
