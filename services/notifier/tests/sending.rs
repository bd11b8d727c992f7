//! The whole way out: a processor over the twins, a real mail server, a real webhook receiver.

mod common;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use common::{
    EMAIL, NUMBER, SECRET, SECRET_ENV, WITH_HOOK,
    facts::{fact, level, plan, text},
    id_of, registered, routed, rules,
};
use prost::Message as _;
use redress_complaint::{ComplaintId, partition_of};
use redress_host::{Metrics, RuntimeMetrics, SystemClock, policy_dir::PolicyVersion};
use redress_log::{
    Chain, Entry, EventLog as _,
    memory::{MemoryLog, MemoryMembership, MemoryPeers},
};
use redress_notifier::{Door, MailSettings, NotifierCore, Sender, SenderMetrics, WebhookSettings};
use redress_runtime::{Head, Pace, Parts, Processor, rebuild};
use redress_store::{MemoryStore, state_hash};
use redress_testkit::{Answer, SmtpSink, WebhookSink, eventually};
use redress_wire::{
    Payload, Service,
    log::{Block, Event},
    notifier::{
        Delivery, ListDeliveriesRequest, RetryDeliveryRequest, notifier_server::Notifier as _,
    },
    router::{CaseClosed, PlanExecuted, case_event::Change},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Request;

const PARTITIONS: u32 = 2;
const SOON: Duration = Duration::from_secs(30);
const ACK: &str = "CF20260501001-customer_acknowledgement";
const ASSIGNMENT: &str = "CF20260501001-department_assignment";

/// What outlives a process.
struct World {
    log: MemoryLog,
    store: MemoryStore,
    mail: SmtpSink,
    hook: WebhookSink,
}

struct Process {
    processor: Processor<NotifierCore, MemoryPeers>,
    sender: JoinHandle<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl World {
    async fn new() -> Self {
        let (mail, hook) = (SmtpSink::start().await, WebhookSink::start().await);
        Self {
            log: MemoryLog::new([7; 16]),
            store: MemoryStore::new(),
            mail,
            hook,
        }
    }

    async fn start(&self, member: &str, with_mail: bool) -> Process {
        let version = PolicyVersion {
            policy: rules(&self.hook.url()),
            version: "1".to_owned(),
            files: BTreeMap::default(),
        };
        let (sender, rules) = tokio::sync::watch::channel(Arc::new(version));
        // Nobody changes the rules; the channel stays open for the test's life.
        std::mem::forget(sender);
        let metrics = Metrics::new("notifier");
        let parts: Parts<NotifierCore, _, _, _> = Parts {
            log: self.log.clone(),
            membership: MemoryMembership::new(Duration::from_secs(6)),
            peers: MemoryPeers::default(),
            store: Arc::new(self.store.clone()),
            member: member.to_owned(),
            seat: member.to_owned(),
            stands_by: false,
            partitions: PARTITIONS,
            rules,
            clock: Arc::new(SystemClock),
            metrics: RuntimeMetrics::register(&metrics),
            pace: Pace {
                linger: Duration::from_millis(1),
                ..Pace::default()
            },
            renew_every: Duration::from_millis(200),
        };
        let mut processor = Processor::start(parts)
            .await
            .expect("the twin always answers");
        let sender = Sender::new(
            with_mail.then(|| MailSettings {
                url: self.mail.url(),
                account: None,
                from: None,
                connections: 2,
            }),
            WebhookSettings {
                connections: 2,
                timeout: Duration::from_secs(5),
            },
            Arc::new(|variable| (variable == SECRET_ENV).then(|| SECRET.to_owned())),
            Arc::new(SystemClock),
            SenderMetrics::register(&metrics),
        );
        let (effects, stop) = (processor.take_effects(), CancellationToken::new());
        let sender = Arc::new(sender.expect("these settings can be used"));
        let running = sender.run(processor.handle.clone(), effects, stop.clone());
        Process {
            sender: tokio::spawn(running),
            processor,
            stop,
        }
    }

    /// A complaint of a customer with an address, routed to the department with a webhook.
    async fn complaint(&self, locale: &str) {
        self.append(Service::Intake, registered(NUMBER, EMAIL, locale))
            .await;
        self.append(Service::Router, routed(NUMBER, WITH_HOOK))
            .await;
    }

    async fn append(&self, service: Service, event: Event) {
        let id = ComplaintId::from_bytes(id_of(NUMBER).try_into().expect("16 bytes"));
        let partition = partition_of(&id, PARTITIONS);
        let chain = Chain::Blocks { partition, service };
        let last = self.log.last(chain).await.expect("the twin reads");
        let head = last.map_or(Head::default(), |stored| Head {
            sequence: stored.sequence,
            hash: *blake3::hash(&stored.payload).as_bytes(),
            height: Block::decode(stored.payload).expect("a block").height,
            consumed: 0,
        });
        let block = Block {
            prev_hash: head.link(),
            height: head.height + 1,
            events: vec![event],
            ..Block::default()
        };
        let payload = block.encode_to_vec().into();
        let entry = Entry {
            chain,
            expected: head.sequence,
            payload,
        };
        self.log.append(&[entry]).await.expect("nobody else writes");
    }

    /// The notifier's own events in the log.
    fn events(&self) -> Vec<Payload> {
        let own = self.log.entries().into_iter().filter(|entry| {
            matches!(
                entry.chain,
                Chain::Blocks {
                    service: Service::Notifier,
                    ..
                }
            )
        });
        own.flat_map(|entry| Block::decode(entry.payload).expect("a block").events)
            .filter_map(|event| event.payload)
            .collect()
    }
}

impl Process {
    fn door(&self) -> Door<MemoryPeers> {
        Door::new(self.processor.handle.clone())
    }

    async fn delivery(&self, id: &str) -> Option<Delivery> {
        let request = ListDeliveriesRequest {
            name: NUMBER.to_owned(),
            ..Default::default()
        };
        let answer = self
            .door()
            .list_deliveries(Request::new(request))
            .await
            .expect("answered");
        answer
            .into_inner()
            .deliveries
            .into_iter()
            .find(|d| d.notification_id == id)
    }

    async fn until(&self, id: &str, what: &str, holds: impl Fn(&Delivery) -> bool) -> Delivery {
        let found = async || self.delivery(id).await.filter(|delivery| holds(delivery));
        eventually(what, SOON, found).await
    }

    /// Ends without a word, as after a kill.
    fn kill(self) {
        self.sender.abort();
        drop(self.processor);
    }

    async fn stop(self) {
        self.stop.cancel();
        self.sender.await.expect("no panic").expect("no error");
        self.processor.stop().await;
    }
}

#[tokio::test]
async fn the_customer_gets_a_mail_and_the_department_a_signed_webhook() {
    let world = World::new().await;
    let process = world.start("m1", true).await;
    world.complaint("zh-CN").await;

    let mail = world.mail.wait_for(1, SOON).await.remove(0);
    assert_eq!(mail.to, [EMAIL]);
    assert_eq!(mail.from, "service@redress.example");
    assert_eq!(mail.subject, "【CF20260501001】已收到您的反馈");
    assert!(mail.body.contains("尊敬的王小明") && mail.body.contains("我们将尽快核实处理"));
    let id = format!("<{ACK}@redress.example>");
    assert_eq!(mail.header("Message-ID"), Some(id.as_str()));
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));

    let hook = world.hook.wait_for(1, SOON).await.remove(0);
    let key = standardwebhooks::Webhook::new(SECRET).expect("a secret");
    key.verify(&hook.body, &hook.headers)
        .expect("the signature is right");
    assert_eq!(hook.header("webhook-id"), Some(ASSIGNMENT));

    for id in [ACK, ASSIGNMENT] {
        let delivery = process
            .until(id, "a delivery", |d| d.state == "delivered")
            .await;
        assert_eq!(delivery.attempts, 1);
    }
    let ack = process.delivery(ACK).await.expect("planned");
    assert_eq!(ack.recipient, "w***@customer.example");
    for status in process
        .processor
        .handle
        .status(true)
        .await
        .expect("all owned")
    {
        let rebuilt = rebuild::<NotifierCore, _>(
            &world.log,
            status.partition,
            status.own_sequence,
            status.consumed,
        )
        .await
        .expect("the log is whole");
        assert_eq!(
            state_hash(&rebuilt.rows).unwrap().to_vec(),
            status.state_hash
        );
    }
    process.stop().await;
}

#[tokio::test]
async fn the_written_notice_reaches_the_customer_and_the_approver_hears_of_the_plan() {
    let world = World::new().await;
    let process = world.start("m1", true).await;
    world.complaint("zh-CN").await;
    let levels = vec![level("department_head", WITH_HOOK)];
    for change in [
        plan(1, levels),
        Change::PlanExecuted(PlanExecuted { plan: 1 }),
        Change::Closed(CaseClosed {
            answers: vec![text("电池已更换\n.\n运费已退还\u{202e}")],
            ..CaseClosed::default()
        }),
    ] {
        let version = world.log.entries().len() as u64;
        world.append(Service::Router, fact(version, change)).await;
    }
    let mails = world.mail.wait_for(3, SOON).await;
    let to = |address: &str, words: &str| {
        let mut mails = mails.iter().filter(|mail| mail.to == [address]);
        mails
            .find(|mail| mail.subject.contains(words))
            .expect("it was sent")
    };
    let notice = to(EMAIL, "处理结果通知");
    for words in ["1. 电池已更换\n.\n运费已退还", "退款 120.50 元"] {
        let body = notice.body.replace("\r\n", "\n");
        assert!(body.contains(words), "{words} in {body}");
    }
    assert!(!notice.body.contains('\u{202e}'));
    let wanted = to("after-sales-tech-head@redress.example", "待审批");
    assert!(!wanted.body.contains("王小明"), "{}", wanted.body);
    process.stop().await;
}

#[tokio::test]
async fn an_english_customer_gets_an_english_mail() {
    let world = World::new().await;
    let process = world.start("m1", true).await;
    world.complaint("en-GB").await;
    let mail = world.mail.wait_for(1, SOON).await.remove(0);
    assert_eq!(
        mail.subject,
        "[CF20260501001] We have received your feedback"
    );
    process.stop().await;
}

#[tokio::test]
async fn an_overloaded_department_is_asked_again_when_it_said_so_under_the_same_id() {
    let world = World::new().await;
    let wait = Duration::from_secs(2);
    world.hook.answer_next(
        1,
        Answer {
            status: 503,
            retry_after: Some(wait),
        },
    );
    let process = world.start("m1", true).await;
    world.complaint("zh-CN").await;
    let failed = process
        .until(ASSIGNMENT, "the first answer", |d| d.attempts == 1)
        .await;
    assert_eq!(failed.last_error, "answered with 503");
    assert!(failed.next_attempt_at.is_some());
    process
        .until(ASSIGNMENT, "a delivery", |d| d.state == "delivered")
        .await;
    let received = world.hook.received();
    let ids: Vec<_> = received
        .iter()
        .map(|hook| hook.header("webhook-id"))
        .collect();
    assert_eq!(ids, [Some(ASSIGNMENT); 2]);
    process.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_good_is_given_up_until_an_operator_retries() {
    let world = World::new().await;
    world.hook.answer_next(1, Answer::status(410));
    let process = world.start("m1", true).await;
    world.complaint("zh-CN").await;
    let given_up = process
        .until(ASSIGNMENT, "giving up", |d| d.state == "given_up")
        .await;
    assert_eq!(
        (given_up.attempts, &*given_up.last_error),
        (1, "answered with 410")
    );
    let request = RetryDeliveryRequest {
        notification_id: ASSIGNMENT.to_owned(),
        request_id: "r1".to_owned(),
    };
    let answer = process
        .door()
        .retry_delivery(Request::new(request))
        .await
        .expect("answered");
    assert_eq!(answer.into_inner().delivery.expect("told").state, "planned");
    process
        .until(ASSIGNMENT, "a delivery", |d| d.state == "delivered")
        .await;
    process.stop().await;
}

#[tokio::test]
async fn nothing_is_lost_while_the_receivers_are_down() {
    let mut world = World::new().await;
    world.hook.stop().await;
    world.mail.stop();
    let process = world.start("m1", true).await;
    world.complaint("zh-CN").await;
    for id in [ACK, ASSIGNMENT] {
        process.until(id, "a failure", |d| d.attempts > 0).await;
    }
    world.hook.start_again().await;
    world.mail.start_again().await;
    for id in [ACK, ASSIGNMENT] {
        process
            .until(id, "a delivery", |d| d.state == "delivered")
            .await;
    }
    assert_eq!((world.mail.mails().len(), world.hook.taken().len()), (1, 1));
    process.stop().await;
}

#[tokio::test]
async fn after_a_kill_in_between_the_next_process_sends_under_the_same_id() {
    let world = World::new().await;
    world.hook.answer_next(
        1,
        Answer {
            status: 503,
            retry_after: None,
        },
    );
    let killed = world.start("m1", true).await;
    world.complaint("zh-CN").await;
    killed
        .until(ASSIGNMENT, "the first answer", |d| d.attempts == 1)
        .await;
    killed.kill();
    let process = world.start("m2", true).await;
    process
        .until(ASSIGNMENT, "a delivery", |d| d.state == "delivered")
        .await;
    let ids = world
        .hook
        .received()
        .iter()
        .all(|h| h.header("webhook-id") == Some(ASSIGNMENT));
    assert!(ids, "a repeat is told by its id");
    let planned = world.events().into_iter().filter(|payload| {
        matches!(payload, Payload::NotificationPlanned(p) if p.notification_id == ASSIGNMENT)
    });
    assert_eq!(planned.count(), 1, "planned once, whoever sends it");
    process.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_mails_wait_and_go_out_after_a_start_with_one() {
    let world = World::new().await;
    let process = world.start("m1", false).await;
    world.complaint("zh-CN").await;
    process
        .until(ASSIGNMENT, "the webhook", |d| d.state == "delivered")
        .await;
    let waiting = process.delivery(ACK).await.expect("planned");
    assert_eq!((&*waiting.state, waiting.attempts), ("planned", 0));
    process.stop().await;
    let process = world.start("m2", true).await;
    world.mail.wait_for(1, SOON).await;
    process
        .until(ACK, "the mail", |d| d.state == "delivered")
        .await;
    process.stop().await;
}
