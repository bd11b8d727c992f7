//! Every sort of fault of procedures, gates and measures is found, at its line.

mod common;
mod fault;

use common::{errors_with, shipped};
use fault::one_error;
use redress_policy::{Policy, ProcedureFault, Reason};

/// The one fault of the shipped procedures with a change, on the line where `at` stands.
#[track_caller]
fn procedure_fault(from: &str, to: &str, at: &str) -> ProcedureFault {
    match one_error("procedures.toml", from, to, at) {
        Reason::Procedure(fault) => fault,
        other => panic!("no fault of procedures: {other}"),
    }
}

#[test]
fn each_severity_has_its_procedure() {
    let mut files = shipped();
    let house = files.get_mut("house.toml").expect("shipped");
    house.push_str("\n[[severity]]\nid = \"fatal\"\nname = { zh = \"特大\", en = \"Fatal\" }\n");
    let errors = Policy::parse(&files).expect_err("no procedure").0;
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}");
    };
    assert_eq!((error.file.as_str(), error.line), ("procedures.toml", 1));
    let severity = "fatal".to_owned();
    assert_eq!(
        error.reason,
        ProcedureFault::NoProcedure { severity }.into()
    );
    assert!(
        error.to_string().contains("severity = \"fatal\""),
        "{error}"
    );
}

#[test]
fn a_severity_has_one_procedure() {
    let errors = errors_with(
        "procedures.toml",
        "severity = \"major\"",
        "severity = \"important\"",
    );
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}");
    };
    assert!(
        matches!(&error.reason, Reason::Duplicate { what: "procedure", id, .. } if id == "important")
    );
}

#[test]
fn a_procedure_is_for_a_severity_there_is() {
    let reason = one_error(
        "procedures.toml",
        "severity = \"major\"",
        "severity = \"nowhere\"",
        "\"nowhere\"",
    );
    assert!(matches!(
        reason,
        Reason::Dangling {
            what: "severity",
            ..
        }
    ));
}

#[test]
fn a_gate_stands_before_a_command_there_is() {
    let reason = one_error(
        "procedures.toml",
        "before = \"verify\"",
        "before = \"dance\"",
        "\"dance\"",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "before"));
}

#[test]
fn a_gate_needs_something_that_is_recorded() {
    let fault = procedure_fault("needs = [\"consent\"]", "needs = [\"luck\"]", "\"luck\"");
    assert!(matches!(&fault, ProcedureFault::UnknownNeed { need, known }
        if need == "luck" && known.contains("five_w_one_h")));
    let reason = one_error(
        "procedures.toml",
        "needs = [\"consent\"]",
        "needs = [\"measure:party\"]",
        "\"measure:party\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "measure", id, .. } if id == "party"));
}

#[test]
fn a_gate_says_what_it_needs() {
    let reason = one_error(
        "procedures.toml",
        "needs = [\"consent\"]\n",
        "",
        "[[procedure.gate]]\nbefore = \"execute_step\"",
    );
    let key = "needs".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
    let reason = one_error(
        "procedures.toml",
        "needs = [\"consent\"]",
        "needs = [\"consent\", \"consent\"]",
        "needs = [\"consent\", \"consent\"]",
    );
    assert!(matches!(reason, Reason::Repeated { word, .. } if word == "consent"));
}

#[test]
fn a_command_has_one_gate_in_a_procedure() {
    let fault = procedure_fault(
        "before = \"confirm_result\"",
        "before = \"offer_plan\" # again",
        "before = \"offer_plan\" # again",
    );
    assert!(matches!(
        fault,
        ProcedureFault::SecondGate {
            before: "offer_plan",
            ..
        }
    ));
}

#[test]
fn a_gate_cannot_wait_for_what_only_comes_after_it() {
    // The customer's consent comes after the offer.
    let fault = procedure_fault(
        "needs = [\"plan\", \"approval\"]",
        "needs = [\"plan\", \"consent\"]",
        "needs = [\"plan\", \"consent\"]",
    );
    let ProcedureFault::GateCircle {
        before,
        need,
        circle,
    } = fault
    else {
        panic!("another fault");
    };
    assert_eq!((before, need.as_str()), ("offer_plan", "consent"));
    assert_eq!(circle, "offer_plan ← record_consent ← offer_plan");
    // A command cannot wait for itself.
    let fault = procedure_fault(
        "before = \"execute_step\"\nneeds = [\"consent\"]",
        "before = \"execute_step\"\nneeds = [\"execution\"]",
        "needs = [\"execution\"]",
    );
    assert!(matches!(fault, ProcedureFault::GateCircle { .. }));
    // The answers come with the closing, and not before.
    let fault = procedure_fault(
        "needs = [\"execution\"]",
        "needs = [\"written_answers\"]",
        "needs = [\"written_answers\"]",
    );
    assert!(matches!(fault, ProcedureFault::GateCircle { .. }));
}

#[test]
fn satisfaction_may_be_asked_for_before_the_result_is_confirmed() {
    let errors = errors_with(
        "procedures.toml",
        "needs = [\"execution\"]",
        "needs = [\"execution\", \"satisfaction\"]",
    );
    assert_eq!(errors, []);
}

#[test]
fn two_gates_cannot_wait_for_each_other() {
    let gates = "[[procedure.gate]]\nbefore = \"record_measure\"\nneeds = [\"finding\"]\n\n\
                 [[procedure.gate]]\nbefore = \"record_finding\"\nneeds = [\"measure:containment\"]\n";
    let to = format!("{gates}\n[[procedure.gate]]\nbefore = \"verify\"");
    let from = "[[procedure.gate]]\nbefore = \"verify\"";
    let errors = errors_with("procedures.toml", from, &to);
    let circles = errors.iter().filter(|e| {
        matches!(
            e.reason,
            Reason::Procedure(ProcedureFault::GateCircle { .. })
        )
    });
    assert_eq!((circles.count(), errors.len()), (1, 1), "{errors:#?}");
}

#[test]
fn somebody_must_be_able_to_fill_a_need() {
    let mut files = shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    *staff = staff.replace("\"verify_corrective_action\",", "");
    assert!(!staff.contains("verify_corrective_action"));
    let errors = Policy::parse(&files).expect_err("nobody verifies").0;
    assert_eq!(errors.len(), 2, "important and major: {errors:#?}");
    for error in errors {
        let expected = ProcedureFault::NobodyFills {
            need: "corrective_action_verified".to_owned(),
            command: "verify_corrective_action",
        };
        assert_eq!(error.file, "procedures.toml");
        assert_eq!(error.reason, expected.into());
    }
}

#[test]
fn a_measure_is_recorded_by_roles_that_may() {
    let reason = one_error(
        "procedures.toml",
        "by = [\"quality\"]",
        "by = [\"wizard\"]",
        "\"wizard\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "role", .. }));
    let fault = procedure_fault(
        "by = [\"quality\"]",
        "by = [\"finance\"]",
        "[[measure]]\nid = \"retained_sample_test\"",
    );
    let role = "finance".to_owned();
    assert_eq!(fault, ProcedureFault::MayNotRecord { role });
}

#[test]
fn somebody_must_have_a_role_that_records_a_measure() {
    let mut files = shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    *staff = staff.replace("roles = [\"quality\"]", "roles = [\"director\"]");
    let errors = Policy::parse(&files).expect_err("nobody is quality").0;
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}");
    };
    let expected = ProcedureFault::NobodyRecords {
        measure: "retained_sample_test".to_owned(),
        roles: "quality".to_owned(),
    };
    assert_eq!(error.reason, expected.into());
}

#[test]
fn a_report_recurs_after_some_time_and_is_named_once() {
    let reason = one_error(
        "procedures.toml",
        "every = \"3d\"",
        "every = \"0d\"",
        "every = \"0d\"",
    );
    assert!(matches!(reason, Reason::NotPositive { .. }));
    let again =
        "every = \"3d\"\n\n[[procedure.periodic]]\nmeasure = \"executive_report\"\nevery = \"9d\"";
    let reason = one_error(
        "procedures.toml",
        "every = \"3d\"",
        again,
        "[[procedure.periodic]]\nmeasure = \"executive_report\"\nevery = \"9d\"",
    );
    assert!(matches!(reason, Reason::Repeated { word, .. } if word == "executive_report"));
}

#[test]
fn archived_cases_are_kept_for_a_time() {
    for wrong in [
        "",
        "2",
        "years",
        "2 moons",
        "0 years",
        "-1 years",
        "99999 years",
    ] {
        let to = format!("keep = \"{wrong}\"");
        let fault = procedure_fault("keep = \"2 years\"", &to, &to);
        assert!(
            matches!(&fault, ProcedureFault::BadKeep { text } if text == wrong),
            "{fault}"
        );
    }
    let reason = one_error(
        "procedures.toml",
        "keep = \"2 years\"",
        "keep = 2",
        "keep = 2",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "keep"));
}

#[test]
fn what_stands_once_for_the_house_stands_in_one_file() {
    let mut files = shipped();
    files.insert(
        "procedures/more.toml".to_owned(),
        "\nkeep = \"3 years\"\n".to_owned(),
    );
    let errors = Policy::parse(&files).expect_err("which of them?").0;
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}");
    };
    assert_eq!(
        (error.file.as_str(), error.line),
        ("procedures/more.toml", 2)
    );
    assert!(matches!(&error.reason, Reason::BadValue { key, .. } if key == "keep"));
    let reason = one_error(
        "procedures.toml",
        "keep = \"2 years\"",
        "",
        "# What each severity",
    );
    let key = "keep".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
}
