//! The webhook receiver of the tests answers as told and keeps what it got.

use std::time::Duration;

use redress_testkit::{Answer, WebhookSink};
use reqwest::StatusCode;

const SOON: Duration = Duration::from_secs(20);

async fn post(sink: &WebhookSink, body: &'static str) -> reqwest::Result<reqwest::Response> {
    let request = reqwest::Client::new()
        .post(sink.url())
        .header("webhook-id", "msg_1");
    request.body(body).send().await
}

#[tokio::test]
async fn a_request_is_kept_byte_for_byte() {
    let sink = WebhookSink::start().await;
    assert_eq!(
        post(&sink, "{ \"a\" :1}").await.expect("answered").status(),
        StatusCode::OK
    );

    let received = sink.wait_for(1, SOON).await;
    assert_eq!(received[0].body, "{ \"a\" :1}");
    assert_eq!(received[0].header("webhook-id"), Some("msg_1"));
    assert_eq!(received[0].path, "/hook");
}

#[tokio::test]
async fn planned_answers_come_first_and_are_not_counted_as_taken() {
    let sink = WebhookSink::start().await;
    sink.answer_next(
        2,
        Answer {
            status: 503,
            retry_after: Some(Duration::from_secs(7)),
        },
    );
    sink.answer_next(1, Answer::status(500));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = post(&sink, "again").await.expect("answered");
        statuses.push((
            answer.status().as_u16(),
            answer.headers().get("retry-after").cloned(),
        ));
    }
    let wait = Some("7".parse().expect("a header"));
    assert_eq!(
        statuses,
        [(503, wait.clone()), (503, wait), (500, None), (200, None)]
    );
    assert_eq!(sink.received().len(), 4);
    assert_eq!(sink.taken().len(), 1);
}

#[tokio::test]
async fn while_stopped_nobody_answers_and_afterwards_the_address_is_the_same() {
    let mut sink = WebhookSink::start().await;
    let url = sink.url();
    sink.stop().await;
    post(&sink, "lost").await.expect_err("nobody answers");
    sink.start_again().await;
    assert_eq!(sink.url(), url);
    post(&sink, "kept").await.expect("answered");
    assert_eq!(sink.taken().len(), 1);
}
