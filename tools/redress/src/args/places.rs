//! Where the broker and the services are.

#![expect(
    clippy::doc_markdown,
    clippy::struct_field_names,
    reason = "these comments and names are the texts of --help"
)]

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use redress_host::Profile;
use redress_wire::Service;

/// Where the broker is, and who asks.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where the broker is (shown by --help)")]
pub(crate) struct NatsArgs {
    /// Broker addresses, separated by commas [default: nats://127.0.0.1:4222]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_URL",
        value_name = "URL"
    )]
    nats_url: Option<String>,
    /// Credentials file for the broker
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_CREDS",
        value_name = "FILE"
    )]
    pub(crate) nats_creds: Option<PathBuf>,
    /// Broker account, with REDRESS_NATS_PASSWORD
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_USER",
        value_name = "NAME"
    )]
    pub(crate) nats_user: Option<String>,
    /// Password of the broker account
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD"
    )]
    pub(crate) nats_password: Option<String>,
    /// Certificates (PEM) that the broker's must be signed by; when set, TLS is demanded
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_CA",
        value_name = "FILE"
    )]
    pub(crate) nats_ca: Option<PathBuf>,
    /// The broker's monitoring pages [default: port 8222 of the broker's host]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NATS_MONITOR_URL",
        value_name = "URL"
    )]
    pub(crate) nats_monitor_url: Option<String>,
}

impl NatsArgs {
    /// The address that was set; an empty one counts as not set.
    pub(crate) fn given(&self) -> Option<&str> {
        self.nats_url.as_deref().filter(|url| !url.is_empty())
    }

    /// The address that was set, else the usual one.
    pub(crate) fn url(&self) -> &str {
        self.given().unwrap_or("nats://127.0.0.1:4222")
    }

    /// These arguments, with another address.
    pub(crate) fn at(&self, url: String, monitor_url: Option<String>) -> Self {
        Self {
            nats_url: Some(url),
            nats_monitor_url: monitor_url,
            ..self.clone()
        }
    }
}

/// Where the services are: gRPC and health pages.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where the services are (shown by --help)")]
pub(crate) struct Addresses {
    /// gRPC of intake [default: 127.0.0.1:50051]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_INTAKE_ADDR",
        value_name = "ADDRESS"
    )]
    intake_addr: Option<String>,
    /// gRPC of router [default: 127.0.0.1:50052]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_ROUTER_ADDR",
        value_name = "ADDRESS"
    )]
    router_addr: Option<String>,
    /// gRPC of sla-monitor [default: 127.0.0.1:50053]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_SLA_MONITOR_ADDR",
        value_name = "ADDRESS"
    )]
    sla_monitor_addr: Option<String>,
    /// gRPC of notifier [default: 127.0.0.1:50054]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NOTIFIER_ADDR",
        value_name = "ADDRESS"
    )]
    notifier_addr: Option<String>,
    /// gRPC of analytics [default: 127.0.0.1:50055]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_ANALYTICS_ADDR",
        value_name = "ADDRESS"
    )]
    analytics_addr: Option<String>,
    /// Health pages of intake [default: 127.0.0.1:9101]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_INTAKE_ADMIN_ADDR",
        value_name = "ADDRESS"
    )]
    intake_admin_addr: Option<String>,
    /// Health pages of router [default: 127.0.0.1:9102]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_ROUTER_ADMIN_ADDR",
        value_name = "ADDRESS"
    )]
    router_admin_addr: Option<String>,
    /// Health pages of sla-monitor [default: 127.0.0.1:9103]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_SLA_MONITOR_ADMIN_ADDR",
        value_name = "ADDRESS"
    )]
    sla_monitor_admin_addr: Option<String>,
    /// Health pages of notifier [default: 127.0.0.1:9104]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_NOTIFIER_ADMIN_ADDR",
        value_name = "ADDRESS"
    )]
    notifier_admin_addr: Option<String>,
    /// Health pages of analytics [default: 127.0.0.1:9105]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "REDRESS_ANALYTICS_ADMIN_ADDR",
        value_name = "ADDRESS"
    )]
    analytics_admin_addr: Option<String>,
}

impl Addresses {
    /// Where a service answers gRPC.
    pub(crate) fn grpc(&self, service: Service) -> &str {
        let set = match service {
            Service::Intake => &self.intake_addr,
            Service::Router => &self.router_addr,
            Service::SlaMonitor => &self.sla_monitor_addr,
            Service::Notifier => &self.notifier_addr,
            Service::Analytics => &self.analytics_addr,
        };
        set.as_deref()
            .filter(|text| !text.is_empty())
            .unwrap_or(profile(service).grpc_addr)
    }

    /// Where a service serves its health pages.
    pub(crate) fn admin(&self, service: Service) -> &str {
        let set = match service {
            Service::Intake => &self.intake_admin_addr,
            Service::Router => &self.router_admin_addr,
            Service::SlaMonitor => &self.sla_monitor_admin_addr,
            Service::Notifier => &self.notifier_admin_addr,
            Service::Analytics => &self.analytics_admin_addr,
        };
        set.as_deref()
            .filter(|text| !text.is_empty())
            .unwrap_or(profile(service).admin_addr)
    }

    /// Addresses as `up` and `bench` gave them to the services.
    pub(crate) fn of(at: impl Fn(Service) -> (SocketAddr, SocketAddr)) -> Self {
        let grpc = |service| Some(at(service).0.to_string());
        let admin = |service| Some(at(service).1.to_string());
        Self {
            intake_addr: grpc(Service::Intake),
            router_addr: grpc(Service::Router),
            sla_monitor_addr: grpc(Service::SlaMonitor),
            notifier_addr: grpc(Service::Notifier),
            analytics_addr: grpc(Service::Analytics),
            intake_admin_addr: admin(Service::Intake),
            router_admin_addr: admin(Service::Router),
            sla_monitor_admin_addr: admin(Service::SlaMonitor),
            notifier_admin_addr: admin(Service::Notifier),
            analytics_admin_addr: admin(Service::Analytics),
        }
    }
}

/// The service's defaults.
pub(crate) fn profile(service: Service) -> &'static Profile {
    Profile::ALL
        .iter()
        .find(|profile| profile.service == service.name())
        .expect("every service has a profile of the same name")
}
