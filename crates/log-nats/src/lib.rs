//! The ports of `redress-log` on NATS `JetStream`: the only crate that knows a stream, a consumer
//! or a bucket.
//!
//! [`connect()`] gives a [`Broker`]; it gives the adapters [`NatsLog`], [`NatsMembership`],
//! [`NatsInstallation`], [`NatsPeers`], [`NatsFeed`] and [`NatsSnapshots`]. What they need on the broker is made by
//! [`provision()`], which runs under an identity of its own: a service may not create or change a
//! stream, it only waits for them with [`wait_until_provisioned`].

mod append;
mod broker;
mod bucket;
mod check;
mod connect;
mod delivery;
mod feed;
mod installation;
mod log;
mod membership;
mod monitor;
mod options;
mod peers;
mod provision;
mod reader;
mod snapshots;
mod streams;
mod verdict;
mod watcher;

pub use broker::Broker;
pub use check::BrokerFault;
pub use connect::{ConnectError, connect};
pub use feed::NatsFeed;
pub use installation::NatsInstallation;
pub use log::{LogOptions, NatsLog};
pub use membership::NatsMembership;
pub use options::ConnectOptions;
pub use peers::NatsPeers;
pub use provision::{
    ProvisionError, Provisioning, check_provisioned, provision, wait_until_provisioned,
};
pub use reader::NatsReader;
pub use snapshots::NatsSnapshots;
