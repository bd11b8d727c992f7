//! Bad input at the NATS door of the running platform: each is answered as the contract says, is
//! counted, loses nothing and stops nothing.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, HeaderMap, Request};
use futures::future::join_all;
use redress_tests::{
    platform::{Plan, Platform},
    recorder::{Outcome, Recorder},
    submissions::samples,
};
use redress_wire::{Service, headers, names};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);

struct Bad {
    what: &'static str,
    channel: &'static str,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    /// Code of the refusal, and what it names.
    refused: (&'static str, &'static str),
}

fn json_body(what: &'static str, body: &Value, field: &'static str) -> Bad {
    let body = serde_json::to_vec(body).expect("a JSON value");
    let refused = ("INVALID_ARGUMENT", field);
    Bad {
        what,
        channel: "web",
        content_type: None,
        body,
        refused,
    }
}

fn raw(what: &'static str, body: &[u8], names: &'static str) -> Bad {
    let refused = ("INVALID_ARGUMENT", names);
    Bad {
        what,
        channel: "web",
        content_type: None,
        body: body.to_vec(),
        refused,
    }
}

fn good(id: &str) -> Value {
    json!({"requestId": id, "description": "屏幕不亮"})
}

/// Bodies that name the field in question.
fn bad_fields() -> Vec<Bad> {
    let with = |key: &str, value: Value| {
        let mut body = good(key);
        body[key] = value;
        body
    };
    let bad = [
        ("no description", json!({"requestId": "a"}), "description"),
        ("no request id", json!({"description": "a"}), "requestId"),
        (
            "blank words",
            json!({"requestId": "b", "description": " \n"}),
            "description",
        ),
        ("a wrong type", with("quantity", json!("many")), "quantity"),
        (
            "a wrong kind of value",
            with("customer", json!("Wang")),
            "customer",
        ),
        (
            "an unknown enum value",
            with("kind", json!("RUMOUR")),
            "kind",
        ),
        ("an unknown field", with("colour", json!("red")), "colour"),
        (
            "a control character",
            with("product", json!("ket\u{0}tle")),
            "product",
        ),
        (
            "no phone at all",
            with("customer", json!({"phone": "call me"})),
            "customer.phone",
        ),
        (
            "the far future",
            with("occurredAt", json!("2999-01-01T00:00:00Z")),
            "occurredAt",
        ),
        (
            "no time",
            with("occurredAt", json!("yesterday")),
            "occurredAt",
        ),
        (
            "too many words",
            json!({"requestId": "e", "description": "长".repeat(200_000)}),
            "description",
        ),
    ];
    bad.into_iter()
        .map(|(what, body, field)| json_body(what, &body, field))
        .collect()
}

/// Bodies that cannot be read, and wrong envelopes.
fn bad_bodies() -> Vec<Bad> {
    let surrogate = br#"{"requestId": "d", "description": "a \ud800 b"}"#;
    let channel = json_body("an unknown channel", &good("f"), "channel");
    let protobuf = raw("broken protobuf", &[0x0a, 0xff, 0xff], "");
    let content_type = json_body("another content type", &good("g"), "");
    vec![
        raw("an empty body", b"", "body"),
        raw("broken JSON", b"{\"requestId\": \"c\",", ""),
        raw("an unpaired surrogate", surrogate, ""),
        Bad {
            channel: "telepathy",
            ..channel
        },
        Bad {
            content_type: Some("application/protobuf"),
            ..protobuf
        },
        Bad {
            content_type: Some("text/html"),
            ..content_type
        },
    ]
}

async fn send(client: &Client, bad: &Bad) -> Value {
    let mut request = Request::new()
        .payload(bad.body.clone().into())
        .timeout(Some(PATIENCE));
    if let Some(content_type) = bad.content_type {
        let mut header = HeaderMap::new();
        header.insert(headers::CONTENT_TYPE, content_type);
        request = request.headers(header);
    }
    let subject = names::submit_subject(bad.channel);
    let answer = client.send_request(subject, request).await;
    let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", bad.what));
    serde_json::from_slice(&answer.payload)
        .unwrap_or_else(|_| json!({"unreadable": String::from_utf8_lossy(&answer.payload)}))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_input_is_refused_with_what_to_do_and_the_service_lives_on() {
    let platform = Platform::start(Plan::default(), |_| {}).await;
    let client = platform.nats.client().await;
    for bad in bad_fields().into_iter().chain(bad_bodies()) {
        let answer = send(&client, &bad).await;
        if bad.content_type == Some("application/protobuf") {
            assert!(
                answer["error"].is_object() || answer["unreadable"].is_string(),
                "{answer}"
            );
            continue;
        }
        let error = &answer["error"];
        assert_eq!(error["code"], bad.refused.0, "{}: {answer}", bad.what);
        let said = error.to_string();
        assert!(said.contains(bad.refused.1), "{}: {answer}", bad.what);
    }
    let recorder = Recorder::default();
    let sample = &samples()[0];
    let first = recorder.submit(&client, sample, PATIENCE).await;
    assert!(matches!(first, Outcome::Ok { .. }), "{first:?}");
    let mut other = sample.clone();
    other.submission["description"] = "something else entirely".into();
    let misused = recorder.submit(&client, &other, PATIENCE).await;
    assert!(matches!(misused, Outcome::Refused(_)), "{misused:?}");
    assert_eq!(
        recorder.submit(&client, sample, PATIENCE).await,
        first,
        "the first one stands"
    );
    let intake = platform
        .services
        .iter()
        .find(|r| r.service == Service::Intake)
        .unwrap();
    let metrics = intake.process.page("metrics").await.expect("metrics");
    assert!(
        metrics.contains("redress_submissions_refused_total{"),
        "refusals are counted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_at_once_are_slowed_not_dropped() {
    let platform = Platform::start(Plan::default(), |_| {}).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let samples = Arc::new(samples());
    let all = (0..10_000).map(|n| {
        let (client, recorder, samples) = (client.clone(), recorder.clone(), samples.clone());
        tokio::spawn(async move {
            let sample = samples[n % samples.len()].with_request_id(&format!("burst-{n}"));
            // Told to come again, a caller comes again.
            for _ in 0..20 {
                let outcome = recorder.submit(&client, &sample, PATIENCE).await;
                if matches!(outcome, Outcome::Ok { .. } | Outcome::Accepted) {
                    return true;
                }
                assert_eq!(outcome, Outcome::Refused("RESOURCE_EXHAUSTED".to_owned()));
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            false
        })
    });
    let done = join_all(all).await;
    assert!(done.into_iter().all(|done| done.expect("a caller")));
}
