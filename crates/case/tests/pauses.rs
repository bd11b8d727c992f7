//! Hold, resume and extension: reasons, evidence, limits, and what ends by itself.

mod common;

use common::commands::*;
use common::lives::{held, verified};
use common::*;
use jiff::SignedDuration;
use redress_case::*;

fn put(actor: &Actor, hold: Hold) -> When {
    given(verified()).when(actor, hold)
}

#[test]
fn a_case_is_held_for_a_reason_of_the_policy_until_a_time() {
    let given = put(&handler(), hold("waiting_for_customer", Some(48)));
    let given = given.then([Change::Held {
        pause: "waiting_for_customer".into(),
        reason: text("as said"),
        evidence: String::new(),
        until: Some(start() + hours(48)),
    }]);
    assert_eq!(
        (given.case.state(), given.stage()),
        (ON_HOLD, Stage::Verified)
    );
    assert_eq!(due(&given.case), Some(start() + hours(48)));
}

#[test]
fn work_goes_on_where_it_was_when_the_hold_ends() {
    let given = given([verified(), vec![held()]].concat()).when(&handler(), resume());
    let given = given.then([Change::Resumed {
        pause: "waiting_for_customer".into(),
    }]);
    assert_eq!(
        (given.case.state(), given.stage()),
        ("verified", Stage::Verified)
    );
}

#[test]
fn a_hold_ends_by_itself() {
    let given = given([verified(), vec![held()]].concat());
    let until = start() + hours(48);
    assert_eq!(
        expire(
            &given.case,
            until - SignedDuration::from_micros(1),
            policy()
        ),
        []
    );
    let resumed = Change::Resumed {
        pause: "waiting_for_customer".into(),
    };
    assert_eq!(expire(&given.case, until, policy()).first(), Some(&resumed));
    let given = given.and_then(&Actor::system(), resumed);
    assert_eq!((given.case.state(), due(&given.case)), ("verified", None));
}

#[test]
fn a_hold_has_a_reason_and_a_time_to_come() {
    let (pause, field) = (
        hold("weather", Some(24)),
        hold("waiting_for_customer", Some(0)),
    );
    put(&handler(), pause).then_refused(RejectionKind::Invalid, "unknown_word");
    put(&handler(), field).then_refused(RejectionKind::Invalid, "time_past");
    let wordless = Hold {
        reason: text(""),
        ..hold("waiting_for_customer", Some(24))
    };
    put(&handler(), wordless).then_refused(RejectionKind::Invalid, "text_missing");
}

#[test]
fn some_reasons_have_to_be_proven() {
    let bare = hold("outside_cooperation", Some(24));
    let refused = put(&handler(), bare.clone());
    refused.then_refused(RejectionKind::Invalid, "evidence_missing");
    let evidence = "letters/carrier.pdf".to_owned();
    put(&handler(), Hold { evidence, ..bare }).then_named(&["held"]);
}

#[test]
fn above_their_limit_handlers_ask_a_superior_who_may_go_further() {
    let long = hold("waiting_for_customer", Some(24 * 10));
    let refused = put(&handler(), long.clone());
    let refused = refused.then_refused(RejectionKind::NoRight, "above_limit");
    assert!(refused.en().contains("ask a superior"), "{refused}");
    assert!(refused.record.is_some(), "the attempt is recorded");
    put(&head(), long).then_named(&["held"]);
    let longer = hold("waiting_for_customer", Some(24 * 20));
    put(&head(), longer.clone()).then_refused(RejectionKind::NoRight, "above_limit");
    put(&director(), longer).then_named(&["held"]);
}

#[test]
fn a_hold_without_an_end_lasts_as_long_as_the_actor_may() {
    let given = put(&handler(), hold("waiting_for_customer", None));
    let now = given.given.now;
    let given = given.then_named(&["held"]);
    assert_eq!(due(&given.case), Some(now + hours(24 * 3)));
    let top = put(&Actor::system(), hold("waiting_for_customer", None));
    let given = top.then_named(&["held"]);
    assert_eq!(due(&given.case), None, "nobody stands above the system");
}

#[test]
fn many_short_holds_for_one_reason_are_no_way_around_the_limit() {
    let mut given = given(verified());
    for _ in 0..2 {
        let until = Some(given.now + hours(30));
        let hold = Hold {
            until,
            ..hold("waiting_for_customer", None)
        };
        given = given
            .done(&handler(), hold)
            .after(hours(30))
            .done(&handler(), resume());
    }
    let until = Some(given.now + hours(30));
    let third = Hold {
        until,
        ..hold("waiting_for_customer", None)
    };
    let refused = given.when(&handler(), third.clone());
    assert_eq!(
        refused.outcome.as_ref().expect_err("used up").code,
        "above_limit"
    );
    let other = Hold {
        evidence: "letters/carrier.pdf".to_owned(),
        pause: "outside_cooperation".into(),
        ..third
    };
    refused.given.when(&handler(), other).then_named(&["held"]);
}

#[test]
fn an_ended_case_is_no_longer_on_hold() {
    for end in [withdraw(), merge()] {
        let given = given([verified(), vec![held()]].concat()).done(&handler(), end);
        assert_eq!((&given.case.hold, due(&given.case)), (&None, None));
    }
}

#[test]
fn a_deadline_is_moved_within_the_handlers_limit() {
    let given = given(verified()).when(&handler(), extend("3 working days", None));
    let given = given.then([Change::Extended {
        clock: Some("result".into()),
        by: "3 working days".to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
        approved_by: None,
    }]);
    assert_eq!(given.case.extensions, 1);
}

#[test]
fn nobody_moves_a_deadline_above_their_limit_whoever_they_say_has_approved() {
    for who in [None, Some(HEAD), Some("director-products")] {
        let alone = given(verified()).when(&handler(), extend("5 working days", who));
        let refused = alone.then_refused(RejectionKind::NoRight, "above_limit");
        assert!(refused.en().contains("request_extension"), "{refused}");
        assert!(refused.en().contains(HEAD), "{refused}");
    }
    given(verified())
        .when(&director(), extend("20 working days", None))
        .then_named(&["extended"]);
    let nobody = given(verified()).when(&handler(), extend("1 working day", Some("nobody")));
    nobody.then_refused(RejectionKind::NotFound, "unknown_person");
}

#[test]
fn begun_days_of_an_extension_count_whole() {
    given(verified())
        .when(&handler(), extend("72h", None))
        .then_named(&["extended"]);
    let more = given(verified()).when(&handler(), extend("72h 1m", None));
    more.then_refused(RejectionKind::NoRight, "above_limit");
}

#[test]
fn an_extension_says_by_how_much_of_which_clock_and_why() {
    let good = Extend {
        clock: None,
        by: "1 working day".to_owned(),
        reason: text("late"),
        evidence: String::new(),
        approved_by: None,
    };
    let spoilt = [
        (
            Extend {
                by: "soon".to_owned(),
                ..good.clone()
            },
            "not_a_span",
        ),
        (
            Extend {
                by: "5 days".to_owned(),
                ..good.clone()
            },
            "not_a_span",
        ),
        (
            Extend {
                by: "0h".to_owned(),
                ..good.clone()
            },
            "nothing_changes",
        ),
        (
            Extend {
                reason: text(""),
                ..good.clone()
            },
            "text_missing",
        ),
        (
            Extend {
                clock: Some("egg".into()),
                ..good.clone()
            },
            "unknown_word",
        ),
        (
            Extend {
                evidence: "x".repeat(2000),
                ..good.clone()
            },
            "text_too_long",
        ),
    ];
    for (extend, code) in spoilt {
        given(verified())
            .when(&handler(), extend)
            .then_refused(RejectionKind::Invalid, code);
    }
    given(verified())
        .when(&handler(), good)
        .then_named(&["extended"]);
}
