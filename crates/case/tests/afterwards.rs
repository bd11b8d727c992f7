//! What stands beside the main line: archive, corrective actions, 8D, recalls, merging, notes.

mod common;

use common::commands::*;
use common::lives::*;
use common::*;
use redress_case::*;

#[test]
fn only_a_closed_case_is_archived_and_kept_for_two_years() {
    let given = given(closed()).when(&handler(), archive());
    let keep_until = "2028-03-09T02:16:00Z".parse().expect("a time");
    let given = given.then([Change::Archived { keep_until }]);
    assert_eq!(given.stage(), Stage::Archived);
    for life in [confirmed(), withdrawn(), rejected(), lives::unmeetable()] {
        let early = common::given(life).when(&handler(), archive());
        early.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
    }
}

#[test]
fn nobody_works_on_an_archived_case_but_a_recall_still_reaches_its_customer() {
    for command in every_command() {
        let kind = command.kind();
        let outcome = given(archived()).decided(&Actor::system(), &command);
        assert_eq!(outcome.is_ok(), kind == CommandKind::JoinRecall, "{kind}");
    }
}

#[test]
fn a_corrective_action_has_an_owner_and_a_date_and_its_effect_is_verified() {
    let given = given(verified()).when(&handler(), action(false));
    let given = given.then([Change::CorrectiveActionRecorded {
        action: 1,
        text: text("watch the heater"),
        owner: "after_sales_tech".to_owned(),
        due_at: days_ahead(20),
        preventive: false,
    }]);
    let given = given.done(&handler(), action(true));
    let given = given.when(&quality(), verify_action(2, true));
    let given = given.then([Change::CorrectiveActionVerified {
        action: 2,
        effective: true,
        text: text("no leak since"),
    }]);
    let effects: Vec<_> = given
        .case
        .record
        .actions
        .iter()
        .map(|a| a.effective)
        .collect();
    assert_eq!(effects, [None, Some(true)]);
}

#[test]
fn an_action_without_owner_date_or_words_is_none() {
    let good = RecordCorrectiveAction {
        text: text("watch the heater"),
        owner: HANDLER.to_owned(),
        due_at: Some(days_ahead(20)),
        preventive: false,
    };
    let spoilt = [
        (
            RecordCorrectiveAction {
                text: text(""),
                ..good.clone()
            },
            "text_missing",
        ),
        (
            RecordCorrectiveAction {
                owner: String::new(),
                ..good.clone()
            },
            "text_missing",
        ),
        (
            RecordCorrectiveAction {
                owner: "x".to_owned(),
                ..good.clone()
            },
            "unknown_owner",
        ),
        (
            RecordCorrectiveAction {
                due_at: None,
                ..good.clone()
            },
            "time_missing",
        ),
        (
            RecordCorrectiveAction {
                due_at: Some(start()),
                ..good.clone()
            },
            "time_past",
        ),
    ];
    for (action, code) in spoilt {
        let refused = given(verified()).when(&handler(), action).refused();
        assert_eq!(refused.code, code);
    }
    let none = given(verified()).when(&quality(), verify_action(1, true));
    none.then_refused(RejectionKind::NotAllowedNow, "missing_first");
    for number in [0, 2] {
        let given = given(verified()).done(&handler(), action(false));
        let refused = given.when(&quality(), verify_action(number, true));
        refused.then_refused(RejectionKind::NotFound, "unknown_action");
    }
}

#[test]
fn an_8d_report_says_what_the_record_holds_and_what_is_missing() {
    use Discipline::{D0, D1, D2, D3, D4, D5, D6, D7, D8};
    let given = given(accepted()).when(&handler(), eight_d());
    let (complete, missing) = (Vec::new(), Discipline::ALL.to_vec());
    let mut given = given.then([Change::EightDCompiled { complete, missing }]);
    let steps: Vec<(Actor, Command, &[Discipline])> = vec![
        (handler(), verify(true, true), &[D0]),
        (handler(), joint(None, &["logistics_ops"]), &[D0, D1]),
        (handler(), five_w_one_h(all_answers()), &[D0, D1, D2]),
        (quality(), measure("containment"), &[D0, D1, D2, D3]),
        (handler(), root_cause("cold", ""), &[D0, D1, D2, D3]),
        (handler(), root_cause("", "no test"), &[D0, D1, D2, D3, D4]),
        (handler(), action(false), &[D0, D1, D2, D3, D4, D5]),
        (handler(), action(true), &[D0, D1, D2, D3, D4, D5, D7]),
        (
            quality(),
            verify_action(2, true),
            &[D0, D1, D2, D3, D4, D5, D7],
        ),
        (
            quality(),
            verify_action(1, true),
            &[D0, D1, D2, D3, D4, D5, D6, D7],
        ),
    ];
    let mut before: Vec<Discipline> = Vec::new();
    for (actor, command, expected) in steps {
        let done = given.when(&actor, command);
        let told = done.changes().iter().flat_map(Discipline::told_by);
        let told: Vec<_> = told.collect();
        let mut new = expected.iter().filter(|d| !before.contains(d));
        assert!(new.all(|d| told.contains(d)), "{told:?} of {expected:?}");
        before = expected.to_vec();
        given = done.given;
        let when = given.when(&quality(), eight_d());
        let Change::EightDCompiled { complete, missing } = &when.changes()[0] else {
            panic!("not compiled");
        };
        assert_eq!(complete, expected);
        assert_eq!(complete.len() + missing.len(), 9);
        given = when.given;
    }
    assert!(D8.filled_by().0.contains("confirmed"));
    let given = common::given(confirmed()).when(&quality(), eight_d());
    let Change::EightDCompiled { complete, .. } = &given.changes()[0] else {
        panic!("not compiled");
    };
    assert!(complete.contains(&D8), "{complete:?}");
}

#[test]
fn a_measure_with_people_is_a_team() {
    let given = given(accepted()).done(&quality(), measure("containment"));
    assert!(Discipline::D1.is_complete(&given.case));
}

#[test]
fn a_repeat_is_merged_into_the_case_that_goes_on() {
    let given = given(accepted()).when(&handler(), merge());
    let given = given.then([Change::Merged {
        into: id("r-2"),
        number: "CF20260308004".to_owned(),
    }]);
    assert_eq!(
        (given.stage(), given.case.merged_into),
        (Stage::Merged, Some(id("r-2")))
    );
    assert!(given.stage().has_ended());
    given
        .when(&handler(), archive())
        .then_stage(Stage::Archived);
}

#[test]
fn a_case_is_not_merged_into_itself_or_into_one_that_has_ended() {
    let into = other("r-1", false);
    let itself = given(accepted()).when(&handler(), Merge { into });
    itself.then_refused(RejectionKind::Invalid, "same_case");
    let into = other("r-2", true);
    let ended = given(accepted()).when(&handler(), Merge { into });
    ended.then_refused(RejectionKind::NotAllowedNow, "other_ended");
}

#[test]
fn notes_are_internal_or_for_the_customer() {
    for visibility in [Visibility::Internal, Visibility::Customer] {
        let given = given(accepted()).when(&handler(), note(visibility));
        given.then([Change::NoteAdded {
            visibility,
            text: text("called, nobody there"),
        }]);
    }
    let empty = AddNote {
        visibility: Visibility::Internal,
        text: text(" \n "),
    };
    given(accepted())
        .when(&handler(), empty)
        .then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn a_proof_names_its_object() {
    let given = given(executed())
        .when(&handler(), proof())
        .then_named(&["proof_attached"]);
    assert_eq!(given.case.record.evidence, 2);
    let proof = evidence(" ");
    let refused = given.when(&handler(), AttachProof { proof });
    refused.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn a_case_leads_the_recall_of_its_batch() {
    let given = given(verified()).when(&quality(), open_recall());
    let given = given.then([Change::RecallOpened {
        batch_no: "B-2026-02".to_owned(),
        text: text("please stop using it"),
    }]);
    let again = given.when(&quality(), open_recall());
    let refused = again.outcome.as_ref().expect_err("open already");
    assert_eq!(refused.code, "recall_open");
}

#[test]
fn a_recall_needs_a_batch_and_words_for_the_customers() {
    let mut opening = opening();
    opening.batch_no = String::new();
    let unknown = given_case(&opening, verified()).when(&quality(), open_recall());
    unknown.then_refused(RejectionKind::Invalid, "text_missing");
    let (batch_no, text) = ("B-7".to_owned(), text("stop"));
    let named = given_case(&opening, verified()).when(&quality(), OpenRecall { batch_no, text });
    named.then_named(&["recall_opened"]);
    let (batch_no, text) = (String::new(), Text::default());
    let wordless = given(verified()).when(&quality(), OpenRecall { batch_no, text });
    wordless.then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn every_case_of_the_batch_joins_the_recall_whatever_its_stage() {
    for stage in Stage::ALL {
        let given = at(*stage).when(&Actor::system(), join_recall());
        let given = given.then([Change::RecallJoined {
            recall: id("r-9"),
            number: "CF20260308004".to_owned(),
            batch_no: "B-2026-02".to_owned(),
            text: text("please stop using it"),
        }]);
        assert_eq!(given.stage(), *stage, "joining moves no case");
    }
}

#[test]
fn a_case_joins_a_recall_once_and_only_that_of_its_batch() {
    let given = given(verified()).done(&handler(), join_recall());
    let again = given.when(&handler(), join_recall());
    again.then_refused(RejectionKind::NotAllowedNow, "joined_already");
    let join = |request: &str, batch: &str| JoinRecall {
        recall: leading(request),
        batch_no: batch.to_owned(),
        text: Text::default(),
    };
    for (join, code) in [
        (join("r-1", "B-2026-02"), "same_case"),
        (join("r-9", "B-2026-03"), "other_batch"),
    ] {
        let refused = common::given(verified()).when(&handler(), join);
        refused.then_refused(RejectionKind::Invalid, code);
    }
    for same in ["", "b-2026-02"] {
        let joined = common::given(verified()).when(&handler(), join("r-9", same));
        joined.then_named(&["recall_joined"]);
    }
    let mut other_batch = opening();
    other_batch.batch_no = "B-1".to_owned();
    let refused = given_case(&other_batch, verified()).when(&handler(), join("r-9", ""));
    refused.then_refused(RejectionKind::Invalid, "other_batch");
}

#[test]
fn a_case_joins_a_recall_once_however_its_batch_is_spelled() {
    let mut unknown = opening();
    unknown.batch_no = String::new();
    let join = |batch: &str| JoinRecall {
        recall: leading("r-9"),
        batch_no: batch.to_owned(),
        text: Text::default(),
    };
    for same in ["", "B-2026-02"] {
        let given = given_case(&unknown, verified()).done(&handler(), join("b-2026-02"));
        let again = given.when(&handler(), join(same));
        again.then_refused(RejectionKind::NotAllowedNow, "joined_already");
    }
}

#[test]
fn a_case_joins_no_recall_that_nobody_has_opened() {
    let join = JoinRecall {
        recall: other("r-9", false),
        batch_no: String::new(),
        text: text("please stop using it"),
    };
    let refused = given(verified()).when(&handler(), join);
    refused.then_refused(RejectionKind::NotAllowedNow, "no_recall");
}

#[test]
fn a_recall_is_closed_with_a_report_when_all_its_cases_have_ended() {
    let given = given(verified()).done(&quality(), open_recall());
    let early = given.when(&quality(), close_recall(3, 2));
    let refused = early.outcome.as_ref().expect_err("one is open");
    assert_eq!(refused.code, "recall_unfinished");
    assert!(refused.en().contains("2 of 3"), "{refused}");
    let given = early.given.when(&quality(), close_recall(3, 3));
    let given = given.then([Change::RecallClosed {
        report: text("all exchanged"),
        affected: 3,
        finished: 3,
    }]);
    let again = given.when(&quality(), close_recall(3, 3));
    again.then_refused(RejectionKind::NotAllowedNow, "no_recall");
}

#[test]
fn a_case_that_leads_an_open_recall_ends_for_its_customer_and_is_not_archived_yet() {
    let given = given(confirmed())
        .done(&quality(), open_recall())
        .done(&handler(), close(1));
    let early = given.when(&handler(), archive());
    let refused = early
        .outcome
        .as_ref()
        .expect_err("the recall is open")
        .clone();
    assert_eq!(refused.code, "recall_open");
    let given = early.given.done(&quality(), close_recall(0, 0));
    given
        .when(&handler(), archive())
        .then_stage(Stage::Archived);
}
