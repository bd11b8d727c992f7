//! What callers may send by mistake or out of malice, and how it is refused.

mod common;

use common::commands::*;
use common::lives::{accepted, confirmed, verified};
use common::*;
use redress_case::*;

#[test]
fn a_text_of_a_megabyte_is_refused_before_it_is_part_of_a_command() {
    let megabyte = "长".repeat(1_000_000 / 3);
    let too_long = Text::of("reason", &megabyte).expect_err("too long");
    let refused = Rejection::from(too_long);
    assert_eq!(
        (refused.kind, refused.code),
        (RejectionKind::Invalid, "text_too_long")
    );
    assert!(
        refused
            .en()
            .contains("`reason` has 999999 bytes, at most 65536"),
        "{refused}"
    );
    assert!(refused.zh().contains("附件"), "{}", refused.zh());
    let longest = "x".repeat(LONGEST_TEXT);
    assert!(Text::of("reason", &longest).is_ok());
}

#[test]
fn many_long_texts_are_too_much_together() {
    let long = text(&"x".repeat(LONGEST_TEXT));
    let answers = vec![long.clone(); 5];
    let close = Close {
        means: "email".to_owned(),
        answers,
        text: text("dear customer"),
    };
    given(confirmed())
        .when(&handler(), close)
        .then_refused(RejectionKind::Invalid, "text_too_long");
    let mut piece = evidence("a.jpg");
    piece.description = long;
    let finding = RecordFinding {
        text: text("seen"),
        evidence: vec![piece; 5],
    };
    let refused = given(verified()).when(&handler(), finding);
    refused.then_refused(RejectionKind::Invalid, "text_too_long");
}

#[test]
fn references_and_lists_are_bounded() {
    let finding = |evidence: Vec<Evidence>| RecordFinding {
        text: text("seen"),
        evidence,
    };
    let many = vec![evidence("a.jpg"); 65];
    let mut carrier = evidence("a.jpg");
    carrier.verified_by = "x".repeat(2000);
    for (evidence, code) in [
        (many, "too_many"),
        (vec![evidence(&"x".repeat(2000))], "text_too_long"),
        (vec![carrier], "text_too_long"),
    ] {
        let refused = given(verified()).when(&handler(), finding(evidence));
        refused.then_refused(RejectionKind::Invalid, code);
    }
    let measure = RecordMeasure {
        measure: "containment".into(),
        text: text("done"),
        people: vec!["x".to_owned(); 65],
        evidence: Vec::new(),
    };
    given(accepted())
        .when(&handler(), measure)
        .then_refused(RejectionKind::Invalid, "too_many");
}

#[test]
fn what_a_caller_sent_is_not_repeated_at_length() {
    let branch = "机".repeat(300);
    let cause = RecordRootCause {
        branch: BranchId::from(branch.as_str()),
        whys: vec![text("why")],
        occurrence: Text::default(),
        escape: Text::default(),
    };
    let refused = given(verified()).when(&handler(), cause);
    let refused = refused.then_refused(RejectionKind::Invalid, "unknown_word");
    assert!(refused.en().len() < 300, "{refused}");
    assert!(
        refused.en().contains("take one of person, machine"),
        "{refused}"
    );
}

#[test]
fn a_refusal_never_repeats_the_words_of_a_text() {
    let secret = "王小明 13812345678";
    let close = Close {
        means: "email".to_owned(),
        answers: Vec::new(),
        text: text(secret),
    };
    let debug = format!("{close:?}");
    assert!(!debug.contains("13812345678"), "{debug}");
    let refused = given(confirmed()).when(&handler(), close).refused();
    assert!(!format!("{refused:?}").contains("13812345678"));
}

#[test]
fn space_around_a_text_is_no_text() {
    assert!(Text::of("reason", " \t\n　").expect("short").is_empty());
    assert_eq!(text("  words ").as_str(), "words");
    assert!(
        !Text::withheld().is_empty(),
        "somebody wrote something, whoever may read it"
    );
    assert_eq!(Text::withheld().as_str(), "");
}

#[test]
fn erased_texts_fold_like_open_ones() {
    let answers = FiveWOneH {
        who: Text::withheld(),
        what: Text::withheld(),
        when: Text::withheld(),
        why: Text::withheld(),
        place: Text::withheld(),
        how_many: Text::withheld(),
    };
    let erased = given([verified(), vec![Change::FiveWOneHRecorded { answers }]].concat());
    let open = Change::FiveWOneHRecorded {
        answers: all_answers(),
    };
    let open = given([verified(), vec![open]].concat());
    assert_eq!(erased.case, open.case);
}

#[test]
fn every_refusal_speaks_english_and_chinese() {
    let mut told = 0;
    for stage in Stage::ALL {
        for actor in [
            handler(),
            head(),
            finance(),
            Actor::new("mallory", "handler"),
        ] {
            for command in every_command() {
                let Err(refused) = lives::at(*stage).decided(&actor, &command) else {
                    continue;
                };
                let han = refused
                    .zh()
                    .chars()
                    .filter(|c| ('一'..='鿿').contains(c))
                    .count();
                assert!(han > 3, "{}", refused.zh());
                assert!(refused.en().split(' ').count() > 4, "{}", refused.en());
                assert!(!refused.en().contains(['{', '}']), "{}", refused.en());
                assert!(!refused.zh().contains(['{', '}']), "{}", refused.zh());
                assert_eq!(refused.in_locale("zh-CN"), refused.zh());
                assert_eq!(refused.in_locale("en"), refused.to_string());
                told += 1;
            }
        }
    }
    assert!(told > 2000, "only {told}");
}
