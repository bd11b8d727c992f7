//! What is told while a case is worked on, in sentences.

mod common;
mod desk;

use common::{
    EMAIL, HOUR, NINE, WITH_HOOK,
    facts::{fact, fact_of, level, moved, plan, text},
    registered, rules,
};
use desk::{
    Desk,
    told::{HOOK, desk, dropped, later, letters, only_letter, planned},
};
use redress_notifier::Unsendable;
use redress_store::state_hash;
use redress_wire::{
    customer::SealedText,
    router::{
        CaseAccepted, CaseClosed, CaseExtended, CaseHeld, CaseMerged, CaseRejected, CaseReopened,
        ConsentRefused, DeclaredUnmeetable, NoteAdded, PlanApproved, PlanExecuted, PlanOffered,
        RecallJoined, SatisfactionRecorded, Visibility, case_event::Change,
    },
};

fn accepted() -> Change {
    Change::Accepted(CaseAccepted {})
}

fn offered(number: u32, words: &str) -> Change {
    Change::PlanOffered(PlanOffered {
        plan: number,
        means: "email".to_owned(),
        text: Some(text(words)),
    })
}

fn closed(answers: &[&str]) -> Change {
    Change::Closed(CaseClosed {
        means: "email".to_owned(),
        answers: answers.iter().map(|answer| text(answer)).collect(),
        text: None,
    })
}

fn note(visibility: Visibility, words: &str) -> Change {
    Change::NoteAdded(NoteAdded {
        visibility: visibility.into(),
        text: Some(text(words)),
    })
}

#[test]
fn the_customer_hears_of_the_acceptance_a_minute_later_in_their_language() {
    for (locale, words) in [
        ("zh-CN", "已由售后技术部受理"),
        ("en-GB", "After-sales Technology"),
    ] {
        let mut desk = desk(locale);
        let told = desk.tell(&fact(2, accepted()));
        let told = planned(&told)[0];
        assert_eq!(told.notification_id, "CF20260501001-customer_accepted-v2");
        assert_eq!(
            (&*told.cause, &*told.audience, &*told.means),
            ("accepted", "customer", "email")
        );
        assert!(letters(&mut desk).is_empty(), "it waits");
        later(&mut desk, 1);
        let letter = only_letter(&mut desk);
        assert!(
            letter.to == EMAIL && letter.body.contains(words),
            "{}",
            letter.body
        );
    }
}

#[test]
fn an_acceptance_that_the_plan_overtakes_is_not_told_any_more() {
    let facts = [
        fact(2, accepted()),
        fact(3, plan(1, Vec::new())),
        fact(4, offered(1, "全额退款")),
    ];
    let mut apart = desk("zh-CN");
    let told: Vec<_> = facts.iter().flat_map(|fact| apart.tell(fact)).collect();
    let mut together = desk("zh-CN");
    assert_eq!(together.tell_all(&facts), told);
    assert_eq!(dropped(&told), ["CF20260501001-customer_accepted-v2"]);
    for mut desk in [apart, together] {
        later(&mut desk, 1);
        let letter = only_letter(&mut desk);
        for words in ["退款 120.50 元", "2026年5月1日 17:00", "全额退款"] {
            assert!(letter.body.contains(words), "{words} in {}", letter.body);
        }
        let dropped = desk.delivery("CF20260501001-customer_accepted-v2");
        assert_eq!(
            (&*dropped.state, &*dropped.last_error),
            ("dropped", "needless: plan_offered")
        );
    }
}

#[test]
fn a_plan_is_told_as_it_was_when_the_customer_has_refused_it_since() {
    let facts = [
        fact(3, plan(1, Vec::new())),
        fact(4, offered(1, "")),
        fact(5, Change::ConsentRefused(ConsentRefused::default())),
        fact(6, plan(2, Vec::new())),
    ];
    let mut apart = desk("zh-CN");
    let told: Vec<_> = facts.iter().flat_map(|fact| apart.tell(fact)).collect();
    let mut together = desk("zh-CN");
    assert_eq!(together.tell_all(&facts), told);
    let replayed = Desk::replay(&together.log, rules(HOOK));
    assert_eq!(state_hash(&replayed.rows), state_hash(&together.rows));
    for mut desk in [apart, together] {
        let body = only_letter(&mut desk).body;
        for words in ["退款 120.50 元", "2026年5月1日 17:00"] {
            assert!(body.contains(words), "{words} in {body}");
        }
    }
}

#[test]
fn what_has_gone_out_already_is_not_dropped() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, accepted()));
    later(&mut desk, 1);
    assert_eq!(letters(&mut desk).len(), 1);
    assert!(dropped(&desk.tell(&fact(3, offered(1, "")))).is_empty());
}

#[test]
fn the_notice_of_the_result_answers_every_item_and_says_what_the_customer_got() {
    for (locale, got) in [
        ("zh-CN", "处理方式：退款 120.50 元"),
        ("en", "Redress: Refund 120.50 CNY"),
    ] {
        let mut desk = desk(locale);
        desk.tell(&fact(2, plan(1, Vec::new())));
        desk.tell(&fact(3, Change::PlanExecuted(PlanExecuted { plan: 1 })));
        desk.tell(&fact(4, closed(&["电池已更换", "运费已退还"])));
        let letter = only_letter(&mut desk);
        for words in ["1. 电池已更换", "2. 运费已退还", got] {
            assert!(letter.body.contains(words), "{words} in {}", letter.body);
        }
    }
}

#[test]
fn a_plan_that_was_not_carried_out_is_not_told_as_the_result() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, plan(1, Vec::new())));
    desk.tell(&fact(3, closed(&["已解释"])));
    assert!(!only_letter(&mut desk).body.contains("120.50"));
}

#[test]
fn satisfaction_is_asked_a_day_after_closing_unless_it_was_said() {
    let said = || Change::SatisfactionRecorded(SatisfactionRecorded::default());
    let survey = "CF20260501001-customer_survey-v3";
    let mut asked = desk("zh-CN");
    let told = asked.tell(&fact(3, closed(&[])));
    assert_eq!(planned(&told)[1].notification_id, survey);
    later(&mut asked, 24);
    let subjects: Vec<_> = letters(&mut asked).into_iter().map(|l| l.subject).collect();
    assert!(subjects.iter().any(|s| s.contains("评价")), "{subjects:?}");

    let mut before = desk("zh-CN");
    before.tell(&fact(2, said()));
    assert_eq!(planned(&before.tell(&fact(3, closed(&[])))).len(), 1);

    let mut after = desk("zh-CN");
    after.tell(&fact(3, closed(&[])));
    assert_eq!(dropped(&after.tell(&fact(4, said()))), [survey]);
}

#[test]
fn after_second_processing_satisfaction_is_asked_again() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(
        2,
        Change::SatisfactionRecorded(SatisfactionRecorded::default()),
    ));
    let told = desk.tell(&fact(3, Change::Reopened(CaseReopened::default())));
    let causes: Vec<_> = planned(&told)
        .iter()
        .map(|p| (&*p.cause, &*p.audience))
        .collect();
    assert_eq!(
        causes,
        [("reopened", "customer"), ("reopened", "department")]
    );
    let told = desk.tell(&fact(4, closed(&[])));
    assert!(
        planned(&told)
            .iter()
            .any(|p| p.cause == "satisfaction_wanted")
    );
}

#[test]
fn an_extension_is_told_once_with_the_new_end_of_the_result_and_the_reason() {
    let mut desk = desk("zh-CN");
    let extended = Change::Extended(CaseExtended {
        reason: Some(text("等待检测报告")),
        ..CaseExtended::default()
    });
    assert!(
        desk.tell(&fact(2, extended)).is_empty(),
        "the new end is not known yet"
    );
    desk.tell(&fact(3, note(Visibility::Internal, "internal")));
    assert!(
        desk.tell(&moved("start", "extension", NINE + HOUR))
            .is_empty()
    );
    assert_eq!(
        desk.tell(&moved("result", "extension", NINE + 24 * HOUR))
            .len(),
        1
    );
    assert!(
        desk.tell(&moved("result", "extension", NINE + 24 * HOUR))
            .is_empty()
    );
    assert!(
        desk.tell(&moved("result", "triage_corrected", NINE + 48 * HOUR))
            .is_empty()
    );
    let letter = only_letter(&mut desk);
    for words in ["2026年5月2日 17:00", "等待检测报告"] {
        assert!(letter.body.contains(words), "{words} in {}", letter.body);
    }
}

#[test]
fn a_hold_names_its_kind_and_when_it_goes_on() {
    let mut desk = desk("en");
    desk.tell(&fact(
        2,
        Change::Held(CaseHeld {
            pause: "waiting_for_customer".to_owned(),
            reason: Some(text("please send photos")),
            until_us: NINE + HOUR,
            ..CaseHeld::default()
        }),
    ));
    let letter = only_letter(&mut desk);
    for words in [
        "Waiting for the customer",
        "please send photos",
        "1 May 2026, 18:00",
    ] {
        assert!(letter.body.contains(words), "{words} in {}", letter.body);
    }
}

#[test]
fn what_cannot_be_met_is_told_with_reason_and_apology_and_a_rejection_with_the_appeal() {
    let unmeetable = Change::DeclaredUnmeetable(DeclaredUnmeetable {
        reason: Some(text("已停产")),
        apology: Some(text("非常抱歉")),
    });
    let rejected = Change::Rejected(CaseRejected {
        reason: Some(text("查无此单")),
        appeal: Some(text("可向消协申诉")),
    });
    for (change, words) in [
        (unmeetable, ["已停产", "非常抱歉"]),
        (rejected, ["查无此单", "可向消协申诉"]),
    ] {
        let mut desk = desk("zh-CN");
        desk.tell(&fact(2, change));
        let letter = only_letter(&mut desk);
        assert!(
            words.iter().all(|w| letter.body.contains(w)),
            "{}",
            letter.body
        );
    }
}

#[test]
fn a_note_reaches_the_customer_only_if_it_is_meant_for_them() {
    let mut desk = desk("zh-CN");
    assert!(
        desk.tell(&fact(2, note(Visibility::Internal, "内部")))
            .is_empty()
    );
    desk.tell(&fact(3, note(Visibility::Customer, "明天送达")));
    assert!(only_letter(&mut desk).body.contains("明天送达"));
}

#[test]
fn a_merged_case_tells_where_it_goes_on() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(
        2,
        Change::Merged(CaseMerged {
            into_number: "CF20260401007".to_owned(),
            ..CaseMerged::default()
        }),
    ));
    assert!(only_letter(&mut desk).body.contains("CF20260401007"));
}

#[test]
fn customers_of_a_recalled_batch_are_told_before_everything_else_that_waits() {
    let mut desk = Desk::new(rules(HOOK));
    let numbers: Vec<_> = (1..=40).map(|n| format!("CF20260501{n:03}")).collect();
    for number in &numbers {
        desk.tell(&registered(number, EMAIL, "zh-CN"));
    }
    let joined = Change::RecallJoined(RecallJoined {
        batch_no: "B-7".to_owned(),
        text: Some(text("请停止充电")),
        ..RecallJoined::default()
    });
    let facts: Vec<_> = numbers[30..]
        .iter()
        .map(|n| fact_of(n, 2, joined.clone()))
        .collect();
    desk.tell_all(&facts);
    let letters = letters(&mut desk);
    assert_eq!(letters.len(), 16, "as many as may be out at once");
    for letter in &letters[..10] {
        assert!(
            letter.subject.contains("召回") && letter.subject.contains("B-7"),
            "{}",
            letter.subject
        );
        assert!(letter.body.contains("请停止充电"));
    }
    assert!(!letters[10].subject.contains("召回"));
}

#[test]
fn a_text_under_a_key_that_is_not_at_hand_waits_and_is_not_sent_without() {
    let mut desk = desk("zh-CN");
    let sealed = SealedText {
        key_id: "k1".to_owned(),
        payload: b"?".to_vec(),
    };
    desk.tell(&fact(
        2,
        Change::NoteAdded(NoteAdded {
            visibility: Visibility::Customer.into(),
            text: Some(sealed),
        }),
    ));
    let sending = desk.start().pop().expect("an attempt");
    assert!(matches!(sending.parcel, Err(Unsendable::Later(reason)) if reason.contains("sealed")));
}

#[test]
fn texts_are_kept_until_they_are_told_and_no_longer() {
    let holds = |desk: &Desk, words: &str| {
        let key = redress_store::KeyRange::prefix(b"c");
        let mut found = false;
        desk.rows
            .visit(&key, redress_store::Order::Ascending, &mut |_, row| {
                found |= row.windows(words.len()).any(|w| w == words.as_bytes());
                std::ops::ControlFlow::Continue(())
            });
        found
    };
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, note(Visibility::Customer, "明天送达")));
    desk.tell(&fact(3, note(Visibility::Internal, "内部讨论")));
    assert!(holds(&desk, "明天送达") && !holds(&desk, "内部讨论"));
    desk.reopen();
    assert!(
        letters(&mut desk)
            .iter()
            .any(|letter| letter.body.contains("明天送达"))
    );
    desk.outcome("CF20260501001-customer_note-v2", |outcome| {
        outcome.delivered = true;
    });
    assert!(!holds(&desk, "明天送达"));
}

#[test]
fn a_replay_of_a_whole_life_gives_the_same_rows() {
    let mut desk = desk("zh-CN");
    let life = [
        accepted(),
        plan(1, vec![level("department_head", WITH_HOOK)]),
        Change::PlanApproved(PlanApproved { plan: 1 }),
        offered(1, "退款"),
        Change::PlanExecuted(PlanExecuted { plan: 1 }),
        closed(&["已退款"]),
        Change::Reopened(CaseReopened::default()),
    ];
    for (version, change) in (2..).zip(life) {
        desk.tell(&fact(version, change));
    }
    later(&mut desk, 48);
    desk.start();
    desk.outcome("CF20260501001-customer_plan-v5", |outcome| {
        outcome.delivered = true;
    });
    let replayed = Desk::replay(&desk.log, rules(HOOK));
    assert_eq!(
        state_hash(&desk.rows).unwrap(),
        state_hash(&replayed.rows).unwrap()
    );
}
