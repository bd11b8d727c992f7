//! The platform under the least-privilege accounts that ship in `deploy/`: all of it works, and
//! the broker's monitoring pages are not needed for it.

use std::{collections::BTreeMap, process::Command, time::Duration};

use redress_testkit::{SmtpSink, binary, eventually};
use redress_tests::{
    accounts,
    platform::{Plan, Platform, Replica},
    recorder::{Outcome, Recorder},
    submissions::samples,
};
use redress_wire::{
    Service, names,
    notifier::{ListDeliveriesRequest, notifier_client::NotifierClient},
    router::{
        Actor, GetCaseRequest, GetRecallRequest, GetRecallResponse, ListCasesRequest,
        RunRecallRequest, case_commands_client::CaseCommandsClient,
        case_queries_client::CaseQueriesClient, router_client::RouterClient,
    },
    sla_monitor::{GetClocksRequest, sla_monitor_client::SlaMonitorClient},
};

const SOON: Duration = Duration::from_secs(30);

/// Two replicas of intake: they reach each other through subjects of their own.
async fn platform(smtp: &SmtpSink, streams: u32) -> Platform {
    let plan = Plan {
        settings: BTreeMap::from([("REDRESS_SMTP_URL".to_owned(), smtp.url())]),
        intakes: 2,
        streams,
        accounts: true,
        ..Plan::default()
    };
    Platform::start(plan, |_| {}).await
}

/// Waits until a case is routed, under its deadlines, and its acknowledgement is delivered.
async fn worked_through(platform: &Platform, number: &str) {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    let mut clocks = SlaMonitorClient::new(platform.channel(Service::SlaMonitor));
    let mut notifier = NotifierClient::new(platform.channel(Service::Notifier));
    let name = || number.to_owned();
    eventually("the case to be worked through", SOON, async || {
        let case = router
            .get_case(GetCaseRequest { name: name() })
            .await
            .ok()?;
        case.into_inner().work_order?;
        let case = clocks.get_clocks(GetClocksRequest { name: name() }).await;
        let clocks = case.ok()?.into_inner().clocks;
        let request = ListDeliveriesRequest {
            name: name(),
            ..Default::default()
        };
        let deliveries = notifier.list_deliveries(request).await.ok()?.into_inner();
        let mut delivered = deliveries.deliveries.iter();
        (!clocks.is_empty() && delivered.any(|one| one.state == "delivered")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_user_can_do_its_work_and_a_complaint_goes_all_the_way() {
    let smtp = SmtpSink::start().await;
    let mut platform = platform(&smtp, 3).await;
    let (adapter, _) = accounts::connect_as(&platform.nats, "adapter").await;
    let recorder = Recorder::default();
    let samples = samples();
    // Enough of them that some reach the replica that has to hand them to the other.
    let (first, others) = (&samples[0], &samples[1..12]);
    let outcome = recorder.submit(&adapter, first, SOON).await;
    let Outcome::Ok { number, .. } = outcome else {
        panic!("{outcome:?}");
    };
    worked_through(&platform, &number).await;
    let mail = smtp.wait_for(1, SOON).await.remove(0);
    assert!(mail.subject.contains(&number) || mail.body.contains(&number));
    for sample in others {
        let outcome = recorder.submit(&adapter, sample, SOON).await;
        assert!(matches!(outcome, Outcome::Ok { .. }), "{outcome:?}");
    }
    recalled(&platform, &number).await;
    // Also what they do when they leave, and what nobody waits for, is allowed.
    let notifier = |replica: &&mut Replica| replica.service == Service::Notifier;
    for replica in platform.services.iter_mut().filter(notifier) {
        replica.process.terminate(SOON).await;
    }
    let progress = progress(&platform, &number).await;
    assert!(progress.told_unknown && progress.joined > 0, "{progress:?}");
    let others = platform.services.iter_mut();
    for replica in others.filter(|replica| !notifier(replica)) {
        replica.process.terminate(SOON).await;
    }
    let refused = accounts::violations(&platform.nats);
    assert!(refused.is_empty(), "{refused:#?}");
}

/// The case leads a recall: router takes in the others of its batch, notifier tells their customers
/// and tells router whom it has told.
async fn recalled(platform: &Platform, number: &str) {
    let mut commands = CaseCommandsClient::new(platform.channel(Service::Router));
    let recall = RunRecallRequest {
        name: number.to_owned(),
        actor: Some(Actor {
            id: "director-products".to_owned(),
            role: "director".to_owned(),
        }),
        text: "请立即停止使用，可免费更换".to_owned(),
        ..RunRecallRequest::default()
    };
    eventually("the others of the batch to be taken in", SOON, async || {
        let run = commands.run_recall(recall.clone()).await.ok()?;
        (run.into_inner().affected > 0).then_some(())
    })
    .await;
    let told = eventually("the customers to be told", SOON, async || {
        let it = progress(platform, number).await;
        let heard = it.told + it.unreached;
        (!it.told_unknown && it.told > 0 && heard == it.joined).then_some(it)
    })
    .await;
    let shown = Command::new(binary("redress"))
        .args(["--router-addr", platform.grpc(Service::Router)])
        .args(["--lang", "en", "case", "recall", "status", number])
        .output()
        .expect("redress runs");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let row = shown.lines().find(|line| line.contains("Told"));
    let count = told.told.to_string();
    assert!(row.is_some_and(|row| row.contains(&count)), "{shown}");
}

async fn progress(platform: &Platform, number: &str) -> GetRecallResponse {
    let mut queries = CaseQueriesClient::new(platform.channel(Service::Router));
    let name = number.to_owned();
    let asked = queries.get_recall(GetRecallRequest { name }).await;
    asked
        .expect("an answer, whoever else is there")
        .into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_takes_from_adapters_and_intake_and_is_emptied() {
    let smtp = SmtpSink::start().await;
    let platform = platform(&smtp, 1).await;
    // Intake itself leaves there what it accepts and cannot register at once.
    for (user, sample) in ["adapter", "intake"].into_iter().zip(samples()) {
        let (client, _) = accounts::connect_as(&platform.nats, user).await;
        let subject = names::inbox_subject(&sample.channel);
        let jetstream = async_nats::jetstream::new(client);
        let stored = jetstream.publish(subject, sample.body().into()).await;
        let stored = stored.expect("connected").await;
        assert!(stored.is_ok(), "{user}: {stored:?}");
    }
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("both to be routed", SOON, async || {
        let listed = router.list_cases(ListCasesRequest::default()).await.ok()?;
        (listed.into_inner().cases.len() == 2).then_some(())
    })
    .await;
    let (provision, _) = accounts::connect_as(&platform.nats, "provision").await;
    let jetstream = async_nats::jetstream::new(provision);
    eventually("an empty inbox", SOON, async || {
        let inbox = jetstream.get_stream(names::INBOX_STREAM).await.ok()?;
        (inbox.cached_info().state.messages == 0).then_some(())
    })
    .await;
    let refused = accounts::violations(&platform.nats);
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_looks_and_submits_as_a_user_of_its_own() {
    let smtp = SmtpSink::start().await;
    let platform = platform(&smtp, 1).await;
    let doctor = accounts::redress(&platform.nats, "cli", &["doctor", "--lang", "en"]).await;
    let found = String::from_utf8_lossy(&doctor.stdout);
    for fact in ["syncs every write", "8, fixed for this installation"] {
        assert!(found.contains(fact), "{fact}: {doctor:?}");
    }
    let text = ["submit", "--channel", "web", "--text", "the kettle leaks"];
    let submitted = accounts::redress(&platform.nats, "cli", &text).await;
    assert!(submitted.status.success(), "{submitted:?}");
    // Fixed is fixed, also for who may write it.
    let other = ["provision", "--partitions", "9"];
    let refused = accounts::redress(&platform.nats, "provision", &other).await;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("8 partitions"),
        "{said}"
    );
    let other = ["provision", "--streams", "2"];
    let refused = accounts::redress(&platform.nats, "provision", &other).await;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("1 stream(s), fixed"),
        "{said}"
    );
    let refused = accounts::violations(&platform.nats);
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_may_not_write_what_is_anothers() {
    let smtp = SmtpSink::start().await;
    let platform = platform(&smtp, 1).await;
    let (router, mut refusals) = accounts::connect_as(&platform.nats, "router").await;
    for subject in [
        names::block_subject(0, Service::Intake),
        names::number_subject(20_260_501),
        names::inbox_subject("email"),
        names::peer_subject(Service::Intake, "any"),
        format!(
            "$KV.redress_members.{}",
            names::owner_key(Service::Intake, 0)
        ),
        format!("$KV.redress_installation.{}", names::PARTITIONS_KEY),
    ] {
        router
            .publish(subject.clone(), "forged".into())
            .await
            .expect("connected");
        let refusal = tokio::time::timeout(SOON, refusals.recv()).await;
        let refusal = refusal.ok().flatten().unwrap_or_default().to_lowercase();
        let expected = format!("publish to \"{}\"", subject.to_lowercase());
        assert!(refusal.contains(&expected), "{subject}: {refusal:?}");
    }
    assert_eq!(accounts::violations(&platform.nats).len(), 6);
}
