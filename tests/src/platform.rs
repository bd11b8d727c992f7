//! Broker and services as real processes, in a directory of their own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use redress_log::Streams;
use redress_log_nats::{Broker, ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options as NatsOptions, ServiceProcess, free_port};
use redress_wire::Service;
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use crate::accounts;

/// How long a platform may take to get ready on a busy machine.
pub const READY_WITHIN: Duration = Duration::from_mins(1);

/// How a platform is set up.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Settings of all services, beside those that the harness needs.
    pub settings: BTreeMap<String, String>,
    /// Replicas of intake; the other services have one each.
    pub intakes: usize,
    /// Seconds of a lease.
    pub lease_seconds: u64,
    /// Partitions of the installation.
    pub partitions: u32,
    /// Streams that they are spread over.
    pub streams: u32,
    /// The shipped accounts: everybody has a user, and nobody sees the broker's monitoring pages.
    /// Without them the broker is open to everybody.
    pub accounts: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            settings: BTreeMap::new(),
            intakes: 1,
            lease_seconds: 2,
            partitions: 8,
            streams: 1,
            accounts: false,
        }
    }
}

/// A running platform, ended when dropped.
pub struct Platform {
    /// The broker.
    pub nats: NatsServer,
    /// All service processes.
    pub services: Vec<Replica>,
    /// Where policy, stores and output stand.
    pub dir: TempDir,
    broker: Broker,
}

/// One service process.
pub struct Replica {
    /// Which service.
    pub service: Service,
    /// The process.
    pub process: ServiceProcess,
    /// Where it answers gRPC.
    pub grpc: String,
    /// Its `REDRESS_DATA_DIR`.
    pub data: PathBuf,
}

impl Platform {
    /// Starts everything and waits until all is ready. `policy` changes the copy of the policy.
    ///
    /// # Panics
    /// If something does not start in time.
    pub async fn start(plan: Plan, policy: impl FnOnce(&Path)) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let policy_dir = dir.path().join("policy");
        crate::policy::copy(&policy_dir);
        policy(&policy_dir);
        let (nats, broker) = provisioned(&plan).await;
        let mut services = Vec::new();
        for service in Service::ALL {
            let count = if service == Service::Intake {
                plan.intakes
            } else {
                1
            };
            for index in 0..count {
                let place = Place::of(&nats, dir.path());
                let mut replica = start(service, index, &place, &plan);
                if index + 1 < count {
                    // Without leases and fence, two that take partitions over at the same time break
                    // their chains before there is anything to see.
                    replica.process.wait_ready(READY_WITHIN).await;
                }
                services.push(replica);
            }
        }
        let mut platform = Self {
            nats,
            services,
            dir,
            broker,
        };
        platform.ready().await;
        platform
    }

    /// Waits until every service is ready.
    ///
    /// # Panics
    /// If one is not in time; with what it printed.
    pub async fn ready(&mut self) {
        for replica in &mut self.services {
            replica.process.wait_ready(READY_WITHIN).await;
        }
    }

    /// The first replica of a service.
    ///
    /// # Panics
    /// Never: every service runs at least once.
    pub fn replica(&mut self, service: Service) -> &mut Replica {
        self.services
            .iter_mut()
            .find(|r| r.service == service)
            .expect("every service runs")
    }

    /// Where a service answers gRPC, as `host:port`.
    ///
    /// # Panics
    /// Never: every service runs at least once.
    pub fn grpc(&self, service: Service) -> &str {
        let replica = self.services.iter().find(|r| r.service == service);
        &replica.expect("every service runs").grpc
    }

    /// A gRPC channel to a service.
    ///
    /// # Panics
    /// If the address is none.
    pub fn channel(&self, service: Service) -> Channel {
        let grpc = self.grpc(service);
        Endpoint::from_shared(format!("http://{grpc}"))
            .expect("an address")
            .connect_lazy()
    }

    /// The broker, seen with the platform's own adapter.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }
}

/// A broker with streams, and a connection that may read them.
async fn provisioned(plan: &Plan) -> (NatsServer, Broker) {
    let mut options = NatsOptions::default();
    if plan.accounts {
        options.extra = accounts::broker_config();
    }
    let nats = NatsServer::start(options).await;
    let mut options = ConnectOptions::new(nats.url());
    if plan.accounts {
        accounts::provision(&nats, plan).await;
        options.user = Some(accounts::PROVISION.to_owned());
        options.password = Some(accounts::password(accounts::PROVISION));
        options.inbox_prefix = Some(format!("_INBOX_{}", accounts::PROVISION));
    }
    let broker = connect(&options).await.expect("a broker");
    if !plan.accounts {
        let provisioning = Provisioning {
            streams: Streams::new(plan.streams),
            partitions: Some(plan.partitions),
            ..Provisioning::default()
        };
        let provisioned = provision(&broker, &provisioning).await;
        provisioned.expect("streams");
    }
    (nats, broker)
}

/// Where a replica finds what it needs.
#[derive(Clone, Debug)]
pub struct Place {
    /// Addresses of the broker, with commas between them.
    pub nats_url: String,
    /// Addresses of its monitoring pages.
    pub monitor_url: String,
    /// Where the policy stands, and the replicas' folders.
    pub dir: PathBuf,
}

impl Place {
    fn of(nats: &NatsServer, dir: &Path) -> Self {
        Self {
            nats_url: nats.url(),
            monitor_url: nats.monitor_url(),
            dir: dir.to_owned(),
        }
    }
}

/// Starts a replica, which is not ready yet.
///
/// # Panics
/// If its folder cannot be made.
pub fn start(service: Service, index: usize, place: &Place, plan: &Plan) -> Replica {
    let dir = &place.dir;
    let home = dir.join(format!("{service}-{index}"));
    std::fs::create_dir_all(&home).expect("a writable directory");
    let grpc = format!("127.0.0.1:{}", free_port());
    let admin = format!("127.0.0.1:{}", free_port());
    let data = home.join("data");
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut settings = BTreeMap::from([
        ("REDRESS_NATS_URL".to_owned(), place.nats_url.clone()),
        (
            "REDRESS_NATS_MONITOR_URL".to_owned(),
            place.monitor_url.clone(),
        ),
        ("REDRESS_DATA_DIR".to_owned(), path(&data)),
        ("REDRESS_GRPC_ADDR".to_owned(), grpc.clone()),
        ("REDRESS_POLICY_DIR".to_owned(), path(&dir.join("policy"))),
        ("REDRESS_PARTITIONS".to_owned(), plan.partitions.to_string()),
        (
            "REDRESS_LEASE_SECONDS".to_owned(),
            plan.lease_seconds.to_string(),
        ),
        ("REDRESS_LOG_FORMAT".to_owned(), "text".to_owned()),
    ]);
    if plan.accounts {
        settings.extend(accounts::settings(service));
    }
    settings.extend(plan.settings.clone());
    let process = ServiceProcess::start(service.name(), &home, &admin, settings);
    Replica {
        service,
        process,
        grpc,
        data,
    }
}
