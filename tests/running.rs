//! What a running platform takes in its stride: a changed policy, an owner that does not answer,
//! and a trace that goes through all services.

use std::{collections::BTreeMap, time::Duration};

use redress_testkit::{TraceCollector, eventually};
use redress_tests::{
    platform::{Plan, Platform},
    policy,
    recorder::{Outcome, Recorder},
    submissions::{Sample, samples},
};
use redress_wire::{
    Service,
    intake::{
        Submission, SubmitRequest, SubmitResponse, SubmitStatus, intake_client::IntakeClient,
    },
    names,
    router::{Case, GetCaseRequest, router_client::RouterClient},
};

const SOON: Duration = Duration::from_secs(30);
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn kettle(request_id: &str) -> Sample {
    let kettle = samples().into_iter().next();
    kettle.expect("a sample").with_request_id(request_id)
}

async fn registered(platform: &Platform, request_id: &str) -> String {
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let outcome = recorder.submit(&client, &kettle(request_id), SOON).await;
    let Outcome::Ok { number, .. } = outcome else {
        panic!("{outcome:?}");
    };
    number
}

async fn routed(platform: &Platform, name: &str) -> Case {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("the case to be routed", SOON, async || {
        let name = name.to_owned();
        let found = router.get_case(GetCaseRequest { name }).await;
        found.ok().map(tonic::Response::into_inner)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_policy_is_taken_over_without_a_restart_and_a_broken_one_is_not() {
    let mut platform = Platform::start(Plan::default(), |_| ()).await;
    let before = routed(&platform, &registered(&platform, "before").await).await;
    assert_eq!(before.department_name, "售后技术部");

    let dir = platform.dir.path().join("policy");
    policy::replace(&dir, "departments.toml", "售后技术部", "售后工程部");
    let mut turn = 0;
    let after = eventually("a case under the new policy", SOON, async || {
        turn += 1;
        let number = registered(&platform, &format!("after-{turn}")).await;
        let case = routed(&platform, &number).await;
        (case.policy != before.policy).then_some(case)
    })
    .await;
    assert_eq!(after.department_name, "售后工程部");

    policy::replace(&dir, "departments.toml", "售后工程部", "\" nonsense");
    eventually("the refusal to be said", SOON, async || {
        let output = platform.replica(Service::Router).process.process().output();
        output.contains("departments.toml").then_some(())
    })
    .await;
    let still = routed(&platform, &registered(&platform, "still").await).await;
    assert_eq!(
        still.policy, after.policy,
        "the good version stays in force"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_whose_owner_does_not_answer_is_accepted_and_gets_its_number_later() {
    let plan = Plan {
        intakes: 2,
        // Longer than a caller is made to wait, so that nobody takes over meanwhile.
        lease_seconds: 6,
        ..Plan::default()
    };
    let platform = Platform::start(plan, |_| ()).await;
    let mut intakes = platform
        .services
        .iter()
        .filter(|replica| replica.service == Service::Intake);
    let asleep = intakes.next().expect("an intake");
    let awake = intakes.next().expect("another intake");
    let mut door = IntakeClient::connect(format!("http://{}", awake.grpc))
        .await
        .expect("a door");

    asleep.process.pause();
    let mut accepted = Vec::new();
    for turn in 0..16 {
        let answer = submit(&mut door, &format!("while-asleep-{turn}")).await;
        match answer.status() {
            SubmitStatus::Accepted => accepted.push((turn, answer.complaint_id)),
            status => assert_eq!(status, SubmitStatus::Registered),
        }
        if accepted.len() == 2 {
            break;
        }
    }
    assert!(
        !accepted.is_empty(),
        "the sleeper owns half of the partitions"
    );
    let mut numbers = Vec::new();
    for (turn, id) in &accepted {
        let case = routed(&platform, id).await;
        let again = submit(&mut door, &format!("while-asleep-{turn}")).await;
        assert_eq!(again.status(), SubmitStatus::Duplicate);
        assert_eq!(again.number, case.number);
        numbers.push(case.number);
    }
    asleep.process.resume();
    for ((turn, _), number) in accepted.iter().zip(numbers) {
        let again = submit(&mut door, &format!("while-asleep-{turn}")).await;
        assert_eq!(again.number, number, "the sleeper's waking changes nothing");
    }
}

async fn submit(
    door: &mut IntakeClient<tonic::transport::Channel>,
    request_id: &str,
) -> SubmitResponse {
    let request = SubmitRequest {
        channel: "web".to_owned(),
        submission: Some(Submission {
            request_id: request_id.to_owned(),
            description: "The kettle that I bought last week gives off sparks.".to_owned(),
            ..Submission::default()
        }),
    };
    door.submit(request).await.expect("an answer").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_the_door_through_all_services() {
    let collector = TraceCollector::start().await;
    let settings = BTreeMap::from([("REDRESS_OTLP_ENDPOINT".to_owned(), collector.url())]);
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    let platform = Platform::start(plan, |_| ()).await;
    let client = platform.nats.client().await;
    let sample = kettle("traced");
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("traceparent", PARENT);
    let subject = names::submit_subject(&sample.channel);
    let sent = client.request_with_headers(subject, headers, sample.body().into());
    sent.await.expect("an answer");

    let services = ["intake", "router", "sla-monitor", "notifier"];
    let trace = PARENT.split('-').nth(1).expect("a trace id");
    let spans = collector.wait_for_trace(trace, &services, SOON).await;
    let first = spans.iter().find(|span| span.service == "intake");
    assert!(first.is_some_and(|span| !span.parent.is_empty()));
    for span in &spans {
        let parent_known =
            PARENT.contains(&span.parent) || spans.iter().any(|other| other.span == span.parent);
        assert!(parent_known, "{span:?} hangs in the air among {spans:?}");
    }
}
