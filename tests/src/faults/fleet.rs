//! Any number of replicas of each service, each behind a network of its own.

use std::{path::Path, time::Duration};

use redress_testkit::eventually;
use redress_wire::Service;
use tokio::time::{Instant, timeout};
use tonic::transport::{Channel, Endpoint};

use super::{cluster::Cluster, proxy::Proxy};
use crate::{
    platform::{Place, Plan, READY_WITHIN, Replica, start},
    stores,
};

/// How long one look at a service's partitions may take.
const LOOK: Duration = Duration::from_millis(400);
/// A service that has no owner for a partition after this long will not get one.
const WHOLE_WITHIN: Duration = Duration::from_mins(1);
/// How long a replica may take to end when it is asked to.
const END_WITHIN: Duration = Duration::from_secs(20);

/// A replica and its network.
pub struct Member {
    /// The process.
    pub replica: Replica,
    /// Its ways to the brokers.
    pub network: Vec<Proxy>,
}

/// All replicas of all services.
pub struct Fleet {
    /// The replicas that run.
    pub members: Vec<Member>,
    /// How they are set up.
    pub plan: Plan,
    place: Place,
    ports: Vec<u16>,
    started: usize,
}

impl Fleet {
    /// Starts `replicas` of each service and waits until they are ready.
    ///
    /// # Panics
    /// If one is not in time.
    pub async fn start(cluster: &Cluster, dir: &Path, plan: Plan, replicas: usize) -> Self {
        let port = |url: String| url.rsplit(':').next().and_then(|port| port.parse().ok());
        let ports = cluster
            .nodes
            .iter()
            .map(|node| port(node.url()).expect("a port"));
        let place = Place {
            nats_url: String::new(),
            monitor_url: cluster.monitor_url(),
            dir: dir.to_owned(),
        };
        let mut fleet = Self {
            members: Vec::new(),
            plan,
            place,
            ports: ports.collect(),
            started: 0,
        };
        for service in Service::ALL {
            for _ in 0..replicas {
                fleet.add(service).await;
            }
        }
        fleet.ready().await;
        fleet
    }

    /// Starts one more replica of a service.
    pub async fn add(&mut self, service: Service) {
        let mut network = Vec::new();
        for port in &self.ports {
            network.push(Proxy::start(*port).await);
        }
        let urls: Vec<String> = network.iter().map(Proxy::url).collect();
        let place = Place {
            nats_url: urls.join(","),
            ..self.place.clone()
        };
        let replica = start(service, self.started, &place, &self.plan);
        self.started += 1;
        self.members.push(Member { replica, network });
    }

    /// Gives a setting to all replicas that are started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.plan.settings.insert(key.to_owned(), value.to_owned());
    }

    /// Starts one more replica of a service and waits until it is ready.
    ///
    /// # Panics
    /// If it is not in time.
    pub async fn add_ready(&mut self, service: Service) {
        self.add(service).await;
        let added = self.members.last_mut().expect("it was just added");
        added.replica.process.wait_ready(READY_WITHIN).await;
    }

    /// Asks a replica to end: it hands its partitions over.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn remove(&mut self, index: usize) {
        let mut member = self.members.remove(index);
        let ended = member.replica.process.terminate(END_WITHIN).await;
        assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    }

    /// Places of the replicas of a service.
    pub fn of(&self, service: Service) -> Vec<usize> {
        let all = self.members.iter().enumerate();
        all.filter(|(_, member)| member.replica.service == service)
            .map(|(index, _)| index)
            .collect()
    }

    /// Waits until all replicas are ready.
    ///
    /// # Panics
    /// If one is not in time.
    pub async fn ready(&mut self) {
        for member in &mut self.members {
            member.replica.process.wait_ready(READY_WITHIN).await;
        }
    }

    /// A channel to a replica of a service, not to the one at `besides`.
    ///
    /// # Panics
    /// If the service has no other.
    pub fn channel(&self, service: Service, besides: Option<usize>) -> Channel {
        let mut places = self.of(service).into_iter();
        let place = places
            .find(|place| Some(*place) != besides)
            .expect("a replica");
        let address = format!("http://{}", self.members[place].replica.grpc);
        Endpoint::from_shared(address)
            .expect("an address")
            .connect_lazy()
    }

    /// Waits until every partition of a service has an owner that answers, as another replica
    /// than the one at `besides` sees it; gives how long that took.
    ///
    /// # Panics
    /// If it does not happen in time.
    pub async fn whole_again(&self, service: Service, besides: Option<usize>) -> Duration {
        let began = Instant::now();
        let channel = self.channel(service, besides);
        let what = format!("every partition of {service} to have an owner");
        eventually(&what, WHOLE_WITHIN, async || {
            let look = timeout(LOOK, stores::status(channel.clone(), false)).await;
            let partitions = look.ok().flatten()?;
            (partitions.len() == self.plan.partitions as usize).then_some(())
        })
        .await;
        began.elapsed()
    }
}
