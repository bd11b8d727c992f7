//! What distinguishes the command lines of the five services: a name and default ports.

use clap::Command;

use super::error::variable;

/// A service as its host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Name of the binary, of the section in the settings file, and of the store's folder.
    pub service: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// Where gRPC listens unless set otherwise.
    pub grpc_addr: &'static str,
    /// Where health and metrics are served unless set otherwise.
    pub admin_addr: &'static str,
}

impl Profile {
    /// Takes complaints in.
    pub const INTAKE: Self = Self {
        service: "intake",
        about: "Takes complaints in: checks, numbers and registers them",
        grpc_addr: "127.0.0.1:50051",
        admin_addr: "127.0.0.1:9101",
    };
    /// Triages cases and assigns them.
    pub const ROUTER: Self = Self {
        service: "router",
        about: "Routes complaints: category, urgency, severity, department, handler",
        grpc_addr: "127.0.0.1:50052",
        admin_addr: "127.0.0.1:9102",
    };
    /// Runs the clocks.
    pub const SLA_MONITOR: Self = Self {
        service: "sla-monitor",
        about: "Runs the clocks: deadlines, warnings and breaches in working time",
        grpc_addr: "127.0.0.1:50053",
        admin_addr: "127.0.0.1:9103",
    };
    /// Tells customers and departments.
    pub const NOTIFIER: Self = Self {
        service: "notifier",
        about: "Tells customers by mail and departments by webhook",
        grpc_addr: "127.0.0.1:50054",
        admin_addr: "127.0.0.1:9104",
    };
    /// Counts.
    pub const ANALYTICS: Self = Self {
        service: "analytics",
        about: "Counts: live figures, on-time rates, latency percentiles",
        grpc_addr: "127.0.0.1:50055",
        admin_addr: "127.0.0.1:9105",
    };

    /// All five, in the order of their ports.
    pub const ALL: [Self; 5] = [
        Self::INTAKE,
        Self::ROUTER,
        Self::SLA_MONITOR,
        Self::NOTIFIER,
        Self::ANALYTICS,
    ];

    /// Gives `command` this service's name, defaults and, on each flag's help, its variable.
    pub(super) fn prepare(&self, command: Command) -> Command {
        command
            .name(self.service)
            .bin_name(self.service)
            .about(self.about)
            .version(env!("CARGO_PKG_VERSION"))
            .mut_arg("grpc_addr", |arg| {
                arg.required(false).default_value(self.grpc_addr)
            })
            .mut_arg("admin_addr", |arg| {
                arg.required(false).default_value(self.admin_addr)
            })
            .mut_args(|arg| match arg.get_help() {
                Some(help) if arg.get_action().takes_values() => {
                    let help = format!("{help} [env: {}]", variable(arg.get_id().as_str()));
                    arg.help(help)
                }
                _ => arg,
            })
    }
}
