//! Verification, findings, causes and answers, and what has to be there before a plan is made.

mod common;

use common::commands::*;
use common::lives::{accepted, looked_into, reopened, verified, verified_as};
use common::*;
use redress_case::*;

#[test]
fn an_accepted_case_is_verified_as_authentic_and_reasonable() {
    let given = given(accepted()).when(&handler(), verify(true, true));
    let given = given.then([Change::Verified {
        authentic: true,
        reasonable: true,
        text: text("called the customer"),
    }]);
    assert_eq!(given.stage(), Stage::Verified);
    assert_eq!(given.case.record.verification, Some((true, true)));
}

#[test]
fn who_doubts_a_complaint_says_why() {
    let doubt = Verify {
        authentic: true,
        reasonable: false,
        text: Text::default(),
    };
    given(accepted())
        .when(&handler(), doubt)
        .then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn a_finding_says_what_was_found_and_names_its_evidence() {
    let given = given(verified())
        .when(&handler(), finding())
        .then_named(&["finding_recorded"]);
    assert_eq!(
        (given.case.record.findings, given.case.record.evidence),
        (1, 1)
    );
    let wordless = RecordFinding {
        text: text("  "),
        evidence: Vec::new(),
    };
    let refused = common::given(verified()).when(&handler(), wordless);
    refused.then_refused(RejectionKind::Invalid, "text_missing");
    let pointless = RecordFinding {
        text: text("seen"),
        evidence: vec![evidence("")],
    };
    let refused = common::given(verified()).when(&handler(), pointless);
    refused.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn a_carrier_may_have_confirmed_the_evidence() {
    let mut evidence = evidence("waybills/77.pdf");
    evidence.verified_by = "SF Express".to_owned();
    let finding = RecordFinding {
        text: text("the parcel was dropped"),
        evidence: vec![evidence.clone()],
    };
    given(verified())
        .when(&handler(), finding)
        .then([Change::FindingRecorded {
            text: text("the parcel was dropped"),
            evidence: vec![evidence],
        }]);
}

#[test]
fn a_root_cause_lies_on_a_branch_of_the_fishbone_and_says_why_and_why_it_was_not_caught() {
    let given = given(verified()).done(&handler(), root_cause("pressed cold", ""));
    assert!(given.case.record.root_cause.occurrence && !given.case.record.root_cause.escape);
    let given = given.done(&handler(), root_cause("", "no test of temperature"));
    let cause = &given.case.record.root_cause;
    assert_eq!(
        (cause.whys, cause.occurrence, cause.escape),
        (2, true, true)
    );
}

#[test]
fn a_root_cause_without_words_or_on_an_unknown_branch_is_none() {
    let cause = |branch: &str, whys: Vec<Text>| RecordRootCause {
        branch: branch.into(),
        whys,
        occurrence: Text::default(),
        escape: Text::default(),
    };
    for (cause, code) in [
        (cause("machine", Vec::new()), "text_missing"),
        (
            cause("machine", vec![text("cold"), text("")]),
            "text_missing",
        ),
        (cause("weather", vec![text("cold")]), "unknown_word"),
        (cause("machine", vec![text("why"); 65]), "too_many"),
    ] {
        given(verified())
            .when(&handler(), cause)
            .then_refused(RejectionKind::Invalid, code);
    }
}

#[test]
fn the_six_questions_may_be_answered_one_by_one() {
    let first = FiveWOneH {
        who: text("the customer"),
        what: text("the seal leaks"),
        ..FiveWOneH::default()
    };
    let given = given(verified()).done(&handler(), five_w_one_h(first));
    let open: Vec<_> = given
        .case
        .record
        .answered
        .missing()
        .map(|(en, _)| en)
        .collect();
    assert_eq!(open, ["when", "why", "where", "how many"]);
    let given = given.done(&handler(), five_w_one_h(all_answers()));
    assert!(given.case.record.answered.is_complete());
    let nothing = given.when(&handler(), five_w_one_h(FiveWOneH::default()));
    nothing.then_refused(RejectionKind::Invalid, "no_answer");
}

#[test]
fn responsibility_is_one_of_the_parties_of_the_policy() {
    let assess = |parties: &[&str]| AssessResponsibility {
        parties: parties.iter().map(|party| (*party).into()).collect(),
        text: text("pressed cold"),
    };
    let given = given(verified()).done(&handler(), assess(&["production", "supplier"]));
    assert!(given.case.record.responsibility);
    for (parties, code) in [(&[][..], "no_party"), (&["the moon"], "unknown_word")] {
        let refused = common::given(verified()).when(&handler(), assess(parties));
        refused.then_refused(RejectionKind::Invalid, code);
    }
}

#[test]
fn the_investigation_is_complete_only_with_everything_that_the_procedure_demands() {
    let partly = FiveWOneH {
        place: Text::default(),
        how_many: Text::default(),
        ..all_answers()
    };
    let given = given(verified()).done(&handler(), five_w_one_h(partly));
    let refused = given.when(&handler(), complete_investigation());
    let refused = refused.then_refused(RejectionKind::NotAllowedNow, "missing_first");
    let missing: Vec<&str> = refused.missing.iter().map(|m| m.en.as_str()).collect();
    assert_eq!(
        missing,
        ["a finding", "5W1H: where, how many", "who is responsible"]
    );
    assert!(
        refused
            .en()
            .contains("needs first: a finding; 5W1H: where, how many"),
        "{refused}"
    );
    assert!(refused.zh().contains("5W1H:何地、数量"), "{}", refused.zh());
}

#[test]
fn with_all_of_it_the_investigation_is_complete() {
    let done = given(looked_into()).when(&handler(), complete_investigation());
    done.then([Change::InvestigationCompleted]);
}

#[test]
fn what_was_found_out_in_the_first_round_counts_in_the_second() {
    let given = given(reopened()).when(&handler(), complete_investigation());
    given.then_stage(Stage::Investigated);
}

#[test]
fn a_reopened_case_that_was_never_verified_is_verified_first() {
    let mut life = accepted();
    life.push(Change::Withdrawn { reason: text("") });
    life.push(Change::Reopened {
        round: 2,
        reason: text(""),
    });
    let given = given(life);
    let refused = given
        .decided(&handler(), &small_plan().into())
        .expect_err("not verified");
    assert!(refused.en().contains("verification"), "{refused}");
    let refused = given
        .decided(&handler(), &complete_investigation())
        .expect_err("not verified");
    assert_eq!(refused.code, "missing_first");
    let given = given.and_then(&handler(), verified_as(true, true));
    assert_eq!(given.stage(), Stage::Verified);
}

#[test]
fn causes_may_be_found_after_the_customer_was_served() {
    let given = given(lives::closed()).done(&quality(), root_cause("cold", "no test"));
    assert_eq!(given.stage(), Stage::Closed);
}
