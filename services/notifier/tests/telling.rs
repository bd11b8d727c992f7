//! Who is told what, and what becomes of it, in sentences.

mod common;
mod desk;

use common::{
    EMAIL, HOUR, NINE, NUMBER, WITH_HOOK, WITHOUT_HOOK, breached, id_of, registered, replace,
    routed, rules, rules_with, warned,
};
use desk::Desk;
use redress_notifier::{Parcel, Unsendable};
use redress_store::state_hash;
use redress_wire::{
    Payload,
    notifier::{NotificationPlanned, Query, StateQuery, query},
};
use tonic::Code;

const HOOK: &str = "http://127.0.0.1:1/hook";
const ACK: &str = "CF20260501001-customer_acknowledgement";
const ASSIGNMENT: &str = "CF20260501001-department_assignment";

fn planned(payloads: &[Payload]) -> Vec<&NotificationPlanned> {
    let planned = payloads.iter().filter_map(|payload| match payload {
        Payload::NotificationPlanned(planned) => Some(planned),
        _ => None,
    });
    planned.collect()
}

#[test]
fn a_customer_with_an_address_is_acknowledged_by_mail_when_registered() {
    let mut desk = Desk::new(rules(HOOK));
    let told = desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    let ack = planned(&told)[0];
    assert_eq!(ack.notification_id, ACK);
    assert_eq!(
        (&*ack.cause, &*ack.audience, &*ack.means),
        ("acknowledgement", "customer", "email")
    );
    assert_eq!(ack.recipient, "", "an address never stands in an event");
}

#[test]
fn a_customer_without_an_address_is_unreachable_and_nothing_is_sent() {
    let mut desk = Desk::new(rules(HOOK));
    let told = desk.tell(&registered(NUMBER, "", "zh-CN"));
    assert_eq!(planned(&told)[0].means, "none");
    assert!(desk.start().is_empty());
    assert_eq!(desk.delivery(ACK).state, "unreachable");
}

#[test]
fn the_lead_department_hears_of_its_case_by_webhook() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, "", "zh-CN"));
    let told = desk.tell(&routed(NUMBER, WITH_HOOK));
    let assignment = planned(&told)[0];
    assert_eq!(assignment.notification_id, ASSIGNMENT);
    assert_eq!(
        (&*assignment.cause, &*assignment.means),
        ("assignment", "webhook")
    );
    assert_eq!(assignment.recipient, WITH_HOOK);
}

#[test]
fn a_department_without_a_webhook_is_unreachable() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, "", "zh-CN"));
    assert_eq!(
        planned(&desk.tell(&routed(NUMBER, WITHOUT_HOOK)))[0].means,
        "none"
    );
}

#[test]
fn only_the_clocks_that_the_policy_names_warn_and_each_end_warns_anew() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, "", "zh-CN"));
    desk.tell(&routed(NUMBER, WITH_HOOK));
    assert!(
        desk.tell(&warned(NUMBER, "first_response", 0, NINE))
            .is_empty()
    );
    for (event, known) in [
        (warned(NUMBER, "start", 0, NINE), 1),
        (warned(NUMBER, "start", 0, NINE), 0),
        (warned(NUMBER, "start", 1, NINE), 1),
        (warned(NUMBER, "start", 0, NINE + HOUR), 1),
        (breached(NUMBER, "start", NINE), 1),
    ] {
        assert_eq!(planned(&desk.tell(&event)).len(), known);
    }
}

#[test]
fn the_same_event_again_plans_nothing_twice() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    assert!(desk.tell(&registered(NUMBER, EMAIL, "zh-CN")).is_empty());
    desk.tell(&routed(NUMBER, WITH_HOOK));
    assert!(desk.tell(&routed(NUMBER, WITH_HOOK)).is_empty());
}

#[test]
fn the_policy_may_acknowledge_when_routed_and_by_urgency_only() {
    let rules = rules_with(HOOK, |files| {
        let more = "[[notification]]\nid = \"urgent_news\"\non = \"routed\"\nto = \"customer\"\n\
            by = \"email\"\ntemplate = \"acknowledgement\"\nurgency = [\"low\"]\n\n\
            [[notification]]\nid = \"department_assignment\"";
        let first = "[[notification]]\nid = \"department_assignment\"";
        replace(files, "notifications.toml", first, more);
    });
    let mut desk = Desk::new(rules);
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    let told = desk.tell(&routed(NUMBER, WITH_HOOK));
    assert_eq!(
        planned(&told).len(),
        1,
        "an urgent case is not of low urgency"
    );
}

#[test]
fn an_event_of_a_case_that_was_never_registered_is_not_processed() {
    let desk = Desk::new(rules(HOOK));
    let reason = desk.react(&routed(NUMBER, WITH_HOOK)).unwrap_err();
    assert!(reason.contains("never registered"), "{reason}");
}

#[test]
fn the_letter_is_in_the_customers_language_and_names_number_and_time() {
    for (locale, subject, words) in [
        (
            "zh-CN",
            "已收到您的反馈",
            ["尊敬的王小明", "2026年5月2日 17:00", "客户服务中心"],
        ),
        (
            "en-GB",
            "We have received your feedback",
            ["Dear 王小明", "2 May 2026, 17:00", "Customer Service"],
        ),
        (
            "",
            "已收到您的反馈",
            ["尊敬的王小明", "2026年5月2日 17:00", "400-000-0000"],
        ),
    ] {
        let mut desk = Desk::new(rules(HOOK));
        desk.tell(&registered(NUMBER, EMAIL, locale));
        let sending = desk.start().pop().expect("one mail");
        let Ok(Parcel::Mail(letter)) = sending.parcel else {
            panic!("a mail")
        };
        assert!(letter.subject.contains(NUMBER) && letter.subject.contains(subject));
        assert_eq!(letter.to, EMAIL);
        for word in words {
            assert!(
                letter.body.contains(word),
                "{locale}: {word} is not in {}",
                letter.body
            );
        }
    }
}

#[test]
fn a_webhook_says_what_a_department_needs_and_nothing_about_the_customer() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    desk.tell(&routed(NUMBER, WITH_HOOK));
    desk.tell(&warned(NUMBER, "start", 0, NINE + HOUR));
    let hooks: Vec<String> = desk
        .start()
        .into_iter()
        .filter_map(|sending| match sending.parcel {
            Ok(Parcel::Webhook(webhook)) => Some(webhook.payload),
            _ => None,
        })
        .collect();
    assert_eq!(hooks.len(), 2);
    for payload in &hooks {
        assert!(payload.len() < 20_000);
        for secret in ["王", "138", EMAIL, "电池"] {
            assert!(!payload.contains(secret), "{secret} in {payload}");
        }
    }
    let warning: serde_json::Value = serde_json::from_str(&hooks[1]).expect("JSON");
    assert_eq!(warning["type"], "case.warning");
    assert_eq!(warning["data"]["number"], NUMBER);
    assert_eq!(warning["data"]["category"], "product_quality");
    assert_eq!(warning["data"]["clock"], "start");
    assert_eq!(warning["data"]["dueAt"], "2026-05-01T10:00:00Z");
}

#[test]
fn what_failed_is_tried_again_later_and_later_and_given_up_in_the_end() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    let mut waits = Vec::new();
    loop {
        assert_eq!(desk.start().len(), 1);
        let before = desk.now;
        desk.outcome(ACK, |outcome| {
            outcome.error = "the mail server answered 451".to_owned();
        });
        match desk.core_due() {
            Some(due) => {
                waits.push(due.duration_since(before).as_secs());
                assert!(desk.start().is_empty(), "not before it is due");
                desk.now = due;
            }
            None => break,
        }
    }
    assert_eq!(waits[..5], [1, 2, 4, 8, 16]);
    assert_eq!(waits.len(), 19, "the policy allows 20 attempts");
    let delivery = desk.delivery(ACK);
    assert_eq!((&*delivery.state, delivery.attempts), ("given_up", 20));
    assert_eq!(delivery.last_error, "the mail server answered 451");
}

#[test]
fn the_wait_varies_by_the_jitter_and_is_no_shorter_than_the_receiver_asked() {
    for (jitter, asked_ms, milliseconds) in [
        (0, None, 800),
        (1000, None, 1200),
        (500, Some(90_000), 90_000),
    ] {
        let mut desk = Desk::new(rules(HOOK));
        desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
        desk.start();
        desk.outcome(ACK, |outcome| {
            outcome.jitter_permille = jitter;
            outcome.retry_after_ms = asked_ms;
        });
        let wait = desk.core_due().expect("a retry").duration_since(desk.now);
        assert_eq!(wait.as_millis(), milliseconds);
    }
}

#[test]
fn what_can_never_work_is_given_up_at_once_and_can_be_retried_once_per_request() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    desk.start();
    desk.outcome(ACK, |outcome| outcome.permanent = true);
    assert_eq!(desk.delivery(ACK).state, "given_up");
    let (told, delivery) = desk.retry(ACK, "r1").expect("it was given up");
    assert_eq!((told.len(), &*delivery.state), (1, "planned"));
    let (again, _) = desk
        .retry(ACK, "r1")
        .expect("the same request is answered again");
    assert!(again.is_empty());
    assert_eq!(
        desk.retry(ACK, "r2").unwrap_err().code,
        Code::FailedPrecondition
    );
    let sending = desk.start().pop().expect("it is sent after all");
    assert_eq!((&*sending.notification_id, sending.attempt), (ACK, 2));
}

#[test]
fn an_outcome_that_was_recorded_already_changes_nothing() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    desk.start();
    let repeat = desk.command_of(ACK, |outcome| outcome.delivered = true);
    assert_eq!(desk.decide(&repeat).expect("the first").0.len(), 1);
    assert!(desk.decide(&repeat).expect("a repeat").0.is_empty());
    assert_eq!(desk.delivery(ACK).state, "delivered");
}

#[test]
fn after_a_restart_what_was_on_its_way_is_sent_again_under_the_same_id() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    let first = desk.start().pop().expect("one mail");
    desk.reopen();
    let second = desk.start().pop().expect("the same mail");
    assert_eq!(first.notification_id, second.notification_id);
    assert_eq!(first.attempt, second.attempt);
}

#[test]
fn a_template_that_cannot_be_written_is_final_and_says_which() {
    let broken = rules_with(HOOK, |files| {
        let text = "{{ number.no.such.thing() }}\n尊敬的";
        replace(files, "templates.toml", "尊敬的", text);
    });
    let mut desk = Desk::new(broken);
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    let sending = desk.start().pop().expect("an attempt");
    let Err(Unsendable::Never(reason)) = sending.parcel else {
        panic!("it cannot be written")
    };
    assert!(reason.contains("acknowledgement"), "{reason}");
}

#[test]
fn a_list_is_newest_first_masked_and_paged() {
    let mut desk = Desk::new(rules(HOOK));
    for number in ["CF20260501001", "CF20260501002", "CF20260502001"] {
        desk.tell(&registered(number, EMAIL, "zh-CN"));
        desk.tell(&routed(number, WITHOUT_HOOK));
    }
    let list = |state: &str, after: &[u8], limit| {
        let query = StateQuery {
            state: state.to_owned(),
            limit,
            after: after.to_vec(),
        };
        desk.query(&Query {
            query: Some(query::Query::State(query)),
        })
    };
    for state in ["planned", ""] {
        let first = list(state, &[], 1);
        let second = list(state, &first[0].sort_key, 10);
        assert!(first[0].number == "CF20260502001" && first[0].sort_key > second[0].sort_key);
    }
    let planned = list("planned", &[], 10);
    assert_eq!(planned.len(), 3);
    assert_eq!(planned[0].recipient, "w***@customer.example");
    assert_eq!(list("unreachable", &[], 10).len(), 3);
    assert_eq!(list("given_up", &[], 10).len(), 0);
}

#[test]
fn a_case_is_found_by_id_and_by_number() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    for query in [
        query::Query::ComplaintId(id_of(NUMBER)),
        query::Query::Number(NUMBER.to_owned()),
    ] {
        assert_eq!(desk.query(&Query { query: Some(query) }).len(), 1);
    }
    let other = query::Query::Number("CF20260501999".to_owned());
    assert!(desk.query(&Query { query: Some(other) }).is_empty());
}

#[test]
fn a_replay_of_the_same_events_gives_the_same_rows() {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    desk.tell(&routed(NUMBER, WITH_HOOK));
    desk.tell(&breached(NUMBER, "start", NINE + HOUR));
    desk.start();
    desk.outcome(ACK, |outcome| outcome.error = "down".to_owned());
    desk.outcome(ASSIGNMENT, |outcome| outcome.delivered = true);
    let replayed = Desk::replay(&desk.log, rules("http://127.0.0.1:2/other"));
    assert_eq!(
        state_hash(&desk.rows).unwrap(),
        state_hash(&replayed.rows).unwrap()
    );
}
