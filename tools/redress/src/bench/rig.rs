//! A broker and five services of our own, on free ports, in a temporary directory.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use redress_log_nats::{Broker, Provisioning, provision};
use redress_wire::Service;
use tempfile::TempDir;

use super::BenchArgs;
use crate::{
    args::{Addresses, NatsArgs},
    broker::reach,
    clients::Clients,
    output::Output,
    up::{
        BrokerConfig, Child, STOP_WITHIN, ServiceSettings, broker_ready, free_port, nats_server,
        programs, start_broker, start_service, wait_until_ready,
    },
};

const BROKER_WITHIN: Duration = Duration::from_secs(30);

/// What is measured.
pub(super) struct Rig {
    pub(super) dir: PathBuf,
    pub(super) at: Addresses,
    pub(super) nats: NatsArgs,
    pub(super) broker: Child,
    pub(super) services: Vec<Child>,
    pub(super) settings: Vec<ServiceSettings>,
    _temporary: Option<TempDir>,
}

/// A broker alone, as the ceiling needs it.
pub(super) struct BareBroker {
    pub(super) nats: NatsArgs,
    pub(super) child: Child,
    _temporary: Option<TempDir>,
}

impl BareBroker {
    pub(super) async fn start(args: &BenchArgs) -> anyhow::Result<Self> {
        let (dir, temporary) = folder(args)?;
        let (child, nats) = broker(&dir).await?;
        Ok(Self {
            nats,
            child,
            _temporary: temporary,
        })
    }
}

impl Rig {
    /// Starts everything with a copy of the policy, and waits until it is ready.
    pub(super) async fn start(
        args: &BenchArgs,
        policy: &Path,
        out: &Output,
    ) -> anyhow::Result<Self> {
        let programs = programs()?;
        let (dir, temporary) = folder(args)?;
        copy(policy, &dir.join("policy"))?;
        let (broker, nats) = broker(&dir).await?;
        let mut places = BTreeMap::new();
        for service in Service::ALL {
            let grpc = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            let admin = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            places.insert(service, (grpc, admin));
        }
        let at = Addresses::of(|service| places[&service]);
        let settings: Vec<ServiceSettings> = Service::ALL
            .map(|service| settings(service, &dir, &programs, &at, &nats))
            .into();
        let mut services = Vec::new();
        for one in &settings {
            services.push(start_service(one)?);
        }
        let mut rig = Self {
            dir,
            at,
            nats,
            broker,
            services,
            settings,
            _temporary: temporary,
        };
        wait_until_ready(&mut rig.services, &rig.at, out).await?;
        Ok(rig)
    }

    pub(super) fn clients(&self) -> Clients {
        Clients::new(&self.at)
    }

    /// A new connection to the broker.
    pub(super) async fn connect(&self) -> anyhow::Result<Broker> {
        reach(&self.nats, BROKER_WITHIN).await
    }

    /// Stops services, then the broker.
    pub(super) async fn stop(mut self) {
        for service in &mut self.services {
            service.terminate();
        }
        for service in &mut self.services {
            service.ended_within(STOP_WITHIN).await;
        }
        self.broker.terminate();
        self.broker.ended_within(STOP_WITHIN).await;
    }
}

fn settings(
    service: Service,
    dir: &Path,
    programs: &Path,
    at: &Addresses,
    nats: &NatsArgs,
) -> ServiceSettings {
    let monitor = nats.nats_monitor_url.clone().unwrap_or_default();
    ServiceSettings {
        service,
        program: programs.join(service.name()),
        log: dir.join(format!("logs/{service}.log")),
        data_dir: dir.join("stores"),
        policy_dir: dir.join("policy"),
        nats_url: nats.url().to_owned(),
        grpc: at.grpc(service).to_owned(),
        admin: at.admin(service).to_owned(),
        more: vec![
            ("REDRESS_NATS_MONITOR_URL", monitor),
            ("REDRESS_LOG", "warn".to_owned()),
        ],
    }
}

async fn broker(dir: &Path) -> anyhow::Result<(Child, NatsArgs)> {
    let config = BrokerConfig {
        program: nats_server()?,
        dir: dir.join("broker"),
        log: dir.join("logs/nats-server.log"),
        client: SocketAddr::from(([127, 0, 0, 1], free_port()?)),
        monitor: SocketAddr::from(([127, 0, 0, 1], free_port()?)),
    };
    let mut child = start_broker(&config)?;
    broker_ready(&mut child, &config, BROKER_WITHIN).await?;
    let (url, monitor) = (
        format!("nats://{}", config.client),
        format!("http://{}", config.monitor),
    );
    let nats = NatsArgs::default().at(url, Some(monitor));
    let connected = reach(&nats, BROKER_WITHIN).await?;
    provision(&connected, &Provisioning::default()).await?;
    Ok((child, nats))
}

fn folder(args: &BenchArgs) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
    let parent = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let made = TempDir::with_prefix_in("redress-bench-", std::path::absolute(parent)?)?;
    if args.keep {
        let path = made.keep();
        eprintln!("kept: {}", path.display());
        return Ok((path, None));
    }
    Ok((made.path().to_owned(), Some(made)))
}

/// Copies a folder of files and folders.
pub(super) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
