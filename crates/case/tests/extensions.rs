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

const AFTER_SALES: &str = "after_sales_tech";

/// A level of the shipped policy; its role has the same name.
fn level(id: &str, department: Option<&str>, answer_by: jiff::Timestamp) -> ApprovalLevel {
    ApprovalLevel {
        level: id.into(),
        role: id.into(),
        department: department.map(Into::into),
        answer_by: Some(answer_by),
    }
}

/// Who is asked now.
fn waits_for(given: &Given) -> &str {
    let asked = given.case.extension.as_ref();
    let level = asked.and_then(|asked| asked.asked.as_ref());
    level.map_or("nobody", |level| level.level.as_str())
}

/// Nobody does anything until then; what happens by itself is recorded.
fn silence_until(mut given: Given, then: jiff::Timestamp) -> (Given, Vec<Change>) {
    given.now = then;
    let changes = expire(&given.case, then, given.policy());
    let system = Actor::system();
    // As the system records it: at that time.
    let around = Circumstances {
        actor: &system,
        now: then,
        policy: given.policy(),
        request_id: "",
        expected_version: None,
    };
    record(&mut given.case, changes.clone(), &around);
    (given, changes)
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
        requester: HANDLER.into(),
        on_behalf_of: on_behalf_of.map(Into::into),
        text: text("granted"),
    }
}

#[test]
fn what_is_asked_for_moves_no_deadline_until_somebody_else_approves_it() {
    let asked = given(verified()).when(&handler(), request_extension("5 working days"));
    let asked_at = asked.given.now;
    let given = asked.then([Change::ExtensionRequested {
        request: 1,
        clock: Some("result".into()),
        by: "5 working days".to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
        asked: Some(level(
            "department_head",
            Some(AFTER_SALES),
            asked_at + hours(4),
        )),
        not_asked: vec![HANDLER.into()],
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
        requester: HANDLER.into(),
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

#[test]
fn the_first_level_that_may_grant_so_much_is_asked() {
    for (by, level) in [
        ("5 working days", "department_head"),
        ("15 working days", "department_head"),
        ("16 working days", "director"),
        ("31 working days", "executive"),
    ] {
        assert_eq!(waits_for(&asked(by)), level, "{by}");
    }
    let own = given(verified()).done(&head(), request_extension("20 working days"));
    assert_eq!(waits_for(&own), "director", "the head asked");
}

#[test]
fn who_stepped_back_is_not_asked_for_an_extension() {
    let step_back = Change::ApproverRecused {
        plan: 1,
        level: "department_head".into(),
        reason: text("a relative"),
    };
    let given = given(verified()).and_then(&head(), step_back);
    let after = given.when(&handler(), request_extension("5 working days"));
    let [
        Change::ExtensionRequested {
            asked: Some(level),
            not_asked,
            ..
        },
    ] = after.changes()
    else {
        panic!("{:?}", after.changes());
    };
    assert_eq!(level.level, "director");
    assert_eq!(not_asked[..], [HANDLER, HEAD]);
}

#[test]
fn an_extension_that_nobody_answers_goes_to_the_level_above_once_its_time_is_over() {
    let given = asked("5 working days");
    let asked_at = given.now;
    assert_eq!(due(&given.case), Some(asked_at + hours(4)));
    let early = expire(&given.case, asked_at + hours(3), given.policy());
    assert_eq!(early, []);
    let (given, changes) = silence_until(given, asked_at + hours(4));
    let expected = Change::ExtensionEscalated {
        request: 1,
        level: "department_head".into(),
        to: level("director", None, asked_at + hours(12)),
        not_asked: vec![HANDLER.into()],
    };
    assert_eq!(changes, [expected]);
    let (given, _) = silence_until(given, asked_at + hours(12));
    assert_eq!((waits_for(&given), due(&given.case)), ("executive", None));
    let after = given.when(&executive(), approve_extension(1));
    after.then([approved(1, None), extended("5 working days", "executive-1")]);
}

#[test]
fn a_level_that_may_not_grant_so_much_is_passed_over_when_the_one_below_is_silent() {
    let text = shipped_files()["staff.toml"].replacen("hold_days = 30", "hold_days = 4", 1);
    let policy = policy_from("staff.toml", text);
    let given = given(verified()).under(policy);
    let given = given.done(&handler(), request_extension("5 working days"));
    assert_eq!(waits_for(&given), "department_head");
    let then = due(&given.case).expect("a time to answer");
    let (given, changes) = silence_until(given, then);
    assert_eq!((changes.len(), waits_for(&given)), (1, "executive"));
}

#[test]
fn an_answer_ends_the_waiting() {
    for answer in [approve_extension(1), refuse_extension(1)] {
        let given = asked("5 working days").done(&head(), answer);
        assert_eq!(due(&given.case), None);
    }
}

#[test]
fn while_a_case_is_on_hold_who_is_asked_for_an_extension_has_time() {
    let given = asked("5 working days");
    let until = due(&given.case).expect("a time to answer");
    let given = given.done(&handler(), hold("waiting_for_customer", Some(48)));
    let held_at = given.now;
    assert_eq!(due(&given.case), Some(start() + hours(48)));
    let given = given.after(hours(24)).done(&handler(), resume());
    let held = given.now.duration_since(held_at);
    assert_eq!(due(&given.case), Some(until + held));
}

#[test]
fn what_is_asked_during_a_hold_waits_from_its_asking_on() {
    let given = given(verified()).done(&handler(), hold("waiting_for_customer", Some(48)));
    let given = given.after(hours(24));
    let given = given.done(&handler(), request_extension("5 working days"));
    let asked_at = given.now;
    let given = given.after(hours(1)).done(&handler(), resume());
    let held = given.now.duration_since(asked_at);
    assert_eq!(due(&given.case), Some(asked_at + hours(4) + held));
}

#[test]
fn a_plan_and_an_extension_that_nobody_answers_both_go_up_each_in_its_time() {
    let given = lives::at(Stage::PlanProposed);
    let plan_due = due(&given.case).expect("a time to answer");
    let given = given.after(hours(1));
    let given = given.done(&handler(), request_extension("5 working days"));
    let asked_at = given.now;
    let (given, changes) = silence_until(given, plan_due);
    let names: Vec<&str> = changes.iter().map(Change::name).collect();
    assert_eq!(names, ["approval_escalated"]);
    assert_eq!(due(&given.case), Some(asked_at + hours(4)));
    let (_, changes) = silence_until(given, asked_at + hours(4));
    let names: Vec<&str> = changes.iter().map(Change::name).collect();
    assert_eq!(names, ["extension_escalated"]);
}

#[test]
fn a_request_from_before_anybody_was_asked_waits_without_a_time() {
    let old = Change::ExtensionRequested {
        request: 1,
        clock: None,
        by: "5 working days".to_owned(),
        reason: text("late"),
        evidence: String::new(),
        asked: None,
        not_asked: Vec::new(),
    };
    let given = given(verified()).and_then(&handler(), old);
    assert_eq!(due(&given.case), None);
    given
        .when(&head(), approve_extension(0))
        .then_named(&["extension_approved", "extended"]);
}
