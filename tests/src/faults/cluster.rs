//! Three brokers that keep three copies of every stream.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::disk::SmallDisk;
use crate::platform::Plan;
use redress_log::Streams;
use redress_log_nats::{Broker, ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options, eventually, free_port};

const NODES: usize = 3;
/// What a run of an hour writes, and some; both fit on the small disk.
const LOG_BYTES: u64 = 1 << 30;
const INBOX_BYTES: u64 = 64 << 20;
const SOON: Duration = Duration::from_mins(1);

/// A running cluster.
pub struct Cluster {
    /// Its brokers.
    pub nodes: Vec<NatsServer>,
    /// The small disk that one of them has, and which one; only root can make it.
    pub small_disk: Option<(SmallDisk, usize)>,
}

impl Cluster {
    /// Starts three brokers with folders in `dir` and makes the streams.
    ///
    /// # Panics
    /// If they do not find each other in time.
    pub async fn start(dir: &Path, plan: &Plan) -> Self {
        let routes: Vec<u16> = (0..NODES).map(|_| free_port()).collect();
        let last = NODES - 1;
        let small_disk = SmallDisk::mount(&dir.join(format!("broker-{last}")));
        let small_disk = small_disk.map(|disk| (disk, last));
        let starting = routes.iter().enumerate().map(|(index, port)| {
            let folder = dir.join(format!("broker-{index}"));
            NatsServer::start(options(folder, *port, &routes))
        });
        let nodes = futures::future::join_all(starting).await;
        let cluster = Self { nodes, small_disk };
        let broker = cluster.connect().await;
        let provisioning = Provisioning {
            replicas: NODES,
            log_max_bytes: Some(LOG_BYTES),
            inbox_max_bytes: Some(INBOX_BYTES),
            streams: Streams::new(plan.streams),
            partitions: Some(plan.partitions),
        };
        eventually("the streams to be made", SOON, async || {
            provision(&broker, &provisioning).await.ok().map(drop)
        })
        .await;
        cluster
    }

    /// Addresses of all brokers.
    pub fn url(&self) -> String {
        self.joined(NatsServer::url)
    }

    /// Addresses of their monitoring pages.
    pub fn monitor_url(&self) -> String {
        self.joined(NatsServer::monitor_url)
    }

    fn joined(&self, address: fn(&NatsServer) -> String) -> String {
        let addresses: Vec<String> = self.nodes.iter().map(address).collect();
        addresses.join(",")
    }

    /// A connection to whichever of them is there.
    ///
    /// # Panics
    /// If the address is none.
    pub async fn connect(&self) -> Broker {
        let options = ConnectOptions {
            monitor_url: Some(self.monitor_url()),
            ..ConnectOptions::new(self.url())
        };
        connect(&options).await.expect("addresses of brokers")
    }

    /// A plain client, as channel adapters have.
    ///
    /// # Panics
    /// If no broker is there.
    pub async fn client(&self) -> async_nats::Client {
        let urls: Vec<async_nats::ServerAddr> = self
            .nodes
            .iter()
            .map(|node| node.url().parse().expect("an address"))
            .collect();
        async_nats::connect(urls).await.expect("a broker")
    }
}

/// Clients are told of no further addresses: those of the services go through their proxies.
fn options(folder: PathBuf, port: u16, routes: &[u16]) -> Options {
    let others: Vec<String> = routes
        .iter()
        .filter(|other| **other != port)
        .map(|other| format!("\"nats://127.0.0.1:{other}\""))
        .collect();
    Options {
        extra: format!(
            "cluster {{ name: redress_test, listen: \"127.0.0.1:{port}\", no_advertise: true, \
             routes: [{}] }}\n",
            others.join(", ")
        ),
        dir: Some(folder),
        ..Options::default()
    }
}
