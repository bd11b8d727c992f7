//! The shipped configuration of a broker cluster, with the shipped accounts, as three processes:
//! the platform works on it, also while each of them is killed in turn.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use redress_log_nats::{Broker, ConnectOptions, connect};
use redress_testkit::{Command, Process, eventually, free_port, tool, workspace_root};
use redress_tests::{
    accounts,
    platform::{self, Place, Plan},
    recorder::{Load, Recorder},
    submissions::samples,
    verdict,
};
use redress_wire::Service;
use tempfile::TempDir;

const NODES: usize = 3;
const PARTITIONS: u32 = 4;
const SOON: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_secs(5);

/// Ports of a broker: for clients, for monitoring, for routes.
type Ports = [u16; 3];

struct Cluster {
    nodes: Vec<Process>,
    ports: Vec<Ports>,
    dir: TempDir,
}

impl Cluster {
    async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let ports: Vec<Ports> = (0..NODES)
            .map(|_| [free_port(), free_port(), free_port()])
            .collect();
        let routes = ports.iter().map(|[_, _, route]| {
            let password = accounts::password("route");
            format!("\"nats://route:{password}@127.0.0.1:{route}\"")
        });
        let routes = format!("[{}]", routes.collect::<Vec<_>>().join(", "));
        let mut nodes = Vec::new();
        for (index, ports) in ports.iter().enumerate() {
            let folder = dir.path().join(format!("nats-{index}"));
            nodes.push(start_node(index, &folder, *ports, &routes));
        }
        let cluster = Self { nodes, ports, dir };
        for index in 0..NODES {
            cluster.up(index, 1).await;
        }
        cluster
    }

    /// Waits until a broker has come up for the so-many-th time.
    async fn up(&self, index: usize, times: usize) {
        let what = format!("broker {index} to be up");
        eventually(&what, SOON, async || {
            let output = self.nodes[index].output();
            (output.matches("Server is ready").count() >= times).then_some(())
        })
        .await;
    }

    fn url(&self) -> String {
        let ports = self.ports.iter();
        let urls = ports.map(|[client, ..]| format!("nats://127.0.0.1:{client}"));
        urls.collect::<Vec<_>>().join(",")
    }

    async fn provision(&self) {
        let partitions = PARTITIONS.to_string();
        let arguments = ["provision", "--replicas", "3", "--partitions", &partitions];
        // The brokers have to find each other first.
        eventually("the streams to be made", SOON, async || {
            let ran = accounts::redress_at(&self.url(), accounts::PROVISION, &arguments).await;
            ran.status.success().then_some(())
        })
        .await;
    }

    /// A connection of somebody who may read all of the log.
    async fn reads(&self) -> Broker {
        let reader = Service::Analytics.name();
        let options = ConnectOptions {
            user: Some(reader.to_owned()),
            password: Some(accounts::password(reader)),
            inbox_prefix: Some(format!("_INBOX_{reader}")),
            ..ConnectOptions::new(self.url())
        };
        connect(&options).await.expect("a service may read")
    }

    async fn adapter(&self) -> async_nats::Client {
        let user = "adapter".to_owned();
        let urls: Vec<async_nats::ServerAddr> = self
            .url()
            .split(',')
            .map(|url| url.parse().expect("an address"))
            .collect();
        async_nats::ConnectOptions::with_user_and_password(user, accounts::password("adapter"))
            .custom_inbox_prefix("_INBOX_adapter")
            .connect(urls)
            .await
            .expect("an adapter may connect")
    }
}

/// A broker with the files of `deploy/` as they stand, but for the ports, which are on loopback.
fn start_node(index: usize, folder: &Path, ports: Ports, routes: &str) -> Process {
    let deploy = workspace_root().join("deploy");
    fs::create_dir_all(folder).expect("a folder");
    let copy = |from: &str, to: &str, changes: &[(&str, u16)]| {
        let mut text = fs::read_to_string(deploy.join(from)).expect("a shipped file");
        for (listen, port) in changes {
            assert!(text.contains(listen), "{from} does not say {listen}");
            text = text.replace(listen, &format!("127.0.0.1:{port}"));
        }
        fs::write(folder.join(to), text).expect("a writable folder");
    };
    let [client, monitor, route] = ports;
    copy(
        "nats-server.conf",
        "nats-server.conf",
        &[("0.0.0.0:4222", client), ("127.0.0.1:8222", monitor)],
    );
    copy("nats-accounts.conf", "nats-accounts.conf", &[]);
    let file = "nats-cluster.conf";
    copy(
        "cluster/nats-cluster.conf",
        file,
        &[("0.0.0.0:6222", route)],
    );
    let mut environment = accounts::passwords();
    environment.extend([
        (
            "NATS_ROUTE_PASSWORD".to_owned(),
            accounts::password("route"),
        ),
        ("NATS_SERVER_NAME".to_owned(), format!("nats-{index}")),
        ("NATS_ROUTES".to_owned(), routes.to_owned()),
        (
            "NATS_STORE_DIR".to_owned(),
            folder.join("data").to_string_lossy().into_owned(),
        ),
    ]);
    let arguments: [PathBuf; 2] = ["--config".into(), folder.join(file)];
    Process::start(Command {
        program: tool("nats-server", "REDRESS_NATS_SERVER"),
        arguments: arguments.map(PathBuf::into_os_string).into(),
        environment,
        output: folder.join("nats-server.log"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_works_on_the_shipped_cluster_while_each_broker_is_killed() {
    let mut cluster = Cluster::start().await;
    cluster.provision().await;
    let policy = cluster.dir.path().join("policy");
    redress_tests::policy::copy(&policy);
    let place = Place {
        nats_url: cluster.url(),
        monitor_url: String::new(),
        dir: cluster.dir.path().to_owned(),
    };
    let plan = Plan {
        settings: BTreeMap::from([("REDRESS_REPLICAS".to_owned(), "3".to_owned())]),
        partitions: PARTITIONS,
        accounts: true,
        ..Plan::default()
    };
    let mut services: Vec<_> = Service::ALL
        .map(|service| platform::start(service, 0, &place, &plan))
        .into();
    for service in &mut services {
        service.process.wait_ready(platform::READY_WITHIN).await;
    }
    let (adapter, recorder) = (cluster.adapter().await, Recorder::default());
    let load = Load::start(4, &adapter, &Arc::new(samples()), &recorder, PATIENCE);
    for index in 0..NODES {
        cluster.nodes[index].kill_hard();
        let before = recorder.ok();
        eventually("answers without a broker", SOON, async || {
            (recorder.ok() >= before + 50).then_some(())
        })
        .await;
        cluster.nodes[index].start_again();
        cluster.up(index, 2).await;
    }
    load.stop().await;
    let log = cluster.reads().await.log();
    let attempts = recorder.attempts();
    let whole = verdict::settled(&log, PARTITIONS, &attempts, SOON).await;
    let broken = verdict::judge(&whole, &attempts, whole.read_at);
    println!("{} answers, {} events", recorder.ok(), whole.events);
    assert!(broken.is_empty(), "{broken:#?}");
}
