//! What a channel may send, and what it is told otherwise.

use std::num::NonZeroU32;

use jiff::Timestamp;
use proptest::prelude::*;
use redress_complaint::{
    ContactMeans, Kind, Limits, Submission, Violation, Wish, body_digest, parse_json,
};

const MAX: usize = 64 * 1024;

const FULL: &str = r#"{
  "requestId": "mail-1", "kind": "COMPLAINT",
  "customer": {"name": "王小明", "phone": "+86 138-1234-5678", "email": "wang@example.com",
               "address": "福建省福州市", "customerNo": "C001", "locale": "zh-CN",
               "preferredContact": "EMAIL"},
  "description": "电饭煲无法加热。\n要求退款。", "wish": "REFUND", "product": "电饭煲",
  "model": "X1", "quantity": 1, "batchNo": "B7", "orderNo": "O-1",
  "occurredAt": "2026-05-01T09:30:00+08:00", "place": "家中",
  "attachments": [{"name": "a.jpg", "mediaType": "image/jpeg", "object": "k1"}],
  "extra": {"wechat": "wxm"}}"#;

fn limits() -> Limits {
    Limits {
        description_bytes: 8000,
        body_bytes: MAX,
        field_bytes: 200,
        attachments: 2,
        extra_fields: 2,
    }
}

fn now() -> Timestamp {
    "2026-05-02T00:00:00Z".parse().unwrap()
}

fn submit(body: &str) -> Result<Submission, Vec<(String, String)>> {
    let pairs = |v: Violation| (v.field, v.description);
    parse_json(body.as_bytes(), MAX)
        .and_then(|raw| Submission::check(raw, &limits(), now()))
        .map_err(|violations| violations.into_vec().into_iter().map(pairs).collect())
}

fn accepted(body: &str) -> Submission {
    submit(body).unwrap_or_else(|violations| panic!("{body}: {violations:?}"))
}

/// The only violation of a body.
fn refused(body: &str) -> (String, String) {
    let mut violations = submit(body).expect_err(body);
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations.remove(0)
}

/// A body with required fields and this.
fn with(fields: &str) -> String {
    format!(r#"{{"requestId": "1", "description": "坏了", {fields}}}"#)
}

#[test]
fn a_full_form_is_accepted() {
    let submission = accepted(FULL);
    assert_eq!(submission.kind, Kind::Complaint);
    assert_eq!(submission.wish, Some(Wish::Refund));
    assert_eq!(submission.quantity, NonZeroU32::new(1));
    assert_eq!(
        submission.occurred_at,
        Some("2026-05-01T01:30:00Z".parse().unwrap())
    );
    assert_eq!(
        submission.customer.phone.as_ref().unwrap().as_str(),
        "+8613812345678"
    );
    assert_eq!(
        submission.customer.preferred_contact,
        Some(ContactMeans::Email)
    );
    assert_eq!(submission.customer.locale_or("en"), "zh-CN");
    assert_eq!(submission.attachments[0].object.as_str(), "k1");
    assert_eq!(submission.extra["wechat"], "wxm");
}

#[test]
fn request_id_and_description_are_enough() {
    let submission = accepted(r#"{"requestId": " 1 ", "description": " 坏了\n"}"#);
    assert_eq!(submission.request_id.as_str(), "1");
    assert_eq!(submission.description.as_str(), "坏了");
    assert_eq!(submission.customer.locale_or("en"), "en");
}

#[test]
fn words_may_be_written_as_the_schemas_numbers() {
    let submission = accepted(&with(
        r#""kind": 4, "wish": 8, "customer": {"preferredContact": 3}"#,
    ));
    assert_eq!(submission.kind, Kind::PartnerRelay);
    assert_eq!(submission.wish, Some(Wish::Fix));
    assert_eq!(
        submission.customer.preferred_contact,
        Some(ContactMeans::Sms)
    );
    for number in [-1, 5, i64::MAX] {
        assert_eq!(refused(&with(&format!(r#""kind": {number}"#))).0, "kind");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let violations = submit(
        r#"{"requestId": " ", "kind": "RANT", "customer": {"phone": "call me", "email": "x",
            "locale": "中文", "preferredContact": "PIGEON"}, "quantity": -1,
            "occurredAt": "yesterday", "attachments": [{"name": "a.jpg", "mediaType": "jpeg"}]}"#,
    );
    let fields: Vec<String> = violations
        .unwrap_err()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        [
            "requestId",
            "kind",
            "customer.phone",
            "customer.email",
            "customer.locale",
            "customer.preferredContact",
            "description",
            "quantity",
            "occurredAt",
            "attachments[0].mediaType",
            "attachments[0].object",
        ]
    );
}

#[test]
fn the_description_must_not_be_empty() {
    let told = ("description".to_owned(), "must not be empty".to_owned());
    assert_eq!(refused(r#"{"requestId": "1"}"#), told);
    assert_eq!(
        refused(r#"{"requestId": "1", "description": " \n\t　"}"#),
        told
    );
    assert_eq!(refused(r#"{"requestId": "1", "description": null}"#), told);
}

#[test]
fn the_same_submission_has_the_same_digest_through_every_door() {
    let digest = body_digest(&accepted(FULL));
    assert_eq!(
        digest.map(|byte| format!("{byte:02x}")).concat(),
        "1fb1b6ddbaf1d7cc7440abee1da709df"
    );
    for (written, otherwise) in [
        ("\"requestId\"", "\"request_id\""),
        ("\"customerNo\"", "\"customer_no\""),
        ("\"COMPLAINT\"", "\"KIND_COMPLAINT\""),
        ("\"COMPLAINT\"", "1"),
        ("\"COMPLAINT\"", "\"\""),
        ("\"REFUND\"", "1"),
        ("\"EMAIL\"", "\"CONTACT_MEANS_EMAIL\""),
        ("\"quantity\": 1", "\"quantity\": \"1\""),
        ("\"quantity\": 1", "\"quantity\": 1.0"),
        ("2026-05-01T09:30:00+08:00", "2026-05-01T01:30:00Z"),
        ("+86 138-1234-5678", "+8613812345678"),
    ] {
        let body = FULL.replace(written, otherwise);
        assert_ne!(body, FULL);
        assert_eq!(body_digest(&accepted(&body)), digest, "{otherwise}");
    }
}

#[test]
fn another_body_has_another_digest() {
    let digest = body_digest(&accepted(FULL));
    for (written, otherwise) in [
        ("退款。", "退款"),
        ("\"X1\"", "\"X2\""),
        ("\"model\": \"X1\", ", ""),
        ("\"quantity\": 1", "\"quantity\": 2"),
        ("\"wechat\"", "\"weibo\""),
        ("\"locale\": \"zh-CN\",", ""),
        ("a.jpg", "b.jpg"),
        ("09:30:00", "09:30:01"),
    ] {
        let body = FULL.replace(written, otherwise);
        assert_ne!(body, FULL);
        assert_ne!(body_digest(&accepted(&body)), digest, "{otherwise}");
    }
}

#[test]
fn what_is_not_said_is_not_said_however_it_is_not_said() {
    let digest = body_digest(&accepted(&with(r#""product": """#)));
    for fields in [
        r#""product": null"#,
        r#""customer": null, "attachments": null, "extra": null, "wish": null"#,
        r#""customer": {"phone": " ", "locale": "", "preferredContact": 0}"#,
        r#""quantity": 0, "kind": "KIND_UNSPECIFIED", "occurredAt": """#,
    ] {
        assert_eq!(body_digest(&accepted(&with(fields))), digest, "{fields}");
    }
}

#[test]
fn broken_json_is_refused_with_its_place() {
    let (field, text) = refused("{\"requestId\": \"1\",\n \"description\" }");
    assert_eq!(field, "");
    assert!(
        text.starts_with("is not valid JSON: expected `:`"),
        "{text}"
    );
    assert!(text.contains("line 2, column"), "{text}");
    for body in ["{", "{} x", "{\"requestId\": \"1\"", "{'a': 1}"] {
        assert!(refused(body).1.starts_with("is not valid JSON"), "{body}");
    }
}

#[test]
fn anything_but_an_object_is_refused() {
    for body in ["", " ", "[]", "[\"1\"]", "\"x\"", "null"] {
        let (field, text) = refused(body);
        assert!(
            field.is_empty() && text.contains("JSON object"),
            "{body}: {text}"
        );
    }
    assert_eq!(refused(&with(r#""customer": ["王"]"#)).0, "customer");
    assert_eq!(
        refused(&with(r#""attachments": [["a"]]"#)).0,
        "attachments[0]"
    );
}

#[test]
fn wrong_types_name_their_field() {
    for (fields, field, text) in [
        (
            r#""product": 7"#,
            "product",
            "has the wrong type: must be a string",
        ),
        (
            r#""customer": {"phone": 13812345678}"#,
            "customer.phone",
            "must be a string",
        ),
        (
            r#""attachments": [{"name": true}]"#,
            "attachments[0].name",
            "must be a string",
        ),
        (r#""attachments": {}"#, "attachments", "must be a sequence"),
        (r#""extra": {"n": 5}"#, "extra.n", "must be a string"),
        (r#""quantity": []"#, "quantity", "must be a whole number"),
        (r#""kind": 1.5"#, "kind", "must be a name such as"),
    ] {
        let refused = refused(&with(fields));
        assert_eq!(refused.0, field, "{fields}");
        assert!(refused.1.contains(text), "{fields}: {}", refused.1);
    }
}

#[test]
fn a_wrong_type_does_not_quote_what_was_sent() {
    let (_, text) = refused(&with(r#""customer": {"phone": 13812345678}"#));
    assert!(!text.contains("138"), "{text}");
}

#[test]
fn unknown_fields_are_pointed_to_extra() {
    for (fields, field) in [
        (r#""colour": "red""#, "colour"),
        (r#""customer": {"wechat": "x"}"#, "customer.wechat"),
        (r#""attachments": [{"url": "x"}]"#, "attachments[0].url"),
    ] {
        let refused = refused(&with(fields));
        assert_eq!(refused.0, field);
        assert!(refused.1.contains("put it into extra"), "{}", refused.1);
    }
}

#[test]
fn a_field_sent_twice_is_refused() {
    let (field, text) = refused(&with(r#""request_id": "2""#));
    assert_eq!(
        (field.as_str(), text.as_str()),
        ("requestId", "is there twice: send it once")
    );
}

#[test]
fn half_of_a_surrogate_pair_is_refused() {
    for half in ["\\ud800", "\\ud800x", "\\udc00", "\\ud83d\\ud83d"] {
        let (field, text) = refused(&with(&format!(r#""place": "a{half}""#)));
        assert_eq!(field, "place", "{half}");
        assert!(text.contains("surrogate pair"), "{half}: {text}");
    }
    assert_eq!(
        accepted(&with(r#""place": "\ud83d\ude00""#))
            .place
            .unwrap()
            .as_str(),
        "😀"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_refused_with_their_place() {
    let refused = parse_json(b"{\"requestId\": \"\xff\"}", MAX).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("body: is not UTF-8: byte 16"),
        "{refused}"
    );
}

#[test]
fn a_body_too_large_is_refused_with_both_sizes() {
    let refused = parse_json(FULL.as_bytes(), 100).unwrap_err().to_string();
    assert!(
        refused.contains(&format!("has {} bytes, 100 are allowed", FULL.len())),
        "{refused}"
    );
}

#[test]
fn control_characters_are_refused_with_their_place() {
    let told = "holds the control character U+0000 at character 3: remove it";
    assert_eq!(refused(&with(r#""place": "家中\u0000""#)).1, told);
    let body = r#"{"requestId": "1", "description": "坏了\u0000"}"#;
    assert_eq!(refused(body), ("description".to_owned(), told.to_owned()));
    let (field, _) = refused(&with(r#""extra": {"a": "\u001b[31m"}"#));
    assert_eq!(field, "extra.a");
}

#[test]
fn line_breaks_in_one_line_become_spaces() {
    let submission = accepted(&with(r#""place": "一楼\r\n\t大厅""#));
    assert_eq!(submission.place.unwrap().as_str(), "一楼 大厅");
}

#[test]
fn sizes_and_counts_are_bounded() {
    let long = "长".repeat(67);
    let file = r#"{"name": "a", "object": "k"}"#;
    for (fields, field, text) in [
        (
            format!(r#""product": "{long}""#),
            "product",
            "has 201 bytes, 200 are allowed",
        ),
        (
            format!(r#""attachments": [{file}, {file}, {file}]"#),
            "attachments",
            "has 3 entries, 2",
        ),
        (
            r#""extra": {"a": "", "b": "", "c": ""}"#.to_owned(),
            "extra",
            "has 3 fields, 2",
        ),
        (
            format!(r#""extra": {{"{long}": ""}}"#),
            "extra",
            "longer than 64 bytes",
        ),
        (
            r#""quantity": 1000001"#.to_owned(),
            "quantity",
            "between 0 and 1000000",
        ),
        (
            r#""quantity": "1.5""#.to_owned(),
            "quantity",
            "whole number",
        ),
    ] {
        let refused = refused(&with(&fields));
        assert_eq!(refused.0, field);
        assert!(refused.1.contains(text), "{}", refused.1);
    }
}

#[test]
fn what_happened_must_have_happened() {
    let told = |at: &str| submit(&with(&format!(r#""occurredAt": "{at}""#)));
    assert!(
        told("2026-05-02T23:59:59Z").is_ok(),
        "clocks may be ahead by a day"
    );
    assert!(
        told("2026-05-03T00:00:01Z").unwrap_err()[0]
            .1
            .starts_with("lies in the future")
    );
    assert!(
        told("1899-12-31T23:59:59Z").unwrap_err()[0]
            .1
            .starts_with("lies before 1900")
    );
    for at in ["2026-05-01", "2026-05-01T09:30:00", "1.5.2026"] {
        assert!(
            told(at).unwrap_err()[0]
                .1
                .starts_with("is not a time with its offset"),
            "{at}"
        );
    }
}

#[test]
fn debug_output_shows_no_personal_data() {
    let submission = accepted(FULL);
    let shown = format!("{submission:?} {:?}", submission.customer);
    for personal in ["王小明", "13812345678", "wang@", "福州", "电饭煲", "C001"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_accepted_or_refused_without_panic(body in any::<Vec<u8>>()) {
        let _ = parse_json(&body, MAX);
    }

    #[test]
    fn any_text_in_any_field_is_accepted_or_refused_without_panic(text in any::<String>()) {
        let text = text.replace(['\\', '"'], "").replace(char::is_control, "");
        let fields = ["product", "occurredAt", "quantity", "kind", "wish"];
        for field in fields {
            let _ = submit(&with(&format!(r#""{field}": "{text}""#)));
        }
        for field in ["name", "phone", "email", "locale", "preferredContact"] {
            let _ = submit(&with(&format!(r#""customer": {{"{field}": "{text}"}}"#)));
        }
    }
}
