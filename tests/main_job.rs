//! The main job from end to end: a complaint comes in by each door, and is numbered, routed,
//! under its deadlines, acknowledged by mail, announced by webhook, and counted.

use std::{collections::BTreeMap, time::Duration};

use redress_testkit::{SmtpSink, WebhookSink, eventually};
use redress_tests::{
    platform::{Plan, Platform},
    policy,
    recorder::{Outcome, Recorder},
    submissions::{Sample, samples},
};
use redress_wire::{
    Service,
    analytics::{Figures, GetFiguresRequest, analytics_client::AnalyticsClient},
    intake::{GetComplaintRequest, intake_client::IntakeClient},
    names,
    notifier::{ListDeliveriesRequest, notifier_client::NotifierClient},
    router::{Case, CaseOrder, GetCaseRequest, ListCasesRequest, router_client::RouterClient},
    sla_monitor::{GetClocksRequest, sla_monitor_client::SlaMonitorClient},
};
use standardwebhooks::Webhook;

const SOON: Duration = Duration::from_secs(30);

async fn platform(smtp: &SmtpSink, webhook: &WebhookSink) -> Platform {
    let settings = BTreeMap::from([
        ("REDRESS_SMTP_URL".to_owned(), smtp.url()),
        (policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned()),
    ]);
    let url = webhook.url();
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    Platform::start(plan, move |dir| policy::add_webhooks(dir, &url)).await
}

fn kettle() -> Sample {
    samples()
        .into_iter()
        .next()
        .expect("the first sample is the kettle that sparks")
}

async fn routed(platform: &Platform, name: &str) -> Case {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("the case to be routed", SOON, async || {
        let request = GetCaseRequest {
            name: name.to_owned(),
        };
        router
            .get_case(request)
            .await
            .ok()
            .map(tonic::Response::into_inner)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_numbered_routed_timed_acknowledged_announced_and_counted() {
    let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
    let platform = platform(&smtp, &webhook).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let Outcome::Ok { id, number } = recorder.submit(&client, &kettle(), SOON).await else {
        panic!("{:?}", recorder.attempts());
    };
    assert!(number.starts_with("CF20"), "{number}");
    let case = routed(&platform, &number).await;
    assert_eq!(case.complaint_id, id);
    assert_eq!(
        case.urgency, "urgent",
        "sparks and burns are a safety hazard"
    );
    assert_eq!(case.category, "product_quality");
    assert_eq!(
        case.work_order.expect("a work order").department,
        "after_sales_tech"
    );
    assert!(!case.reasons.is_empty());
    under_its_deadlines(&platform, &number).await;
    told(&platform, &smtp, &webhook, &number).await;
    masked(&platform, &number).await;
    assert_eq!(counted(&platform, 1).await.complaints, 1);
}

async fn under_its_deadlines(platform: &Platform, number: &str) {
    let mut clocks = SlaMonitorClient::new(platform.channel(Service::SlaMonitor));
    let clocks = eventually("the clocks", SOON, async || {
        let request = GetClocksRequest {
            name: number.to_owned(),
        };
        clocks
            .get_clocks(request)
            .await
            .ok()
            .map(tonic::Response::into_inner)
    })
    .await;
    let ids: Vec<_> = clocks
        .clocks
        .iter()
        .map(|clock| clock.clock.as_str())
        .collect();
    assert!(
        ids.contains(&"start") && ids.contains(&"preliminary_plan"),
        "{ids:?}"
    );
}

/// The customer by mail, the department by webhook, and both are recorded.
async fn told(platform: &Platform, smtp: &SmtpSink, webhook: &WebhookSink, number: &str) {
    let mail = smtp.wait_for(1, SOON).await.remove(0);
    assert!(
        mail.subject.contains(number) || mail.body.contains(number),
        "{mail:?}"
    );
    assert!(
        mail.body.contains("已收到"),
        "a Chinese customer is written to in Chinese: {mail:?}"
    );
    let call = webhook.wait_for(1, SOON).await.remove(0);
    let verifier = Webhook::new(policy::SECRET).expect("a secret");
    verifier
        .verify(&call.body, &call.headers)
        .expect("a valid signature");
    assert!(String::from_utf8_lossy(&call.body).contains(number));
    assert!(
        !String::from_utf8_lossy(&call.body).contains("138"),
        "no personal data in webhooks"
    );
    let mut notifier = NotifierClient::new(platform.channel(Service::Notifier));
    eventually("both deliveries to be recorded", SOON, async || {
        let request = ListDeliveriesRequest {
            name: number.to_owned(),
            ..Default::default()
        };
        let list = notifier
            .list_deliveries(request)
            .await
            .ok()?
            .into_inner()
            .deliveries;
        (list
            .iter()
            .filter(|delivery| delivery.state == "delivered")
            .count()
            == 2)
            .then_some(())
    })
    .await;
}

async fn masked(platform: &Platform, number: &str) {
    let mut intake = IntakeClient::new(platform.channel(Service::Intake));
    let request = GetComplaintRequest {
        name: number.to_owned(),
    };
    let lodged = intake
        .get_complaint(request)
        .await
        .expect("the complaint")
        .into_inner();
    let personal = lodged.personal.expect("masked personal data");
    let shown = (personal.name.as_str(), personal.phone.as_str());
    assert_eq!(shown, ("黄*", "138****4001"));
    assert!(!personal.email.contains("huang"), "{}", personal.email);
}

async fn counted(platform: &Platform, complaints: u64) -> Figures {
    let mut analytics = AnalyticsClient::new(platform.channel(Service::Analytics));
    eventually("the figures", SOON, async || {
        let figures = analytics
            .get_figures(GetFiguresRequest::default())
            .await
            .ok()?
            .into_inner();
        let delivered = figures.notifications_delivered + figures.notifications_given_up;
        let routed = figures
            .routing
            .is_some_and(|routing| routing.count == complaints);
        (figures.complaints == complaints && routed && delivered > 0).then_some(figures)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_is_taken_routed_and_listed_and_a_repeat_by_another_door_is_the_same_one() {
    let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
    let platform = platform(&smtp, &webhook).await;
    let client = platform.nats.client().await;
    let recorder = Recorder::default();
    let samples = samples();
    for sample in &samples {
        let outcome = recorder.submit(&client, sample, SOON).await;
        assert!(
            matches!(outcome, Outcome::Ok { .. }),
            "{}: {outcome:?}",
            sample.request_id()
        );
    }
    // The same complaint left in the inbox is the same complaint.
    let jetstream = async_nats::jetstream::new(client.clone());
    let subject = names::inbox_subject(&samples[0].channel);
    let ack = jetstream
        .publish(subject, samples[0].body().into())
        .await
        .expect("a publish");
    ack.await.expect("the inbox takes it");
    let all = samples.len() as u64;
    let figures = counted(&platform, all).await;
    assert_eq!(figures.complaints, all);

    let mut router = RouterClient::new(platform.channel(Service::Router));
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        // By registration, which nothing changes: due times move while pages are read, and a case
        // whose clock was met meanwhile would come again further down.
        let request = ListCasesRequest {
            page_size: 50,
            page_token: token,
            order_by: CaseOrder::Newest.into(),
            ..Default::default()
        };
        let page = router
            .list_cases(request)
            .await
            .expect("a page")
            .into_inner();
        listed.extend(page.cases);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed.len() as u64, all);
    let first = router.list_cases(ListCasesRequest::default()).await;
    let first = first.expect("a page").into_inner().cases.remove(0);
    assert_eq!(first.urgency, "urgent", "urgent ones come first");
    let mut numbers: Vec<_> = listed.iter().map(|case| case.number.clone()).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len() as u64, all, "every number once");
}
