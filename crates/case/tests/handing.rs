//! Who has a case, who takes it, and to whom it may go.

mod common;

use common::commands::*;
use common::lives::{accepted, at, investigated};
use common::*;
use redress_case::{Actor, Change, Command, RejectionKind, Stage, StartJointHandling, Text};
use redress_case::{Assign, CorrectTriage, Triage};
use redress_policy::Policy;

fn assigned(department: &str, handler: &str, reason: Text) -> Change {
    Change::Assigned {
        department: department.into(),
        handler: handler.into(),
        reason,
    }
}

/// A house in which first responsible persons have the right to assign.
fn careless_house() -> Policy {
    let mut files = shipped_files();
    let staff = files.get_mut("staff.toml").expect("the staff");
    *staff = staff.replacen(
        "\"accept\", \"transfer_up\"",
        "\"assign\", \"accept\", \"transfer_up\"",
        1,
    );
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn the_handler_accepts_the_case_they_were_given() {
    let given = given([])
        .when(&handler(), accept())
        .then([Change::Accepted]);
    assert_eq!(given.stage(), Stage::Accepted);
}

#[test]
fn a_case_is_accepted_once() {
    let again = given(accepted()).when(&handler(), accept());
    again.then_refused(RejectionKind::NotAllowedNow, "already_accepted");
}

#[test]
fn nobody_accepts_the_case_of_another() {
    let colleague = Actor::new(COLLEAGUE, "handler");
    given([])
        .when(&colleague, accept())
        .then_refused(RejectionKind::NoRight, "out_of_scope");
    given([])
        .when(&head(), accept())
        .then_refused(RejectionKind::NoRight, "not_the_handler");
}

#[test]
fn a_deputy_accepts_for_an_absent_handler() {
    let policy = policy_with(
        "staff.toml",
        "\n[[delegation]]\nfrom = \"after-sales-tech-1\"\nto = \"after-sales-tech-2\"\n\
         since = \"2026-03-09\"\nuntil = \"2026-03-13\"\nroles = [\"handler\"]\n",
    );
    let colleague = Actor::new(COLLEAGUE, "handler");
    let given = given([]).under(policy);
    given.when(&colleague, accept()).then([Change::Accepted]);
}

#[test]
fn who_manages_gives_an_accepted_case_to_another_person_who_has_to_accept_it_again() {
    let given = given(accepted()).when(&head(), assign(None, Some(COLLEAGUE)));
    let given = given.then([assigned("after_sales_tech", COLLEAGUE, text("holiday"))]);
    assert_eq!(given.stage(), Stage::Assigned);
    let colleague = Actor::new(COLLEAGUE, "handler");
    given.when(&colleague, accept()).then_stage(Stage::Accepted);
}

#[test]
fn a_case_that_goes_to_another_person_keeps_what_was_worked_out() {
    let given = given(investigated()).done(&head(), assign(None, Some(COLLEAGUE)));
    assert_eq!(given.stage(), Stage::Investigated);
    let colleague = Actor::new(COLLEAGUE, "handler");
    let given = given.done(&colleague, accept());
    given
        .when(&colleague, small_plan())
        .then_stage(Stage::PlanApproved);
}

#[test]
fn without_a_name_the_department_gives_it_to_one_of_its_people() {
    let given = given(accepted()).done(&director(), assign(Some("logistics_ops"), None));
    let department = policy()
        .departments()
        .get("logistics_ops")
        .expect("a department");
    assert_eq!(given.case.department, department.id);
    assert!(department.handler(given.case.handler.as_str()).is_some());
}

#[test]
fn a_triaged_case_goes_to_the_department_that_leads_its_category() {
    let given = at(Stage::Triaged).done(&Actor::system(), assign(None, None));
    assert_eq!(given.stage(), Stage::Assigned);
    assert_eq!(given.case.department, "after_sales_tech");
}

#[test]
fn a_case_is_given_to_people_and_departments_that_exist() {
    let nobody = given([]).when(&head(), assign(None, Some("nobody")));
    nobody.then_refused(RejectionKind::NotFound, "unknown_person");
    let nowhere = given([]).when(&head(), assign(Some("nowhere"), None));
    nowhere.then_refused(RejectionKind::NotFound, "unknown_department");
    let elsewhere = given([]).when(&head(), assign(Some("finance"), Some(COLLEAGUE)));
    elsewhere.then_refused(RejectionKind::Invalid, "other_department");
    let same = given([]).when(&head(), assign(None, Some(HANDLER)));
    same.then_refused(RejectionKind::NotAllowedNow, "has_it_already");
    let why = Command::Assign(Assign {
        department: None,
        handler: Some(COLLEAGUE.into()),
        reason: Text::default(),
    });
    given([])
        .when(&head(), why)
        .then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn the_first_responsible_person_has_no_right_to_assign() {
    let sideways = given(accepted()).when(&handler(), assign(None, Some(COLLEAGUE)));
    sideways.then_refused(RejectionKind::NoRight, "missing_right");
}

#[test]
fn even_with_the_right_the_first_responsible_person_hands_only_upwards() {
    let given = given(accepted()).under(careless_house());
    let sideways = given.when(&handler(), assign(None, Some(COLLEAGUE)));
    let refused = sideways.then_refused(RejectionKind::NoRight, "only_upwards");
    assert!(refused.en().contains("transfer_up"), "{refused}");
}

#[test]
fn the_first_responsible_person_hands_the_case_up_to_their_superior() {
    let up = given(accepted()).when(&handler(), transfer_up());
    let given = up.then([Change::TransferredUp {
        department: "after_sales_tech".into(),
        handler: HEAD.into(),
        reason: text("too big for me"),
    }]);
    assert_eq!(given.stage(), Stage::Assigned);
    let given = given.done(&head(), accept());
    let up = given.when(&head(), transfer_up());
    let given = up.then_named(&["transferred_up"]);
    assert_eq!(given.case.handler, "director-products");
    assert_eq!(given.case.department, "after_sales_tech");
}

#[test]
fn above_the_top_there_is_nobody() {
    let given = given(accepted()).done(&director(), assign(None, Some("executive-1")));
    let up = given.when(&Actor::system(), transfer_up());
    up.then_refused(RejectionKind::NotAllowedNow, "nobody_above");
}

#[test]
fn supporting_departments_people_may_work_the_case_once_it_is_handled_jointly() {
    let assistant = Actor::new("logistics-ops-1", "assistant");
    let alone = given(accepted()).when(&assistant, finding());
    alone.then_refused(RejectionKind::NoRight, "out_of_scope");
    let joint = given(accepted()).when(&handler(), joint(None, &["logistics_ops"]));
    let given = joint.then([Change::JointHandlingStarted {
        lead: "after_sales_tech".into(),
        supporting: vec!["logistics_ops".into()],
    }]);
    given
        .when(&assistant, finding())
        .then_named(&["finding_recorded"]);
}

#[test]
fn people_of_the_lead_department_may_help_with_its_cases() {
    let assistant = Actor::new(COLLEAGUE, "assistant");
    given(accepted())
        .when(&assistant, finding())
        .then_named(&["finding_recorded"]);
}

#[test]
fn letting_another_department_lead_hands_the_case_to_it() {
    let command = joint(Some("logistics_ops"), &["after_sales_tech"]);
    let sideways = given(accepted()).when(&handler(), command.clone());
    sideways.then_refused(RejectionKind::NoRight, "only_upwards");
    let given = given(accepted()).when(&director(), command);
    let given = given.then_named(&["joint_handling_started", "assigned"]);
    assert_eq!(given.case.department, "logistics_ops");
    assert_eq!(
        given.case.departments(),
        ["logistics_ops", "logistics_ops", "after_sales_tech"]
    );
}

#[test]
fn joint_handling_names_departments_that_exist_each_once() {
    let command = |supporting: &[&str]| joint(None, supporting);
    let cases: [(&[&str], _, _); 4] = [
        (&[], RejectionKind::Invalid, "nobody_supports"),
        (
            &["finance", "finance"],
            RejectionKind::Invalid,
            "named_twice",
        ),
        (&["after_sales_tech"], RejectionKind::Invalid, "named_twice"),
        (&["nowhere"], RejectionKind::NotFound, "unknown_department"),
    ];
    for (supporting, kind, code) in cases {
        given(accepted())
            .when(&handler(), command(supporting))
            .then_refused(kind, code);
    }
    let many = StartJointHandling {
        lead: None,
        supporting: vec!["finance".into(); 65],
    };
    given(accepted())
        .when(&handler(), many)
        .then_refused(RejectionKind::Invalid, "too_many");
}

#[test]
fn a_corrected_urgency_changes_the_order_of_work() {
    let given = given(accepted()).when(&handler(), correct(None, Some("urgent"), None));
    let triage = |urgency: &str| Triage {
        category: "product_quality".into(),
        urgency: urgency.into(),
        severity: "ordinary".into(),
    };
    let given = given.then([Change::TriageCorrected {
        before: Some(triage("normal")),
        now: triage("urgent"),
        reason: text("seen more closely"),
        rank: 1,
        wide_impact: false,
    }]);
    assert_eq!((given.case.rank, given.stage()), (1, Stage::Accepted));
}

#[test]
fn a_category_of_another_department_moves_the_case_there_which_is_not_for_the_handler() {
    let command = correct(Some("logistics"), None, None);
    let sideways = given(accepted()).when(&handler(), command.clone());
    sideways.then_refused(RejectionKind::NoRight, "only_upwards");
    let moved = given(accepted()).when(&head(), command);
    let given = moved.then_named(&["triage_corrected", "assigned"]);
    assert_eq!(given.case.department, "logistics_ops");
    assert_eq!(given.stage(), Stage::Assigned);
}

#[test]
fn a_registered_case_is_triaged_by_hand_and_then_assigned() {
    let lead = Actor::new("supervisor-1", "supervisor");
    let triaged = at(Stage::Registered).when(&lead, correct(Some("logistics"), None, None));
    let given = triaged.then_stage(Stage::Triaged);
    assert_eq!(given.case.triage.urgency, policy().defaults().urgency);
    let given = given.done(&lead, assign(None, None));
    assert_eq!(given.case.department, "logistics_ops");
}

#[test]
fn a_correction_changes_something_that_the_policy_knows() {
    let cases = [
        (correct(None, None, None), "nothing_changes"),
        (correct(None, Some("normal"), None), "nothing_changes"),
        (correct(None, None, Some("apocalyptic")), "unknown_word"),
        (correct(Some("weather"), None, None), "unknown_word"),
    ];
    for (command, code) in cases {
        given(accepted())
            .when(&handler(), command)
            .then_refused(RejectionKind::Invalid, code);
    }
    let why = CorrectTriage {
        category: None,
        urgency: Some("urgent".into()),
        severity: None,
        reason: Text::default(),
    };
    given(accepted())
        .when(&handler(), why)
        .then_refused(RejectionKind::Invalid, "text_missing");
}
