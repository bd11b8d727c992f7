//! A broker of its own for each test, provisioned.

#![allow(dead_code, reason = "not every test file uses all of it")]

use std::{future::Future, time::Duration};

use redress_log::{Streams, contract::Fixture};
use redress_log_nats::{
    Broker, ConnectOptions, NatsInstallation, NatsLog, NatsMembership, NatsPeers, Provisioning,
    connect, provision,
};
use redress_testkit::{NatsServer, Options};

/// The least that the broker knows.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

pub(crate) struct Nats {
    pub(crate) server: NatsServer,
    pub(crate) broker: Broker,
}

impl Nats {
    pub(crate) async fn start() -> Self {
        Self::with(&Provisioning::default()).await
    }

    /// With a log over several streams.
    pub(crate) async fn over(streams: u32) -> Self {
        let provisioning = Provisioning {
            streams: Streams::new(streams),
            partitions: Some(256),
            ..Provisioning::default()
        };
        Self::with(&provisioning).await
    }

    pub(crate) async fn with(provisioning: &Provisioning) -> Self {
        let nats = Self::bare(Options::default()).await;
        provision(&nats.broker, provisioning)
            .await
            .expect("the broker is empty");
        nats
    }

    /// Without the streams.
    pub(crate) async fn bare(options: Options) -> Self {
        let server = NatsServer::start(options).await;
        let broker = connect_to(&server).await;
        Self { server, broker }
    }
}

pub(crate) async fn connect_to(server: &NatsServer) -> Broker {
    let mut options = ConnectOptions::new(server.url());
    options.lease = LEASE;
    options.monitor_url = Some(server.monitor_url());
    soon(connect(&options))
        .await
        .expect("the settings are right")
}

/// Far above what anything in a test takes.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let within = Duration::from_secs(30);
    tokio::time::timeout(within, what)
        .await
        .expect("it should have happened by now")
}

impl Fixture for Nats {
    type Log = NatsLog;
    type Membership = NatsMembership;
    type Installation = NatsInstallation;
    type Peers = NatsPeers;

    fn log(&self) -> NatsLog {
        self.broker.log()
    }

    fn membership(&self) -> NatsMembership {
        self.broker.members()
    }

    fn installation(&self) -> NatsInstallation {
        self.broker.installation()
    }

    fn peers(&self) -> NatsPeers {
        self.broker.peers()
    }

    async fn tick(&self) {
        tokio::time::sleep(LEASE / 4).await;
    }
}
