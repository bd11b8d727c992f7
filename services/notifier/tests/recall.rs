//! Whom the notices of a recall have reached, as the delivery log says, in sentences.

mod common;
mod desk;

use common::{
    EMAIL, WITH_HOOK,
    facts::{fact_of, text},
    id_of, registered, routed, rules,
};
use desk::{Desk, told::HOOK};
use redress_wire::{
    notifier::{Query, RecallNotices, RecallNoticesQuery, query},
    router::{RecallJoined, case_event::Change},
};

const LEAD: &str = "CF20260501009";
const CASES: [&str; 4] = [
    "CF20260501001",
    "CF20260501002",
    "CF20260501003",
    "CF20260501004",
];

/// Four cases of customers with an address, but for the last one; all but the third are taken in.
fn desk() -> Desk {
    let mut desk = Desk::new(rules(HOOK));
    for number in CASES {
        let email = if number == CASES[3] { "" } else { EMAIL };
        desk.tell(&registered(number, email, "zh-CN"));
        desk.tell(&routed(number, WITH_HOOK));
    }
    for number in [CASES[0], CASES[1], CASES[3]] {
        desk.tell(&fact_of(number, 2, joined(LEAD)));
    }
    desk
}

fn joined(recall: &str) -> Change {
    Change::RecallJoined(RecallJoined {
        recall_number: recall.to_owned(),
        batch_no: "B-2026-02".to_owned(),
        text: Some(text("请停止使用")),
        ..RecallJoined::default()
    })
}

fn notice(number: &str) -> String {
    format!("{number}-customer_recall-v2")
}

fn notices(desk: &Desk, recall: &str) -> [u64; 3] {
    let mut complaint_ids: Vec<Vec<u8>> = CASES.iter().map(|number| id_of(number)).collect();
    complaint_ids.push(id_of("a case of another partition"));
    let query = RecallNoticesQuery {
        recall: recall.to_owned(),
        complaint_ids,
    };
    let query = Query {
        query: Some(query::Query::Recall(query)),
    };
    let RecallNotices {
        delivered,
        waiting,
        failed,
    } = desk.found(&query).recall.expect("an answer");
    [delivered, waiting, failed]
}

#[test]
fn told_is_who_was_taken_in_and_whose_notice_was_delivered() {
    let mut desk = desk();
    assert_eq!(notices(&desk, LEAD), [0, 2, 1], "nothing has gone out");
    desk.start();
    desk.outcome(&notice(CASES[0]), |outcome| outcome.delivered = true);
    assert_eq!(notices(&desk, LEAD), [1, 1, 1]);
    desk.outcome(&notice(CASES[1]), |outcome| outcome.permanent = true);
    assert_eq!(notices(&desk, LEAD), [1, 0, 2], "one was given up");
    desk.reopen();
    assert_eq!(notices(&desk, LEAD), [1, 0, 2]);
}

#[test]
fn other_letters_and_notices_of_other_recalls_tell_nobody_of_this_one() {
    let mut desk = desk();
    assert_eq!(notices(&desk, "CF20260501008"), [0, 0, 0]);
    desk.tell(&fact_of(CASES[2], 2, joined("CF20260501008")));
    desk.start();
    desk.outcome(&notice(CASES[2]), |outcome| outcome.delivered = true);
    assert_eq!(notices(&desk, "CF20260501008"), [1, 0, 0]);
    assert_eq!(notices(&desk, LEAD), [0, 2, 1]);
}
