//! The services that `up` and `bench` start.

use std::path::PathBuf;

use redress_wire::Service;
use tokio::process::Command;

use super::Child;

/// Variables of the command line that mean nothing, or something else, to a service.
const OURS: [&str; 17] = [
    "REDRESS_NATS_SERVER",
    "REDRESS_CONFIG",
    "REDRESS_GRPC_ADDR",
    "REDRESS_ADMIN_ADDR",
    "REDRESS_INTAKE_ADDR",
    "REDRESS_ROUTER_ADDR",
    "REDRESS_SLA_MONITOR_ADDR",
    "REDRESS_NOTIFIER_ADDR",
    "REDRESS_ANALYTICS_ADDR",
    "REDRESS_INTAKE_ADMIN_ADDR",
    "REDRESS_ROUTER_ADMIN_ADDR",
    "REDRESS_SLA_MONITOR_ADMIN_ADDR",
    "REDRESS_NOTIFIER_ADMIN_ADDR",
    "REDRESS_ANALYTICS_ADMIN_ADDR",
    "REDRESS_PARTITIONS",
    "REDRESS_STREAMS",
    "REDRESS_BIN_DIR",
];

/// A service to start.
#[derive(Clone, Debug)]
pub(crate) struct ServiceSettings {
    pub(crate) service: Service,
    pub(crate) program: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) data_dir: PathBuf,
    pub(crate) policy_dir: PathBuf,
    pub(crate) nats_url: String,
    pub(crate) grpc: String,
    pub(crate) admin: String,
    /// Further variables.
    pub(crate) more: Vec<(&'static str, String)>,
}

/// Starts a service; other `REDRESS_` variables of ours reach it as they are.
pub(crate) fn start(settings: &ServiceSettings) -> anyhow::Result<Child> {
    let mut command = Command::new(&settings.program);
    for name in OURS {
        command.env_remove(name);
    }
    command
        .env("REDRESS_NATS_URL", &settings.nats_url)
        .env("REDRESS_DATA_DIR", &settings.data_dir)
        .env("REDRESS_POLICY_DIR", &settings.policy_dir)
        .env("REDRESS_GRPC_ADDR", &settings.grpc)
        .env("REDRESS_ADMIN_ADDR", &settings.admin)
        .envs(settings.more.iter().map(|(name, value)| (name, value)));
    Child::start(settings.service.name(), command, &settings.log)
}
