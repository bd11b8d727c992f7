use std::{sync::Arc, time::Duration};

use async_nats::{Client, connection::State, jetstream};
use jiff::Timestamp;
use redress_log::Streams;
use tokio::sync::{OnceCell, watch};

use crate::{
    BrokerFault, ConnectOptions, LogOptions, NatsFeed, NatsInstallation, NatsLog, NatsMembership,
    NatsPeers, check, monitor,
};

/// For questions to the broker other than appends, which have a deadline of their own.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How often to look whether a lost connection is back.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A connection to the broker that all adapters share; cheap to clone.
#[derive(Clone, Debug)]
pub struct Broker {
    client: Client,
    context: jetstream::Context,
    connections: watch::Receiver<u64>,
    options: Arc<ConnectOptions>,
    /// Over how many streams the log is spread, once that is known.
    streams: Arc<OnceCell<Streams>>,
}

impl Broker {
    pub(crate) fn new(
        client: Client,
        connections: watch::Receiver<u64>,
        options: ConnectOptions,
    ) -> Self {
        let mut context = jetstream::new(client.clone());
        context.set_timeout(ANSWER_WITHIN);
        Self {
            client,
            context,
            connections,
            options: Arc::new(options),
            streams: Arc::default(),
        }
    }

    /// The log, with its usual options.
    pub fn log(&self) -> NatsLog {
        self.log_with(LogOptions::default())
    }

    /// The log, with other options.
    pub fn log_with(&self, options: LogOptions) -> NatsLog {
        NatsLog::new(self.clone(), options)
    }

    /// The members and owners; leases last as long as [`ConnectOptions::lease`] says.
    pub fn members(&self) -> NatsMembership {
        NatsMembership::new(self.clone(), self.options.lease)
    }

    /// The way to the other replicas of a service.
    pub fn peers(&self) -> NatsPeers {
        NatsPeers::new(self.clone())
    }

    /// The feed for outside subscribers.
    pub fn feed(&self) -> NatsFeed {
        NatsFeed::new(self.clone())
    }

    /// The facts fixed for the installation.
    pub fn installation(&self) -> NatsInstallation {
        NatsInstallation::new(self.clone())
    }

    /// The connection, for requests and subscriptions that are no matter of the log.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Counts the connections made so far: changes each time the broker was found again.
    pub fn connections(&self) -> watch::Receiver<u64> {
        self.connections.clone()
    }

    /// True while the broker is connected.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Checks that an acknowledged write is on disk, and that the broker is new enough.
    ///
    /// Ask again after each new connection: the broker may have got another configuration.
    ///
    /// # Errors
    /// See [`BrokerFault`]; each says what to do.
    pub async fn check(&self) -> Result<(), BrokerFault> {
        check::check(self).await
    }

    /// The time by the broker's clock, if it may be asked: up to a second old.
    pub async fn time(&self) -> Option<Timestamp> {
        let reports = monitor::reports(self).await.ok()?;
        reports.into_iter().find_map(|report| report.now)
    }

    pub(crate) fn context(&self) -> &jetstream::Context {
        &self.context
    }

    pub(crate) fn streams(&self) -> &OnceCell<Streams> {
        &self.streams
    }

    pub(crate) fn options(&self) -> &ConnectOptions {
        &self.options
    }

    /// Waits until the broker is connected.
    pub(crate) async fn connected(&self) {
        while !self.is_connected() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
