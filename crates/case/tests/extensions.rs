//! Extensions above a limit: asked for, and approved or refused by somebody else.

mod common;

use common::commands::*;
use common::lives::verified;
use common::*;
use redress_case::*;

fn asked(by: &str) -> Given {
    given(verified()).done(&handler(), request_extension(by))
}

fn with_deputy(from: &str, to: &str) -> redress_policy::Policy {
    let delegation = format!(
        "\n[[delegation]]\nfrom = \"{from}\"\nto = \"{to}\"\n\
         since = \"2026-03-09\"\nuntil = \"2026-03-13\"\n"
    );
    policy_with("staff.toml", &delegation)
}

/// The deadline moves, approved by that person.
fn extended(by: &str, approved_by: &str) -> Change {
    Change::Extended {
        clock: Some("result".into()),
        by: by.to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
        approved_by: Some(approved_by.into()),
    }
}

fn approved(request: u32, on_behalf_of: Option<&str>) -> Change {
    Change::ExtensionApproved {
        request,
        on_behalf_of: on_behalf_of.map(Into::into),
        text: text("granted"),
    }
}

#[test]
fn what_is_asked_for_moves_no_deadline_until_somebody_else_approves_it() {
    let given = given(verified()).when(&handler(), request_extension("5 working days"));
    let given = given.then([Change::ExtensionRequested {
        request: 1,
        clock: Some("result".into()),
        by: "5 working days".to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
    }]);
    assert_eq!(given.case.extensions, 0);
    let given = given.when(&head(), approve_extension(1));
    let given = given.then([approved(1, None), extended("5 working days", HEAD)]);
    assert_eq!((given.case.extensions, &given.case.extension), (1, &None));
}

#[test]
fn nobody_answers_for_their_own_request_nor_a_deputy_for_them() {
    let own = given(verified()).done(&head(), request_extension("5 working days"));
    for answer in [approve_extension(0), refuse_extension(0)] {
        let at = given([]).like(&own);
        let refused = at.when(&head(), answer);
        refused.then_refused(RejectionKind::NoRight, "four_eyes");
    }
    let deputy = Actor::new("logistics-ops-head", "department_head");
    let of_deputy = own.under(with_deputy(HEAD, "logistics-ops-head"));
    let refused = of_deputy.when(&deputy, approve_extension(0));
    refused.then_refused(RejectionKind::NoRight, "four_eyes");
}

#[test]
fn who_approves_may_extend_so_far_themselves() {
    let refused = asked("20 working days").when(&head(), approve_extension(0));
    let refused = refused.then_refused(RejectionKind::NoRight, "above_limit");
    assert!(refused.en().contains("director-products"), "{refused}");
    asked("20 working days")
        .when(&director(), approve_extension(0))
        .then_named(&["extension_approved", "extended"]);
    asked("200 working days")
        .when(&executive(), approve_extension(0))
        .then_named(&["extension_approved", "extended"]);
}

#[test]
fn roles_without_the_right_and_heads_of_other_departments_do_not_approve() {
    let other_head = Actor::new("logistics-ops-head", "department_head");
    let lacking = [
        (service_lead(), "missing_right"),
        (quality(), "missing_right"),
        (other_head, "out_of_scope"),
    ];
    for (actor, code) in lacking {
        let refused = asked("5 working days").when(&actor, approve_extension(0));
        refused.then_refused(RejectionKind::NoRight, code);
    }
}

#[test]
fn while_the_head_is_away_the_deputy_approves_the_extension_on_their_behalf() {
    let deputy = Actor::new("logistics-ops-head", "department_head");
    let given = asked("5 working days").under(with_deputy(HEAD, "logistics-ops-head"));
    let after = given.when(&deputy, approve_extension(0));
    let deputy = "logistics-ops-head";
    after.then([approved(1, Some(HEAD)), extended("5 working days", deputy)]);
}

#[test]
fn who_stepped_back_from_approving_in_the_case_answers_for_no_extension() {
    let step_back = Change::ApproverRecused {
        plan: 1,
        level: "department_head".into(),
        reason: text("a relative"),
    };
    let given = asked("5 working days").and_then(&head(), step_back);
    let refused = given.when(&head(), approve_extension(0));
    refused.then_refused(RejectionKind::NoRight, "recused");
}

#[test]
fn a_refused_extension_moves_nothing_and_another_may_be_asked_for() {
    let given = asked("5 working days").when(&head(), refuse_extension(1));
    let given = given.then([Change::ExtensionRefused {
        request: 1,
        on_behalf_of: None,
        reason: text("the carrier answers tomorrow"),
    }]);
    assert_eq!((given.case.extensions, &given.case.extension), (0, &None));
    let late = given.when(&head(), approve_extension(0));
    assert!(matches!(&late.outcome, Err(refused) if refused.code == "no_extension_asked"));
    let given = late
        .given
        .done(&handler(), request_extension("4 working days"));
    assert_eq!(given.case.extension.map(|asked| asked.number), Some(2));
    let silent = RefuseExtension {
        request: 0,
        reason: text(""),
    };
    let refused = asked("5 working days").when(&head(), Command::RefuseExtension(silent));
    refused.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn a_further_request_takes_the_place_of_the_one_that_waits() {
    let given = asked("5 working days").done(&handler(), request_extension("9 working days"));
    for answer in [approve_extension(1), refuse_extension(1)] {
        let at = common::given([]).like(&given);
        let refused = at.when(&head(), answer);
        refused.then_refused(RejectionKind::Conflict, "other_request");
    }
    let after = given.when(&head(), approve_extension(2));
    after.then([approved(2, None), extended("9 working days", HEAD)]);
}

#[test]
fn what_nobody_else_may_approve_is_not_asked_for() {
    let mut given = given(verified());
    for executive in ["executive-1", "executive-2"] {
        let step_back = Change::ApproverRecused {
            plan: 1,
            level: "executive".into(),
            reason: text("a relative"),
        };
        given = given.and_then(&Actor::new(executive, "executive"), step_back);
    }
    let refused = given.when(&handler(), request_extension("200 working days"));
    refused.then_refused(RejectionKind::Invalid, "nobody_may_approve");
}

#[test]
fn a_request_says_by_how_much_of_which_clock_and_why() {
    let good = RequestExtension {
        clock: None,
        by: "5 working days".to_owned(),
        reason: text("late"),
        evidence: String::new(),
    };
    let spoilt = [
        (
            RequestExtension {
                by: "5 days".to_owned(),
                ..good.clone()
            },
            "not_a_span",
        ),
        (
            RequestExtension {
                by: "0h".to_owned(),
                ..good.clone()
            },
            "nothing_changes",
        ),
        (
            RequestExtension {
                clock: Some("egg".into()),
                ..good.clone()
            },
            "unknown_word",
        ),
        (
            RequestExtension {
                reason: text(""),
                ..good.clone()
            },
            "text_missing",
        ),
    ];
    for (request, code) in spoilt {
        given(verified())
            .when(&handler(), request)
            .then_refused(RejectionKind::Invalid, code);
    }
    given(verified())
        .when(&handler(), good)
        .then_named(&["extension_requested"]);
}

#[test]
fn nothing_waits_for_an_approval_when_the_case_has_ended() {
    let given = asked("5 working days").done(&handler(), withdraw());
    assert_eq!(given.case.extension, None);
}

#[test]
fn the_next_steps_offer_the_answer_to_others_than_who_asked() {
    let own = given(verified()).done(&head(), request_extension("5 working days"));
    let may = |actor: &Actor| {
        let steps = next_steps(&own.case, actor, own.now, own.policy());
        let answer = steps.into_iter();
        let answer = answer.filter(|step| step.command == CommandKind::ApproveExtension);
        answer.map(|step| step.allowed).next()
    };
    assert_eq!(may(&head()), Some(false));
    assert_eq!(may(&director()), Some(true));
}
