//! Every class of bad input, as the doors answer it.

use crate::given::rules;
use jiff::Timestamp;
use prost::Message as _;
use redress_intake::door::{
    answer::{Outcome, refusal_json},
    body::{Format, raw, read},
    check::{Checked, check},
};
use redress_runtime::Refusal;
use redress_wire::intake::{Registration, Submission};
use std::time::Duration;
use tonic::Code;

fn now() -> Timestamp {
    "2026-05-01T12:00:00+08:00".parse().unwrap()
}

fn submit(channel: &str, body: &[u8]) -> Result<Checked, String> {
    let rules = rules();
    let most = rules.policy.house().limits.body_bytes;
    let raw = read(body, Format::Json, most).map_err(|violations| fields(violations.iter()))?;
    check(channel, raw, &rules, now()).map_err(|refusal| {
        assert_eq!(refusal.code, Code::InvalidArgument);
        let violations = refusal.violations.iter();
        violations
            .map(|v| v.field.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    })
}

fn fields<'a>(violations: impl Iterator<Item = &'a redress_complaint::Violation>) -> String {
    violations
        .map(|v| v.field.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A body, and the fields that its refusal names.
const FAULTS: &[(&str, &str)] = &[
    ("{}", "requestId description"),
    (
        r#"{"requestId": " ", "description": "\n"}"#,
        "requestId description",
    ),
    ("", ""),
    ("{ broken", ""),
    ("[]", ""),
    (r#"{"requestId": 7, "description": "x"}"#, "requestId"),
    (r#"{"requestId": "1", "description": ["x"]}"#, "description"),
    (
        r#"{"requestId": "1", "description": "x", "quantity": "many"}"#,
        "quantity",
    ),
    (
        r#"{"requestId": "1", "description": "x", "customer": []}"#,
        "customer",
    ),
    (
        r#"{"requestId": "1", "description": "a\u0000b"}"#,
        "description",
    ),
    (
        r#"{"requestId": "1", "description": "a\ud800b"}"#,
        "description",
    ),
    (
        r#"{"requestId": "1", "description": "x", "colour": "red"}"#,
        "colour",
    ),
    (
        r#"{"requestId": "1", "description": "x", "kind": "RUMOUR"}"#,
        "kind",
    ),
    (
        r#"{"requestId": "1", "description": "x", "wish": 99}"#,
        "wish",
    ),
    (
        r#"{"requestId": "1", "description": "x", "occurredAt": "2999-01-01T00:00:00Z"}"#,
        "occurredAt",
    ),
    (
        r#"{"requestId": "1", "description": "x", "occurredAt": "yesterday"}"#,
        "occurredAt",
    ),
    (
        r#"{"requestId": "1", "description": "x", "customer": {"phone": "12"}}"#,
        "customer.phone",
    ),
    (
        r#"{"requestId": "1", "description": "x", "customer": {"email": "nobody"}}"#,
        "customer.email",
    ),
];

#[test]
fn each_fault_is_named_by_its_field() {
    for (body, named) in FAULTS {
        assert_eq!(
            submit("email", body.as_bytes()).unwrap_err(),
            *named,
            "{body}"
        );
    }
    assert_eq!(
        submit("email", b"{\"requestId\": \"\xff\"}").unwrap_err(),
        ""
    );
}

#[test]
fn what_is_too_long_is_refused_field_or_body() {
    for (bytes, named) in [(100_000, "description"), (2_000_000, "")] {
        let words = "x".repeat(bytes);
        let body = format!(r#"{{"requestId": "1", "description": "{words}"}}"#);
        assert_eq!(submit("email", body.as_bytes()).unwrap_err(), named);
    }
}

#[test]
fn phone_numbers_of_many_forms_are_one_number() {
    let digest = |phone: &str| {
        let body = format!(
            r#"{{"requestId": "1", "description": "x", "customer": {{"phone": "{phone}"}}}}"#
        );
        submit("email", body.as_bytes())
            .unwrap()
            .register
            .fingerprint_customer
    };
    for phone in [
        "138 1234 1234",
        "+86 138-1234-1234",
        "（138）12341234",
        "１３８１２３４１２３４",
    ] {
        assert_eq!(digest(phone), digest("13812341234"), "{phone}");
    }
}

#[test]
fn an_unknown_channel_is_told_the_known_ones_beside_all_other_faults() {
    let body = br#"{"requestId": "1", "description": ""}"#;
    assert_eq!(
        submit("telegraph", body).unwrap_err(),
        "channel description"
    );
    let raw = read(body, Format::Json, 1000).unwrap();
    let refusal = check("telegraph", raw, &rules(), now()).unwrap_err();
    assert!(
        refusal.violations[0].description.contains("phone, "),
        "{refusal:?}"
    );
    assert!(
        refusal.message.ends_with("; and 1 more"),
        "{}",
        refusal.message
    );
}

#[test]
fn a_tier_that_the_house_does_not_have_is_refused_with_those_that_it_has() {
    let of = |tier: &str| {
        let customer = format!(r#"{{"tier": "{tier}"}}"#);
        format!(r#"{{"requestId": "1", "description": "漏水", "customer": {customer}}}"#)
    };
    let said = submit("web", of(" vip ").as_bytes()).unwrap();
    assert_eq!(said.register.customer_tier, "vip");
    let none = submit("web", of("").as_bytes()).unwrap();
    assert_eq!(none.register.customer_tier, "");
    let raw = read(of("platinum").as_bytes(), Format::Json, 1000).unwrap();
    let refusal = check("web", raw, &rules(), now()).unwrap_err();
    let told = (
        refusal.violations[0].field.as_str(),
        refusal.message.as_str(),
    );
    assert_eq!(told.0, "customer.tier");
    assert!(
        told.1.contains("must be one of vip, standard"),
        "{refusal:?}"
    );
}

#[test]
fn content_types_are_understood_however_they_are_written() {
    for json in [
        None,
        Some(""),
        Some("application/json"),
        Some("Application/JSON; charset=utf-8"),
    ] {
        assert_eq!(Format::of(json), Ok(Format::Json), "{json:?}");
    }
    for protobuf in ["application/protobuf", "application/x-protobuf"] {
        assert_eq!(Format::of(Some(protobuf)), Ok(Format::Protobuf));
    }
    let refusal = Format::of(Some("text/xml")).unwrap_err();
    assert_eq!(refusal.violations[0].field, "Content-Type");
}

#[test]
fn protobuf_is_checked_like_json() {
    let good = Submission {
        request_id: "m-1".into(),
        description: "The kettle leaks".into(),
        ..Submission::default()
    };
    let json = submit(
        "email",
        br#"{"requestId": "m-1", "description": "The kettle leaks"}"#,
    );
    let raw_good = read(&good.encode_to_vec(), Format::Protobuf, 1000).unwrap();
    let checked = check("email", raw_good, &rules(), now()).unwrap();
    assert_eq!(
        checked.register.body_digest,
        json.unwrap().register.body_digest
    );

    assert!(read(&[0xff; 9], Format::Protobuf, 1000).is_err());
    assert!(read(&[0; 1001], Format::Protobuf, 1000).is_err());
    let far = prost_types::Timestamp {
        seconds: i64::MAX,
        nanos: 0,
    };
    let odd = Submission {
        kind: 99,
        wish: -1,
        occurred_at: Some(far),
        quantity: -1,
        ..good
    };
    let refusal = check("email", raw(odd), &rules(), now()).unwrap_err();
    let named: Vec<&str> = refusal
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(named, ["kind", "wish", "quantity", "occurredAt"]);
}

#[test]
fn answers_have_the_shape_of_the_contract() {
    let registration = Registration {
        complaint_id: redress_complaint::ComplaintId::of("email", "msg-1")
            .as_bytes()
            .to_vec(),
        number: "CF20260501001".to_owned(),
        duplicate: false,
        respond_by_us: 1_777_608_000_000_000,
    };
    let text = |outcome: &Outcome| String::from_utf8(outcome.to_json().to_vec()).unwrap();
    assert_eq!(
        text(&Outcome::Registered(registration.clone())),
        r#"{"complaintId":"0d23e238-d19e-8154-88e7-804de0a5268b","number":"CF20260501001","status":"REGISTERED","respondBy":"2026-05-01T04:00:00Z"}"#
    );
    let again = Registration {
        duplicate: true,
        ..registration
    };
    assert!(text(&Outcome::Registered(again)).contains(r#""status":"DUPLICATE""#));
    let accepted = Outcome::Accepted(redress_complaint::ComplaintId::of("email", "msg-1"));
    assert_eq!(
        text(&accepted),
        r#"{"complaintId":"0d23e238-d19e-8154-88e7-804de0a5268b","status":"ACCEPTED"}"#
    );
}

#[test]
fn refusals_have_the_shape_of_the_contract() {
    let text = |refusal: &Refusal| String::from_utf8(refusal_json(refusal).to_vec()).unwrap();
    let body = br#"{"requestId": "1"}"#;
    let raw = read(body, Format::Json, 1000).unwrap();
    assert_eq!(
        text(&check("email", raw, &rules(), now()).unwrap_err()),
        r#"{"error":{"code":"INVALID_ARGUMENT","message":"description must not be empty","violations":[{"field":"description","description":"must not be empty"}]}}"#
    );
    let busy = Refusal::overloaded("too much at once", Duration::from_millis(200));
    assert_eq!(
        text(&busy),
        r#"{"error":{"code":"RESOURCE_EXHAUSTED","message":"too much at once","retryDelay":"0.200s"}}"#
    );
}
