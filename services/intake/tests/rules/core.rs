//! The rules of intake, as sentences.

use crate::given::{Partition, context, fold, rules, submitted};
use redress_intake::IntakeCore;
use redress_runtime::{Core, Draft, NumberDesk};
use redress_store::{Rows, state_hash};
use redress_wire::{
    Payload,
    intake::{
        Command, ComplaintRegistered, FoundRepeat, FreshComplaint, LinkRepeats, NoteSearched,
        NumbersReserved, NumbersVoided, Query, RepeatLinked, RepeatsSearched, command, query,
    },
    log::Event,
    peer::SetAsideRow,
};
use tonic::Code;

pub(crate) const NOON: &str = "2026-05-01T12:00:00+08:00";
const KETTLE: &str = r#"{"requestId": "m-1", "description": "The kettle leaks"}"#;

pub(crate) fn said(id: &str, fields: &str) -> String {
    format!(r#"{{"requestId": "{id}", {fields}}}"#)
}

fn link(id: &[u8], earlier: &[&[u8]]) -> Command {
    let earlier = earlier.iter().map(|id| FoundRepeat {
        complaint_id: id.to_vec(),
        number: "CF20260501001".to_owned(),
        reason: "same_order".to_owned(),
        received_at_us: 1,
    });
    let link = LinkRepeats {
        complaint_id: id.to_vec(),
        earlier: earlier.collect(),
    };
    Command {
        command: Some(command::Command::LinkRepeats(link)),
    }
}

fn searched(height: u64) -> Command {
    Command {
        command: Some(command::Command::NoteSearched(NoteSearched { height })),
    }
}

#[test]
fn a_complaint_is_registered_with_number_and_promise() {
    let mut partition = Partition::at(NOON);
    let answer = partition.submit(KETTLE).unwrap();
    assert_eq!(
        (answer.number.as_str(), answer.duplicate),
        ("CF20260501001", false)
    );
    let promised = redress_wire::event::timestamp(answer.respond_by_us);
    assert_eq!(promised.to_string(), "2026-05-02T04:00:00Z");
    let [Payload::ComplaintRegistered(fact)] = partition.payloads()[..] else {
        panic!()
    };
    assert_eq!(
        (fact.kind.as_str(), fact.locale.as_str()),
        ("complaint", "zh-CN")
    );
    assert_eq!(fact.policy, partition.rules.policy.version());
}

#[test]
fn the_tier_of_a_customer_stands_in_the_registration() {
    let mut partition = Partition::at(NOON);
    let json = r#"{"requestId": "t", "description": "漏水", "customer": {"tier": "vip"}}"#;
    partition.submit(json).unwrap();
    let [Payload::ComplaintRegistered(fact)] = partition.payloads()[..] else {
        panic!()
    };
    assert_eq!(fact.customer_tier, "vip");
}

#[test]
fn the_same_submission_is_one_complaint_however_much_later() {
    let mut partition = Partition::at(NOON);
    let first = partition.submit(KETTLE).unwrap();
    partition.later(24 * 365 * 5);
    partition.reopen();
    let again = partition.submit(KETTLE).unwrap();
    assert!(again.duplicate);
    assert_eq!(
        (again.number, again.respond_by_us),
        (first.number, first.respond_by_us)
    );
    assert_eq!(partition.events.len(), 1);
}

#[test]
fn the_same_request_id_with_another_body_is_refused_and_changes_nothing() {
    let mut partition = Partition::at(NOON);
    partition.submit(KETTLE).unwrap();
    let refusal = partition
        .submit(&said("m-1", r#""description": "Another""#))
        .unwrap_err();
    assert_eq!(refusal.code, Code::AlreadyExists);
    assert_eq!(refusal.violations[0].field, "requestId");
    assert_eq!(partition.events.len(), 1);
}

#[test]
fn numbers_follow_each_other_and_survive_more_than_999_a_day() {
    let mut partition = Partition::at(NOON);
    partition.starts_numbers_at(20_260_501, 999);
    let numbers: Vec<String> = (0..3)
        .map(|n| {
            partition
                .submit(&said(&format!("m-{n}"), r#""description": "x""#))
                .unwrap()
                .number
        })
        .collect();
    assert_eq!(
        numbers,
        ["CF20260501999", "CF202605011000", "CF202605011001"]
    );
}

#[test]
fn the_day_changes_at_midnight_of_the_houses_zone() {
    let mut partition = Partition::at("2026-05-01T23:59:30+08:00");
    assert_eq!(partition.submit(KETTLE).unwrap().number, "CF20260501001");
    assert_eq!(
        IntakeCore::number_days(&partition.rules, partition.now),
        [20_260_501, 20_260_502],
        "a round at midnight may number either day"
    );
    partition.later(1);
    assert_eq!(
        partition
            .submit(&said("m-2", r#""description": "x""#))
            .unwrap()
            .number,
        "CF20260502001"
    );
}

#[test]
fn numbers_put_by_are_used_first_and_void_when_their_day_is_over() {
    let mut partition = Partition::at(NOON);
    let put_by = NumbersReserved {
        day: 20_260_501,
        first: 41,
        last: 43,
    };
    partition.record(vec![Draft::of_partition(Payload::NumbersReserved(put_by))]);
    assert_eq!(partition.submit(KETTLE).unwrap().number, "CF20260501041");
    partition.reopen();
    assert_eq!(
        partition
            .submit(&said("m-2", r#""description": "x""#))
            .unwrap()
            .number,
        "CF20260501042"
    );
    let due = partition.core.next_due().unwrap();
    partition.expire();
    assert_eq!(partition.events.len(), 3, "the day is not over");
    partition.later(48);
    assert!(due <= partition.now);
    partition.expire();
    let voided = NumbersVoided {
        day: 20_260_501,
        first: 43,
        last: 43,
    };
    assert_eq!(
        partition.payloads().last(),
        Some(&&Payload::NumbersVoided(voided))
    );
    assert_eq!(partition.core.next_due(), None);
}

#[test]
fn a_complaint_is_found_by_its_number_as_people_type_it() {
    let mut partition = Partition::at(NOON);
    let id = partition.submit(KETTLE).unwrap().complaint_id;
    // As the runtime notes where a block stands.
    partition.rows.put(
        [0, b'b', 0, 0, 0, 0, 0, 0, 0, 1],
        77_u64.to_be_bytes().to_vec(),
    );
    let mut numbers = NumberDesk::opened([]);
    let mut found = |number: &str| {
        let query = Query {
            query: Some(query::Query::Number(number.to_owned())),
        };
        let cx = context(&partition.rules, &mut numbers, partition.now);
        partition
            .core
            .query(&partition.rows, &query, &cx)
            .unwrap()
            .place
    };
    for number in ["CF20260501001", " cf20260501001 ", "CF202605010001"] {
        let place = found(number).unwrap();
        assert_eq!(
            (place.sequence, place.index, &place.complaint_id),
            (77, 0, &id),
            "{number}"
        );
    }
    for number in ["CF20260501002", "XX20260501001", "CF", ""] {
        assert!(found(number).is_none(), "{number}");
    }
}

const WORDS: &str = "The kettle that I bought in May leaks hot water all over the kitchen table";
const WANG: &str = r#""customer": {"phone": "13812341234"}"#;
const LI: &str = r#""customer": {"phone": "13900000000"}"#;

/// Why the second of two submissions, an hour later, is found to repeat the first.
fn reason(first: &str, second: &str) -> Option<String> {
    let mut partition = Partition::at(NOON);
    let earlier = partition.submit(&said("m-1", first)).unwrap();
    partition.effects();
    partition.later(1);
    let later = partition.submit(&said("m-2", second)).unwrap();
    let fresh = partition
        .effects()
        .pop()
        .map(|look| look.fresh)
        .unwrap_or_default();
    let found = partition.repeats(fresh).pop()?;
    let link = &found.earlier[0];
    assert_eq!(found.complaint_id, later.complaint_id);
    assert_eq!(
        (&link.complaint_id, &link.number),
        (&earlier.complaint_id, &earlier.number)
    );
    Some(link.reason.clone())
}

#[test]
fn a_repeat_is_of_the_same_customer_and_order_product_or_words() {
    for (first, second, why) in [
        (
            r#""orderNo": "A-7", "description": "x""#.to_owned(),
            r#""orderNo": "a 7", "description": "y""#.to_owned(),
            "same_order",
        ),
        (
            r#""product": "Kettle", "description": "x""#.to_owned(),
            r#""product": "kettle", "description": "y""#.to_owned(),
            "same_product",
        ),
        (
            format!(r#""description": "{WORDS}""#),
            format!(r#""description": "{WORDS}!""#),
            "similar_text",
        ),
    ] {
        let found = reason(&format!("{WANG}, {first}"), &format!("{WANG}, {second}"));
        assert_eq!(found.as_deref(), Some(why));
    }
}

#[test]
fn another_customer_or_another_matter_is_no_repeat() {
    let order = format!(r#""orderNo": "A-7", "description": "{WORDS}""#);
    let other = r#""orderNo": "B-8", "description": "The courier was rude to me""#;
    for (first, second) in [
        (format!("{WANG}, {order}"), format!("{LI}, {order}")),
        (format!("{WANG}, {order}"), format!("{WANG}, {other}")),
        (order.clone(), order.clone()),
    ] {
        assert_eq!(reason(&first, &second), None, "{first} / {second}");
    }
}

#[test]
fn a_customer_is_the_same_by_any_of_its_contacts() {
    let mut partition = Partition::at(NOON);
    let both = r#""customer": {"phone": "13812341234", "email": "w@example.com"}"#;
    partition
        .submit(&said(
            "m-1",
            &format!(r#"{both}, "orderNo": "A-7", "description": "x""#),
        ))
        .unwrap();
    partition.later(1);
    partition.effects();
    let mail = r#""customer": {"email": "W@example.com"}, "orderNo": "A-7", "description": "y""#;
    partition.submit(&said("m-2", mail)).unwrap();
    let fresh = partition.effects().remove(0).fresh;
    assert_eq!(partition.repeats(fresh).len(), 1);
}

#[test]
fn of_two_complaints_the_later_one_is_the_repeat_whichever_search_comes_last() {
    let mut partition = Partition::at(NOON);
    let fields = r#""customer": {"phone": "13812341234"}, "orderNo": "A-7", "description": "x""#;
    let earlier = partition.submit(&said("m-1", fields)).unwrap();
    let fresh = partition.effects().remove(0).fresh;
    partition.later(1);
    let later = partition.submit(&said("m-2", fields)).unwrap();
    let found = partition.repeats(fresh);
    assert_eq!(found[0].complaint_id, later.complaint_id);
    assert_eq!(found[0].earlier[0].complaint_id, earlier.complaint_id);
}

#[test]
fn complaints_outside_of_the_policys_window_are_no_repeats() {
    let mut partition = Partition::at(NOON);
    let fields = r#""customer": {"phone": "13812341234"}, "orderNo": "A-7", "description": "x""#;
    partition.submit(&said("m-1", fields)).unwrap();
    partition.effects();
    partition.later(24 * 91);
    partition.submit(&said("m-2", fields)).unwrap();
    let fresh = partition.effects().remove(0).fresh;
    assert_eq!(partition.repeats(fresh), []);
}

#[test]
fn a_repeat_is_linked_once_to_a_bounded_number_of_others() {
    let mut partition = Partition::at(NOON);
    let id = partition.submit(KETTLE).unwrap().complaint_id;
    let others: Vec<[u8; 16]> = (0..40).map(|n| [n; 16]).collect();
    let mut others: Vec<&[u8]> = others.iter().map(<[u8; 16]>::as_slice).collect();
    others.push(&id);
    partition.decide(&link(&id, &others)).unwrap();
    let Some(Payload::RepeatLinked(linked)) = partition.payloads().last().copied() else {
        panic!()
    };
    assert_eq!(linked.earlier.len(), 16);
    assert_eq!(linked.number, "CF20260501001");
    partition.decide(&link(&id, &[&[99; 16]])).unwrap();
    assert_eq!(partition.events.len(), 2, "once");
    assert_eq!(
        partition.decide(&link(&[1; 16], &others)).unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn complaints_whose_search_was_not_noted_are_searched_again_after_a_restart() {
    let mut partition = Partition::at(NOON);
    let fields = r#""customer": {"phone": "13812341234", "customerNo": "C1"}, "description": "x""#;
    partition.submit(&said("m-1", fields)).unwrap();
    let first = partition.effects();
    assert_eq!(
        (first.len(), first[0].height, first[0].fresh.len()),
        (1, 1, 1)
    );
    assert!(partition.effects().is_empty(), "given once");

    partition.reopen();
    let again = partition.effects();
    let sorted = |fresh: &FreshComplaint| {
        let mut fresh = fresh.clone();
        fresh.customer.sort();
        fresh
    };
    assert_eq!(sorted(&again[0].fresh[0]), sorted(&first[0].fresh[0]));

    partition.decide(&searched(1)).unwrap();
    partition.decide(&searched(1)).unwrap();
    assert_eq!(partition.events.len(), 2, "noted once");
    partition.submit(&said("m-2", fields)).unwrap();
    partition.reopen();
    let rest = partition.effects();
    assert_eq!((rest[0].fresh.len(), rest[0].height), (1, 4));
}

#[test]
fn a_complaint_without_a_customer_is_not_searched() {
    let mut partition = Partition::at(NOON);
    partition.submit(KETTLE).unwrap();
    assert!(partition.effects().is_empty());
}

#[test]
fn a_replay_gives_the_same_rows() {
    let mut partition = Partition::at(NOON);
    let fields = r#""customer": {"phone": "13812341234"}, "orderNo": "A-7", "description": "x""#;
    let first = partition.submit(&said("m-1", fields)).unwrap().complaint_id;
    let second = partition.submit(&said("m-2", fields)).unwrap().complaint_id;
    partition.decide(&link(&second, &[&first])).unwrap();
    partition.decide(&searched(2)).unwrap();
    let mut rows = Rows::in_memory();
    let mut core = IntakeCore::open(0, &rows);
    for (index, event) in partition.events.iter().enumerate() {
        fold(&mut core, &mut rows, index as u64 + 1, 0, event);
    }
    assert_eq!(
        state_hash(&rows).unwrap(),
        state_hash(&partition.rows).unwrap()
    );
}

#[test]
fn events_that_mean_nothing_change_nothing() {
    let mut rows = Rows::in_memory();
    let mut core = IntakeCore::open(0, &rows);
    let odd = [
        None,
        Some(Payload::ComplaintRegistered(ComplaintRegistered::default())),
        Some(Payload::RepeatLinked(RepeatLinked::default())),
        Some(Payload::NumbersVoided(NumbersVoided {
            day: 7,
            first: 9,
            last: 1,
        })),
        Some(Payload::NumbersReserved(NumbersReserved {
            day: 7,
            first: 9,
            last: 1,
        })),
        Some(Payload::RepeatsSearched(RepeatsSearched { height: 0 })),
    ];
    let empty = state_hash(&rows).unwrap();
    for payload in odd {
        for complaint_id in [Vec::new(), vec![1; 3]] {
            let event = Event {
                complaint_id,
                payload: payload.clone(),
                ..Event::default()
            };
            fold(&mut core, &mut rows, 1, 0, &event);
        }
    }
    assert_eq!(state_hash(&rows).unwrap(), empty);
    let event = Event {
        complaint_id: vec![1; 16],
        payload: Some(Payload::ComplaintRegistered(ComplaintRegistered::default())),
        ..Event::default()
    };
    fold(&mut core, &mut rows, 1, 0, &event);
    let (rules, mut numbers) = (rules(), NumberDesk::opened([]));
    let cx = context(&rules, &mut numbers, jiff::Timestamp::UNIX_EPOCH);
    assert!(core.effects(&rows, &cx).is_empty());
}

#[test]
fn an_input_set_aside_is_registered_when_the_policy_has_learnt_its_channel() {
    let partition = Partition::at(NOON);
    let mut numbers = NumberDesk::opened([]);
    let cx = context(&partition.rules, &mut numbers, partition.now);
    let id = redress_complaint::ComplaintId::of("email", "m-1")
        .as_bytes()
        .to_vec();
    let item = SetAsideRow {
        source: "inbox/email".to_owned(),
        input: KETTLE.into(),
        complaint_id: id.clone(),
        time_us: 5,
        ..SetAsideRow::default()
    };
    let revived = IntakeCore::revive(&item, &cx).unwrap();
    let mut expected = submitted(&partition.rules, partition.now, KETTLE);
    if let Some(command::Command::Register(register)) = &mut expected.command {
        register.received_at_us = 5;
    }
    assert_eq!(revived, expected);
    let elsewhere = SetAsideRow {
        complaint_id: vec![1; 16],
        ..item.clone()
    };
    assert!(
        IntakeCore::revive(&elsewhere, &cx).is_err(),
        "it would break the one-id rule"
    );
    let unknown = SetAsideRow {
        source: "inbox/telegraph".to_owned(),
        ..item
    };
    assert!(
        IntakeCore::revive(&unknown, &cx)
            .unwrap_err()
            .contains("channel")
    );
}
