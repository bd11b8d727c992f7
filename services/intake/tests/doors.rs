//! The doors of a running intake, at a real broker.

mod running;

use std::time::Duration;

use async_nats::HeaderMap;
use futures::{StreamExt as _, stream};
use redress_testkit::eventually;
use redress_wire::{
    headers,
    intake::{
        GetComplaintRequest, GetCustomerRequest, Submission, SubmitRequest, SubmitStatus,
        SubmittedCustomer, submit_result,
    },
    names,
    ops::{ListSetAsideRequest, RedriveRequest},
};
use running::{Intake, json, submission};
use tonic_types::StatusExt as _;

const WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_one_complaint_whichever_door_it_comes_through() {
    let intake = Intake::start().await;
    let first = intake
        .request("email", &json("m-1", "The kettle leaks"))
        .await;
    assert_eq!(first["status"], "REGISTERED", "{first}");
    let number = first["number"].as_str().unwrap().to_owned();
    assert!(
        number.starts_with("CF20") && number.ends_with("001"),
        "{number}"
    );
    assert!(
        first["respondBy"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok(),
        "{first}"
    );

    let again = intake
        .request("email", &json("m-1", "The kettle leaks"))
        .await;
    assert_eq!(again["status"], "DUPLICATE");
    assert_eq!(
        (&again["number"], &again["complaintId"]),
        (&first["number"], &first["complaintId"])
    );

    let mut grpc = intake.grpc().await;
    let request = SubmitRequest {
        channel: "email".to_owned(),
        submission: Some(submission("m-1", "The kettle leaks")),
    };
    let answer = grpc.submit(request.clone()).await.unwrap().into_inner();
    assert_eq!(
        (answer.status(), &answer.number),
        (SubmitStatus::Duplicate, &number)
    );

    intake
        .leave_in_inbox("email", &json("m-1", "The kettle leaks"))
        .await;
    intake
        .leave_in_inbox("email", &json("m-2", "The kettle still leaks"))
        .await;
    let second = eventually("the second one to be registered", WITHIN, async || {
        let name = redress_complaint::ComplaintId::of("email", "m-2").to_string();
        intake
            .grpc()
            .await
            .get_complaint(GetComplaintRequest { name })
            .await
            .ok()
    })
    .await;
    assert!(second.into_inner().number.ends_with("002"));
    eventually("the inbox to be empty", WITHIN, async || {
        intake.inbox_is_empty().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_body_under_the_same_request_id_is_refused_at_every_door() {
    let intake = Intake::start().await;
    intake
        .request("web", &json("m-1", "The kettle leaks"))
        .await;
    let refused = intake
        .request("web", &json("m-1", "The kettle explodes"))
        .await;
    assert_eq!(refused["error"]["code"], "ALREADY_EXISTS", "{refused}");
    assert_eq!(refused["error"]["violations"][0]["field"], "requestId");

    let submission = Some(submission("m-1", "The kettle explodes"));
    let request = SubmitRequest {
        channel: "web".to_owned(),
        submission,
    };
    let status = intake.grpc().await.submit(request).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::AlreadyExists);
    assert_eq!(
        status.get_details_bad_request().unwrap().field_violations[0].field,
        "requestId"
    );

    intake
        .leave_in_inbox("web", &json("m-1", "The kettle explodes"))
        .await;
    let kept = eventually("it to be set aside", WITHIN, async || {
        let request = ListSetAsideRequest::default();
        let kept = intake
            .ops()
            .await
            .list_set_aside(request)
            .await
            .ok()?
            .into_inner();
        kept.entries.into_iter().next()
    })
    .await;
    assert!(kept.reason.starts_with("ALREADY_EXISTS"), "{}", kept.reason);
    assert_eq!(kept.source, "inbox/web");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_inbox_cannot_read_is_set_aside_whole_and_blocks_nothing() {
    let intake = Intake::start().await;
    intake.leave_in_inbox("email", b"{ broken").await;
    intake
        .leave_in_inbox("telegraph", &json("m-1", "stop"))
        .await;
    intake
        .leave_in_inbox("email", &json("m-2", "The kettle leaks"))
        .await;
    let kept = eventually("both to be set aside", WITHIN, async || {
        let request = ListSetAsideRequest::default();
        let kept = intake
            .ops()
            .await
            .list_set_aside(request)
            .await
            .ok()?
            .into_inner();
        (kept.entries.len() == 2).then_some(kept.entries)
    })
    .await;
    assert!(
        kept.iter()
            .all(|entry| entry.reason.starts_with("INVALID_ARGUMENT")),
        "{kept:?}"
    );
    let name = redress_complaint::ComplaintId::of("email", "m-2").to_string();
    eventually("the good one to be registered", WITHIN, async || {
        let request = GetComplaintRequest { name: name.clone() };
        intake.grpc().await.get_complaint(request).await.ok()
    })
    .await;
    let id = kept[0].id.clone();
    let request = RedriveRequest {
        id,
        request_id: "r-1".to_owned(),
    };
    let again = intake
        .ops()
        .await
        .redrive(request)
        .await
        .unwrap()
        .into_inner();
    assert!(!again.processed, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn protobuf_is_answered_in_protobuf_and_refused_in_json() {
    use prost::Message as _;
    let intake = Intake::start().await;
    let client = intake.broker.client().await;
    let ask = async |body: Vec<u8>, content_type: &str| {
        let mut header = HeaderMap::new();
        header.insert(headers::CONTENT_TYPE, content_type);
        let subject = names::submit_subject("app");
        client
            .request_with_headers(subject, header, body.into())
            .await
            .unwrap()
    };
    let body = submission("m-1", "The kettle leaks").encode_to_vec();
    let answer = ask(body, "application/protobuf").await;
    let answer = redress_wire::intake::SubmitResponse::decode(answer.payload).unwrap();
    assert_eq!(answer.status(), SubmitStatus::Registered);

    for (body, content_type, field) in [
        (vec![0xff; 20], "application/protobuf", ""),
        (json("m-2", "x"), "text/plain", "Content-Type"),
        (
            Submission {
                kind: 99,
                ..submission("m-2", "x")
            }
            .encode_to_vec(),
            "application/x-protobuf",
            "kind",
        ),
    ] {
        let answer = ask(body, content_type).await;
        let refused: serde_json::Value = serde_json::from_slice(&answer.payload).unwrap();
        assert_eq!(refused["error"]["code"], "INVALID_ARGUMENT", "{refused}");
        assert_eq!(
            refused["error"]["violations"][0]["field"], field,
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_submissions_at_once_are_all_answered_with_numbers_of_their_own() {
    const MANY: usize = 10_000;
    let intake = Intake::start().await;
    let client = intake.broker.client().await;
    let answers: Vec<serde_json::Value> = stream::iter(0..MANY)
        .map(|n| {
            let (client, body) = (client.clone(), json(&format!("m-{n}"), "The kettle leaks"));
            async move {
                let request = async_nats::Request::new()
                    .payload(body.into())
                    .timeout(Some(WITHIN));
                let answer = client
                    .send_request(names::submit_subject("chat"), request)
                    .await;
                serde_json::from_slice(&answer.expect("an answer").payload).expect("JSON")
            }
        })
        .buffer_unordered(MANY)
        .collect()
        .await;
    let numbers: std::collections::BTreeSet<&str> = answers
        .iter()
        .filter_map(|answer| answer["number"].as_str())
        .collect();
    assert_eq!(
        numbers.len(),
        MANY,
        "{:?}",
        answers.iter().find(|a| a["number"].is_null())
    );
    assert!(numbers.iter().any(|number| number.ends_with("10000")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_call_answers_each_in_order() {
    let intake = Intake::start().await;
    let requests = (0..3_000).map(|n| SubmitRequest {
        channel: "shop".to_owned(),
        submission: Some(submission(
            &format!("m-{}", n % 2_000),
            if n == 7 { "" } else { "x" },
        )),
    });
    let requests: Vec<SubmitRequest> = requests.collect();
    let answer = intake
        .grpc()
        .await
        .submit_bulk(stream::iter(requests))
        .await
        .unwrap();
    let answer = answer.into_inner();
    assert_eq!(
        (answer.registered, answer.duplicates, answer.refused),
        (2_000, 999, 1)
    );
    assert_eq!(answer.results.len(), 3_000);
    assert!(
        answer
            .results
            .iter()
            .enumerate()
            .all(|(n, r)| r.request_id == format!("m-{}", n % 2_000))
    );
    let Some(submit_result::Outcome::Refusal(refusal)) = &answer.results[7].outcome else {
        panic!("{:?}", answer.results[7])
    };
    assert_eq!(refusal.violations[0].field, "description");
}

/// Three complaints of one customer about one order, who gives an email from the second one on.
async fn wang_complains(intake: &Intake) -> Vec<String> {
    let mut numbers = Vec::new();
    for n in 0..3 {
        let email = if n == 0 { "" } else { "wang@example.com" };
        let customer = SubmittedCustomer {
            name: "王小明".to_owned(),
            phone: "138 1234 1234".to_owned(),
            email: email.to_owned(),
            ..SubmittedCustomer::default()
        };
        let said = Submission {
            customer: Some(customer),
            order_no: "A-7".to_owned(),
            ..submission(&format!("m-{n}"), "请拨打13812341234")
        };
        let request = SubmitRequest {
            channel: "phone".to_owned(),
            submission: Some(said),
        };
        numbers.push(
            intake
                .grpc()
                .await
                .submit(request)
                .await
                .unwrap()
                .into_inner()
                .number,
        );
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_linked_and_shown_masked() {
    let intake = Intake::start().await;
    let numbers = wang_complains(&intake).await;
    let last = eventually("the repeats to be linked", WITHIN, async || {
        let request = GetComplaintRequest {
            name: numbers[2].to_lowercase(),
        };
        let found = intake
            .grpc()
            .await
            .get_complaint(request)
            .await
            .unwrap()
            .into_inner();
        (found.repeats_of.len() == 2).then_some(found)
    })
    .await;
    assert_eq!(last.repeats_of[0].reason, "same_order");
    assert_eq!(last.repeats_of[0].number, numbers[1]);
    let personal = last.personal.unwrap();
    assert_eq!(
        (personal.name.as_str(), personal.phone.as_str()),
        ("王*", "138****1234")
    );
    assert_eq!(personal.description, "请拨打138****1234");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_by_any_contact_page_by_page() {
    let intake = Intake::start().await;
    let numbers = wang_complains(&intake).await;
    let page = |contact: &str, page_token: String| GetCustomerRequest {
        contact: contact.to_owned(),
        page_size: 2,
        page_token,
    };
    let mut grpc = intake.grpc().await;
    let first = grpc
        .get_customer(page("+86 138-1234-1234", String::new()))
        .await
        .unwrap();
    let first = first.into_inner();
    let found: Vec<&str> = first.complaints.iter().map(|c| c.number.as_str()).collect();
    assert_eq!(found, [&numbers[2], &numbers[1]]);
    assert_eq!(first.name, "王*");
    let rest = grpc
        .get_customer(page("13812341234", first.next_page_token))
        .await
        .unwrap();
    assert_eq!(rest.into_inner().complaints[0].number, numbers[0]);
    let by_email = grpc
        .get_customer(page("Wang@Example.com", String::new()))
        .await
        .unwrap();
    assert_eq!(by_email.into_inner().complaints.len(), 2);
}
