//! A broker and five services of our own, on free ports, in a temporary directory.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use redress_log::{Installation as _, Streams};
use redress_log_nats::{Broker, Provisioning, provision};
use redress_wire::{Service, names};
use tempfile::TempDir;

use super::BenchArgs;
use crate::{
    admin,
    args::{Addresses, NatsArgs},
    broker::reach,
    clients::Clients,
    commands::provision::PARTITIONS,
    output::Output,
    up::{
        BrokerConfig, Child, STOP_WITHIN, ServiceSettings, broker_ready, free_port, nats_server,
        programs, start_broker, start_service, wait_until_ready,
    },
};

pub(super) const BROKER_WITHIN: Duration = Duration::from_secs(30);
const QUIET_WITHIN: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is measured.
pub(super) struct Rig {
    pub(super) dir: PathBuf,
    pub(super) at: Addresses,
    pub(super) nats: NatsArgs,
    pub(super) broker: Child,
    pub(super) services: Vec<Child>,
    pub(super) settings: Vec<ServiceSettings>,
    pub(super) broker_config: BrokerConfig,
    /// Further replicas.
    pub(super) replicas: Vec<Replica>,
    started: usize,
    _temporary: Option<TempDir>,
}

/// A replica beside the first one of its service.
pub(super) struct Replica {
    pub(super) service: Service,
    /// What its member id begins with.
    pub(super) name: String,
    pub(super) settings: ServiceSettings,
    pub(super) child: Child,
}

/// A broker alone, as the ceiling needs it.
pub(super) struct BareBroker {
    pub(super) nats: NatsArgs,
    pub(super) child: Child,
    _temporary: Option<TempDir>,
}

impl BareBroker {
    /// With so many streams, or as many as an installation has unless it is told.
    pub(super) async fn start(args: &BenchArgs, streams: Option<Streams>) -> anyhow::Result<Self> {
        let (dir, temporary) = folder(args)?;
        let (child, nats, _) = broker(&dir, None, streams).await?;
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
        Self::start_with(args, policy, None, out).await
    }

    /// The same with so many partitions.
    pub(super) async fn start_with(
        args: &BenchArgs,
        policy: &Path,
        partitions: Option<u32>,
        out: &Output,
    ) -> anyhow::Result<Self> {
        Self::start_some(args, policy, partitions, &Service::ALL, out).await
    }

    /// The same with some of the services.
    pub(super) async fn start_only(
        args: &BenchArgs,
        policy: &Path,
        wanted: &[Service],
        out: &Output,
    ) -> anyhow::Result<Self> {
        Self::start_some(args, policy, None, wanted, out).await
    }

    async fn start_some(
        args: &BenchArgs,
        policy: &Path,
        partitions: Option<u32>,
        wanted: &[Service],
        out: &Output,
    ) -> anyhow::Result<Self> {
        let programs = programs()?;
        let (dir, temporary) = folder(args)?;
        copy(policy, &dir.join("policy"))?;
        let (broker, nats, broker_config) = broker(&dir, partitions, None).await?;
        let mut places = BTreeMap::new();
        for service in Service::ALL {
            let grpc = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            let admin = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            places.insert(service, (grpc, admin));
        }
        let at = Addresses::of(|service| places[&service]);
        let settings: Vec<ServiceSettings> = wanted
            .iter()
            .map(|service| settings(*service, &dir, &programs, &at, &nats))
            .collect();
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
            broker_config,
            replicas: Vec::new(),
            started: 0,
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

    /// Every process of every service.
    pub(super) fn all(&self) -> impl Iterator<Item = &Child> {
        let replicas = self.replicas.iter().map(|replica| &replica.child);
        self.services.iter().chain(replicas)
    }

    /// Brings every service to so many replicas.
    pub(super) async fn scale_all(&mut self, replicas: usize) -> anyhow::Result<()> {
        for service in Service::ALL {
            self.scale(service, replicas).await?;
        }
        Ok(())
    }

    /// Starts replicas of a service until there are so many, and waits until they are ready.
    pub(super) async fn scale(&mut self, service: Service, wanted: usize) -> anyhow::Result<()> {
        self.scale_with(service, wanted, &[]).await
    }

    /// The same with further settings.
    pub(super) async fn scale_with(
        &mut self,
        service: Service,
        wanted: usize,
        more: &[(&'static str, String)],
    ) -> anyhow::Result<()> {
        let there = self.replicas.iter().filter(|one| one.service == service);
        for _ in there.count() + 1..wanted {
            self.started += 1;
            let name = format!("replica-{}", self.started);
            let first = self.settings.iter().find(|one| one.service == service);
            let mut settings = first.expect("every service is there").clone();
            settings.data_dir = self.dir.join(&name);
            settings.log = self.dir.join(format!("logs/{service}-{name}.log"));
            settings.grpc = format!("127.0.0.1:{}", free_port()?);
            settings.admin = format!("127.0.0.1:{}", free_port()?);
            settings.more.push(("REDRESS_INSTANCE", name.clone()));
            settings.more.extend_from_slice(more);
            let mut child = start_service(&settings)?;
            // Whatever runs a service in earnest starts it again as well.
            while let Err(ended) = super::scaling::ready(&settings.admin, &mut child).await {
                anyhow::ensure!(child.ended().is_some(), ended);
                eprintln!("{ended}; it is started again");
                child = start_service(&settings)?;
            }
            self.replicas.push(Replica {
                service,
                name,
                settings,
                child,
            });
        }
        Ok(())
    }

    /// Waits until every process has folded all that is in the log, and its rows are in its store:
    /// reactions to reactions go on for a while after the last case is through.
    pub(super) async fn quiet(&self) -> anyhow::Result<()> {
        let replicas = self.replicas.iter().map(|replica| &replica.settings);
        let began = Instant::now();
        for settings in self.settings.iter().chain(replicas) {
            while !is_quiet(&settings.admin).await {
                let words = "a service does not get through its backlog";
                anyhow::ensure!(
                    began.elapsed() < QUIET_WITHIN,
                    "{words}: {}",
                    settings.admin
                );
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(())
    }

    /// Stops services, then the broker.
    pub(super) async fn stop(mut self) {
        for replica in &mut self.replicas {
            replica.child.terminate();
        }
        for replica in &mut self.replicas {
            replica.child.ended_within(STOP_WITHIN).await;
        }
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

async fn is_quiet(admin: &str) -> bool {
    let page = admin::metrics(admin).await.unwrap_or_default();
    let is_zero = |name: &str| page.get(name).is_some_and(|figure| *figure == 0.0);
    is_zero("redress_backlog") && is_zero("redress_unflushed_rows")
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

async fn broker(
    dir: &Path,
    partitions: Option<u32>,
    streams: Option<Streams>,
) -> anyhow::Result<(Child, NatsArgs, BrokerConfig)> {
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
    let wanted = Provisioning {
        partitions: Some(partitions.unwrap_or(PARTITIONS)),
        streams,
        ..Provisioning::default()
    };
    provision(&connected, &wanted).await?;
    if let Some(partitions) = partitions {
        let installation = connected.installation();
        let partitions = partitions.to_string();
        let fixed = installation.fix(names::PARTITIONS_KEY, &partitions);
        fixed.await?;
    }
    Ok((child, nats, config))
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
