//! The broker that ships in `deploy/` lets everybody do their work, and no more than that.

use std::{collections::BTreeMap, time::Duration};

use async_nats::{
    Client, ConnectOptions,
    jetstream::{
        self,
        consumer::{AckPolicy, pull::OrderedConfig, push},
        kv, stream,
    },
};
use futures::StreamExt;
use redress_testkit::{Command, Process, eventually, free_port, tool, workspace_root};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(20);
/// Long enough for a refusal on loopback to arrive, were the subject served after all.
const NO_ANSWER: Duration = Duration::from_millis(300);
const SERVICES: [&str; 5] = ["intake", "router", "sla-monitor", "notifier", "analytics"];

struct Deployed {
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl Deployed {
    /// The shipped configuration as it stands, but for the ports and the folder.
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let environment: BTreeMap<_, _> = ["sys", "provision", "adapter", "cli"]
            .into_iter()
            .chain(SERVICES)
            .map(|user| {
                let name = user.to_uppercase().replace('-', "_");
                (format!("NATS_{name}_PASSWORD"), password(user))
            })
            .chain([(
                "NATS_STORE_DIR".to_owned(),
                folder.path().display().to_string(),
            )])
            .collect();
        let config = workspace_root().join("deploy/nats-server.conf");
        let arguments = ["-a", "127.0.0.1", "-p", &port.to_string(), "-m", "0", "-c"];
        let process = Process::start(Command {
            program: tool("nats-server", "REDRESS_NATS_SERVER"),
            arguments: arguments
                .into_iter()
                .map(Into::into)
                .chain([config.into()])
                .collect(),
            environment,
            output: folder.path().join("nats-server.log"),
        });
        let deployed = Self {
            port,
            _process: process,
            _folder: folder,
        };
        eventually("the broker", SOON, async || {
            deployed.try_connect("provision").await
        })
        .await;
        deployed.provision().await;
        deployed
    }

    async fn try_connect(&self, user: &str) -> Option<Client> {
        ConnectOptions::with_user_and_password(user.to_owned(), password(user))
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .request_timeout(Some(SOON))
            .connect(format!("127.0.0.1:{}", self.port))
            .await
            .ok()
    }

    async fn connect(&self, user: &str) -> Client {
        self.try_connect(user)
            .await
            .expect("the shipped users may connect")
    }

    async fn provision(&self) {
        let context = jetstream::new(self.connect("provision").await);
        for (name, subjects) in [
            (
                "REDRESS_LOG",
                vec!["redress.log.0.*", "redress.log.3.*", "redress.num.*"],
            ),
            ("REDRESS_LOG_7", vec!["redress.log.7.*"]),
            ("REDRESS_INBOX", vec!["complaints.inbox.*"]),
            (
                "REDRESS_SNAPSHOTS",
                vec!["redress.snap.*.*", "redress.snap.*.*.*.*"],
            ),
        ] {
            let subjects = subjects.into_iter().map(str::to_owned).collect();
            let config = stream::Config {
                name: name.to_owned(),
                subjects,
                ..Default::default()
            };
            context
                .create_stream(config)
                .await
                .expect("provisioning makes the streams");
        }
        for bucket in ["redress_members", "redress_installation"] {
            let config = kv::Config {
                bucket: bucket.to_owned(),
                ..Default::default()
            };
            context
                .create_key_value(config)
                .await
                .expect("provisioning makes the buckets");
        }
        let installation = context
            .get_key_value("redress_installation")
            .await
            .expect("a bucket");
        installation
            .put("partitions", "16".into())
            .await
            .expect("provisioning fixes the facts");
    }
}

fn password(user: &str) -> String {
    format!("secret-of-{user}")
}

/// True if the log took a message from this client under `subject`.
async fn is_stored(client: &Client, subject: String) -> bool {
    let context = jetstream::new(client.clone());
    let answer = async {
        context
            .publish(subject, "block".into())
            .await
            .ok()?
            .await
            .ok()
    };
    tokio::time::timeout(NO_ANSWER, answer)
        .await
        .is_ok_and(|stored| stored.is_some())
}

#[tokio::test]
async fn a_service_writes_its_own_blocks_and_no_other() {
    let broker = Deployed::start().await;
    for user in SERVICES {
        let client = broker.connect(user).await;
        for service in SERVICES {
            let stored = is_stored(&client, format!("redress.log.3.{service}")).await;
            assert_eq!(stored, user == service, "{user} as {service}");
        }
        let numbered = is_stored(&client, "redress.num.20260501".to_owned()).await;
        assert_eq!(numbered, user == "intake", "{user} takes numbers");
    }
}

#[tokio::test]
async fn a_service_reads_the_log_and_keeps_its_own_lease() {
    let broker = Deployed::start().await;
    for user in SERVICES {
        let client = broker.connect(user).await;
        assert!(is_stored(&client, format!("redress.log.0.{user}")).await);
        let context = jetstream::new(client);
        let log = context
            .get_stream("REDRESS_LOG")
            .await
            .expect("the log's description");
        let last = log
            .get_last_raw_message_by_subject(&format!("redress.log.0.{user}"))
            .await;
        assert_eq!(last.expect("its last block").payload, "block");

        let config = OrderedConfig {
            filter_subject: "redress.log.*.intake".into(),
            ..Default::default()
        };
        let consumer = log
            .create_consumer(config)
            .await
            .expect("a reader of the log");
        let mut blocks = consumer.messages().await.expect("the log's blocks");
        let first = eventually("a block", SOON, async || blocks.next().await).await;
        assert_eq!(
            first.expect("a block").subject.as_str(),
            "redress.log.0.intake"
        );

        let members = context
            .get_key_value("redress_members")
            .await
            .expect("the members");
        let own = format!("member.{user}.a");
        members
            .put(own.as_str(), "here".into())
            .await
            .expect("its own lease");
        let mut watch = members
            .watch_with_history("member.>")
            .await
            .expect("a watch");
        assert!(watch.next().await.expect("an entry").is_ok());
        let installation = context
            .get_key_value("redress_installation")
            .await
            .expect("the facts");
        let partitions = installation.get("partitions").await.expect("readable");
        assert_eq!(partitions.expect("fixed"), "16");
    }
}

#[tokio::test]
async fn a_service_reads_a_further_stream_of_the_log_and_writes_its_own_blocks_there() {
    let broker = Deployed::start().await;
    for user in SERVICES {
        let client = broker.connect(user).await;
        for service in SERVICES {
            let stored = is_stored(&client, format!("redress.log.7.{service}")).await;
            assert_eq!(stored, user == service, "{user} as {service}");
        }
        let context = jetstream::new(client.clone());
        let log = context.get_stream("REDRESS_LOG_7").await;
        let log = log.expect("the stream's description");
        let last = log
            .get_last_raw_message_by_subject(&format!("redress.log.7.{user}"))
            .await;
        assert_eq!(last.expect("its last block").payload, "block");
        let config = push::Config {
            deliver_subject: client.new_inbox(),
            ack_policy: AckPolicy::None,
            ..Default::default()
        };
        let consumer = log.create_consumer(config).await;
        let consumer = consumer.expect("a reader of the log");
        let mut blocks = consumer.messages().await.expect("the log's blocks");
        let first = eventually("a block", SOON, async || blocks.next().await).await;
        first.expect("a block");
    }
    let adapter = broker.connect("adapter").await;
    assert!(!is_stored(&adapter, "redress.log.7.intake".to_owned()).await);
}

#[tokio::test]
async fn a_service_keeps_snapshots_of_its_own_rows_and_no_others_and_takes_nothing_off() {
    let broker = Deployed::start().await;
    for user in SERVICES {
        let client = broker.connect(user).await;
        for service in SERVICES {
            let subject = format!("redress.snap.{service}.3.0c-07.0");
            let stored = is_stored(&client, subject).await;
            assert_eq!(stored, user == service, "{user} as {service}");
        }
        let context = jetstream::new(client);
        let snapshots = context.get_stream("REDRESS_SNAPSHOTS").await;
        let snapshots = snapshots.expect("the stream's description");
        let subject = format!("redress.snap.{user}.3.0c-07.0");
        let part = snapshots.get_last_raw_message_by_subject(&subject).await;
        assert_eq!(part.expect("its part").payload, "block");
        for stream in ["REDRESS_SNAPSHOTS", "REDRESS_LOG"] {
            let stream = context.get_stream(stream).await.expect("its description");
            let purge = stream.purge().into_future();
            let purged = tokio::time::timeout(NO_ANSWER, purge).await;
            assert!(!matches!(purged, Ok(Ok(_))), "{user}");
        }
    }
}

#[tokio::test]
async fn a_service_cannot_take_a_lease_of_another() {
    let broker = Deployed::start().await;
    let context = jetstream::new(broker.connect("router").await);
    let members = context
        .get_key_value("redress_members")
        .await
        .expect("the members");
    let theft = members.put("own.intake.3", "mine".into());
    assert!(!matches!(
        tokio::time::timeout(NO_ANSWER, theft).await,
        Ok(Ok(_))
    ));
}

#[tokio::test]
async fn only_provisioning_makes_or_removes_a_stream() {
    let broker = Deployed::start().await;
    for user in ["intake", "router", "analytics", "adapter", "cli"] {
        let context = jetstream::new(broker.connect(user).await);
        let make = context.create_stream("MINE");
        assert!(
            !matches!(tokio::time::timeout(NO_ANSWER, make).await, Ok(Ok(_))),
            "{user}"
        );
        let remove = context.delete_stream("REDRESS_LOG");
        assert!(
            !matches!(tokio::time::timeout(NO_ANSWER, remove).await, Ok(Ok(_))),
            "{user}"
        );
    }
}

#[tokio::test]
async fn an_adapter_submits_and_is_answered_and_sees_nothing_else() {
    let broker = Deployed::start().await;
    let intake = broker.connect("intake").await;
    let group = "intake".to_owned();
    let mut requests = intake
        .queue_subscribe("complaints.submit.*", group)
        .await
        .expect("the door");
    intake.flush().await.expect("subscribed");
    let answering = tokio::spawn(async move {
        let request = requests.next().await.expect("a submission");
        let reply = request.reply.expect("it waits for the answer");
        intake
            .publish(reply, "CF20260501001".into())
            .await
            .expect("an answer");
        intake.flush().await.expect("sent");
    });

    let adapter = broker.connect("adapter").await;
    let answer = adapter
        .request("complaints.submit.email", "{}".into())
        .await
        .expect("answered");
    assert_eq!(answer.payload, "CF20260501001");
    answering.await.expect("no panic");
    assert!(is_stored(&adapter, "complaints.inbox.email".to_owned()).await);
    assert!(!is_stored(&adapter, "redress.log.0.intake".to_owned()).await);
    let log = jetstream::new(adapter);
    let look = tokio::time::timeout(NO_ANSWER, log.get_stream("REDRESS_LOG")).await;
    assert!(!matches!(look, Ok(Ok(_))));
}

#[tokio::test]
async fn nobody_reads_answers_meant_for_another() {
    let broker = Deployed::start().await;
    let spy = broker.connect("adapter").await;
    let mut overheard = spy
        .subscribe("_INBOX_cli.>")
        .await
        .expect("refused only by the broker");
    spy.flush().await.expect("sent");
    let context = jetstream::new(broker.connect("cli").await);
    context
        .get_stream("REDRESS_LOG")
        .await
        .expect("an answer to the command line");
    assert!(
        tokio::time::timeout(NO_ANSWER, overheard.next())
            .await
            .is_err()
    );
}
