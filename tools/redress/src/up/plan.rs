//! Where everything goes before anything is started.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use redress_wire::Service;

use super::{BrokerConfig, ServiceSettings, broker::nats_server, ports};
use crate::args::{Addresses, Global, UpArgs, profile};

const BROKER_PORT: u16 = 4222;
const MONITOR_PORT: u16 = 8222;

/// Addresses and folders of everything.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) data_dir: PathBuf,
    /// The folder with the services' programs.
    pub(crate) programs: PathBuf,
    /// `None` when a broker runs elsewhere.
    pub(crate) broker: Option<BrokerConfig>,
    pub(crate) nats_url: String,
    pub(crate) monitor_url: Option<String>,
    pub(crate) at: Addresses,
    pub(crate) offset: u16,
    /// How each service is started.
    pub(crate) services: Vec<ServiceSettings>,
}

/// Where something listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) grpc: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Plan {
    pub(crate) fn new(args: &UpArgs, global: &Global) -> anyhow::Result<Self> {
        let data_dir = std::path::absolute(&args.data_dir)?;
        let offset = args.port_offset;
        let (broker, nats_url, monitor_url) = if let Some(url) = global.nats.given() {
            (None, url.to_owned(), global.nats.nats_monitor_url.clone())
        } else {
            let config = BrokerConfig {
                program: nats_server()?,
                dir: data_dir.join("broker"),
                log: data_dir.join("logs/nats-server.log"),
                client: local(BROKER_PORT, offset)?,
                monitor: local(MONITOR_PORT, offset)?,
            };
            let (client, monitor) = (config.client, config.monitor);
            (
                Some(config),
                format!("nats://{client}"),
                Some(format!("http://{monitor}")),
            )
        };
        let mut places = Vec::new();
        for service in Service::ALL {
            places.push(place(service, &global.at, offset)?);
        }
        let at = Addresses::of(|service| {
            let index = Service::ALL
                .iter()
                .position(|other| *other == service)
                .unwrap_or(0);
            (places[index].grpc, places[index].admin)
        });
        let programs = programs()?;
        let mut plan = Self {
            data_dir,
            programs,
            broker,
            nats_url,
            monitor_url,
            at,
            offset,
            services: vec![],
        };
        plan.services = Service::ALL
            .map(|service| plan.settings(service, args, global))
            .into();
        Ok(plan)
    }

    /// Nobody else uses our ports.
    pub(super) fn check_ports(&self) -> anyhow::Result<()> {
        if let Some(broker) = &self.broker {
            ports::check("the broker", broker.client)?;
            ports::check("the broker's monitoring", broker.monitor)?;
        }
        for service in Service::ALL {
            ports::check(
                &format!("gRPC of {service}"),
                self.at.grpc(service).parse()?,
            )?;
            ports::check(
                &format!("health of {service}"),
                self.at.admin(service).parse()?,
            )?;
        }
        Ok(())
    }

    /// How a service is to be started: see `services`.
    fn settings(&self, service: Service, args: &UpArgs, global: &Global) -> ServiceSettings {
        let mut more = Vec::new();
        if let Some(partitions) = args.partitions {
            more.push(("REDRESS_PARTITIONS", partitions.to_string()));
        }
        if let (Some(url), Service::Notifier) = (&args.mail, service) {
            more.push(("REDRESS_SMTP_URL", url.clone()));
        }
        for (name, value) in [
            ("REDRESS_NATS_USER", &global.nats.nats_user),
            ("REDRESS_NATS_PASSWORD", &global.nats.nats_password),
            ("REDRESS_NATS_MONITOR_URL", &self.monitor_url),
        ] {
            more.extend(value.clone().map(|value| (name, value)));
        }
        if let Some(path) = &global.nats.nats_creds {
            more.push(("REDRESS_NATS_CREDS", path.display().to_string()));
        }
        ServiceSettings {
            service,
            program: self.programs.join(service.name()),
            log: self.data_dir.join(format!("logs/{service}.log")),
            data_dir: self.data_dir.join("stores"),
            policy_dir: absolute(&args.policy_dir),
            nats_url: self.nats_url.clone(),
            grpc: self.at.grpc(service).to_owned(),
            admin: self.at.admin(service).to_owned(),
            more,
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The folder of this program; the services' must be in it too.
pub(crate) fn programs() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe().context("this program does not know its own path")?;
    let folder = here
        .parent()
        .context("this program has no folder")?
        .to_owned();
    let missing: Vec<&str> = Service::ALL
        .iter()
        .map(|service| service.name())
        .filter(|name| !folder.join(name).is_file())
        .collect();
    if !missing.is_empty() {
        let release = if folder.ends_with("release") {
            " --release"
        } else {
            ""
        };
        bail!(
            "{} not built next to {}: run `cargo build --workspace --bins{release}`",
            missing.join(", "),
            here.display()
        );
    }
    Ok(folder)
}

fn local(port: u16, offset: u16) -> anyhow::Result<SocketAddr> {
    let port = port
        .checked_add(offset)
        .with_context(|| format!("--port-offset {offset} is too large: ports end at 65535"))?;
    Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
}

/// Where a service listens: as set, else the usual port plus the offset.
fn place(service: Service, at: &Addresses, offset: u16) -> anyhow::Result<Place> {
    let read = |given: &str, usual: &str| -> anyhow::Result<SocketAddr> {
        let address: SocketAddr = given
            .parse()
            .with_context(|| format!("{given:?} is no address for {service}, such as {usual}"))?;
        if given == usual {
            local(address.port(), offset)
        } else {
            Ok(address)
        }
    };
    let usual = profile(service);
    Ok(Place {
        grpc: read(at.grpc(service), usual.grpc_addr)?,
        admin: read(at.admin(service), usual.admin_addr)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_moves_every_usual_port() {
        let place = place(Service::Router, &Addresses::default(), 1000).expect("free ports");
        assert_eq!(place.grpc.port(), 51_052);
        assert_eq!(place.admin.port(), 10_102);
        assert!(local(65_000, 1000).is_err());
    }
}
