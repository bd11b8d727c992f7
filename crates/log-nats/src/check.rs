use crate::{Broker, monitor};

/// Batches with several expectations and leases with a time to live work since then, and the
/// known losses of acknowledged writes are mended.
const NEEDED: (i64, i64, i64) = (2, 14, 0);

/// Why the broker is not fit to keep the log.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BrokerFault {
    /// There is no connection.
    #[error("the broker is not connected")]
    NotConnected,
    /// It is a plain broker.
    #[error("the broker does not run JetStream: add a `jetstream` block to its configuration")]
    NoJetStream,
    /// It lacks what is needed.
    #[error("the broker is version {0}, and 2.14.0 is the oldest that will do: update it")]
    TooOld(String),
    /// A power cut would lose what it acknowledged.
    #[error(
        "the broker {0} acknowledges writes up to two minutes before they are on disk: set \
         `sync_interval: always` in the `jetstream` block of its configuration"
    )]
    NotSynced(String),
    /// It does not tell.
    #[error(
        "it cannot be verified that the broker syncs each write: {0}. Set REDRESS_NATS_MONITOR_URL \
         to the broker's HTTP monitoring, or export $SYS.REQ.SERVER.PING.JSZ to the account"
    )]
    Unverified(String),
}

pub(crate) async fn check(broker: &Broker) -> Result<(), BrokerFault> {
    if !broker.is_connected() {
        return Err(BrokerFault::NotConnected);
    }
    let client = broker.client();
    let version = client.server_info().version;
    if !client.is_server_compatible(NEEDED.0, NEEDED.1, NEEDED.2) {
        return Err(BrokerFault::TooOld(version));
    }
    let reports = monitor::reports(broker)
        .await
        .map_err(BrokerFault::Unverified)?;
    // A server of a cluster may run without JetStream, to route only.
    if reports.iter().all(|report| report.sync_always.is_none()) {
        return Err(BrokerFault::NoJetStream);
    }
    match reports
        .into_iter()
        .find(|report| report.sync_always == Some(false))
    {
        Some(lazy) => Err(BrokerFault::NotSynced(lazy.server)),
        None => Ok(()),
    }
}
