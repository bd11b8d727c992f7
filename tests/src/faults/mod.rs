//! The fault run: a cluster of brokers and any number of replicas under load, while a seeded plan
//! of faults is carried out; then the log is judged.

mod cluster;
mod disk;
mod figures;
mod fleet;
mod plan;
mod proxy;
mod upgrade;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use redress_log_nats::Broker;
use redress_testkit::{NatsServer, SmtpSink, WebhookSink, eventually};
use redress_wire::{Service, names, rehearsal};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

pub use self::{
    cluster::Cluster,
    figures::Figures,
    fleet::{Fleet, Member},
    plan::{Fault, Plan},
    proxy::Proxy,
};
use crate::{
    platform, policy,
    recorder::{Load, Recorder},
    stores,
    submissions::samples,
    verdict,
};

const PARTITIONS: u32 = 8;
const CALLERS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than the two seconds of a lease and its renewal.
const BEYOND_LEASE: Duration = Duration::from_secs(4);
/// A broker whose disk was full, beside the load.
const CATCHES_UP_WITHIN: Duration = Duration::from_mins(2);
/// Up to which a service is scaled.
const MOST_REPLICAS: usize = 4;
const SETTLED_WITHIN: Duration = Duration::from_mins(3);
/// A move that takes longer is told.
const SLOW: Duration = Duration::from_secs(5);

/// What a run is like.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long faults are put in.
    pub duration: Duration,
    /// What they are drawn from.
    pub seed: u64,
    /// Replicas of each service at the start.
    pub replicas: usize,
    /// Whether bytes on the brokers' disks are flipped as well, which they do not promise to bear.
    pub damage_brokers: bool,
}

impl Options {
    /// Streams of the log: each other seed spreads it over two.
    fn streams(&self) -> u32 {
        1 + (self.seed % 2) as u32
    }
}

/// A run under way.
struct Run {
    cluster: Cluster,
    fleet: Fleet,
    broker: Broker,
    recorder: Recorder,
    figures: Figures,
    /// Whether it runs the release with the new event version.
    is_upgraded: bool,
    _dir: TempDir,
    _sinks: (SmtpSink, WebhookSink),
}

/// Carries out a run; says on standard error what it does.
///
/// # Panics
/// If something does not come back in time, which is a failure as well.
pub async fn run(options: Options) -> Figures {
    // The recorder reads what the next release writes.
    rehearsal::play_next_release();
    let mut run = Run::start(options).await;
    let client = run.cluster.client().await;
    let samples = Arc::new(samples());
    let load = Load::start(CALLERS, &client, &samples, &run.recorder, PATIENCE);
    let until = Instant::now() + options.duration;
    for fault in Plan::of(options.seed, options.damage_brokers) {
        if Instant::now() >= until {
            break;
        }
        run.progress().await;
        eprintln!("{:>4} {fault:?}", run.figures.faults);
        run.carry_out(fault).await;
        run.figures.faults += 1;
    }
    load.stop().await;
    run.conclude().await
}

impl Run {
    async fn start(options: Options) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let sinks = (SmtpSink::start().await, WebhookSink::start().await);
        let policy = dir.path().join("policy");
        policy::copy(&policy);
        policy::add_webhooks(&policy, &sinks.1.url());
        // Clocks that run out during the run: handling is to start within seconds.
        policy::replace(
            &policy,
            "deadlines.toml",
            "within = \"2h\"",
            "within = \"4s\"",
        );
        policy::replace(
            &policy,
            "deadlines.toml",
            "within = \"24h\"",
            "within = \"8s\"",
        );
        let settings = BTreeMap::from([
            ("REDRESS_SMTP_URL".to_owned(), sinks.0.url()),
            (policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned()),
            ("REDRESS_REPLICAS".to_owned(), "3".to_owned()),
        ]);
        let plan = platform::Plan {
            settings,
            partitions: PARTITIONS,
            streams: options.streams(),
            ..platform::Plan::default()
        };
        let cluster = Cluster::start(dir.path(), &plan).await;
        let fleet = Fleet::start(&cluster, dir.path(), plan, options.replicas).await;
        let broker = cluster.connect().await;
        Self {
            cluster,
            fleet,
            broker,
            recorder: Recorder::default(),
            figures: Figures {
                seed: options.seed,
                ..Figures::default()
            },
            is_upgraded: false,
            _dir: dir,
            _sinks: sinks,
        }
    }

    /// Waits for some answers, so that each fault hits a system at work.
    async fn progress(&self) {
        let before = self.recorder.ok();
        eventually("answers between two faults", PATIENCE * 12, async || {
            (self.recorder.ok() > before + 30).then_some(())
        })
        .await;
    }

    async fn carry_out(&mut self, fault: Fault) {
        let replicas = self.fleet.members.len();
        match fault {
            Fault::KillService(which) => self.lose(which % replicas, |_| ()).await,
            Fault::DeleteStore(which) => {
                let delete = |member: &Member| {
                    // It may not have been made yet.
                    drop(std::fs::remove_dir_all(&member.replica.data));
                };
                self.lose(which % replicas, delete).await;
            }
            Fault::DamageStore(which) => {
                let damage = |member: &Member| stores::damage(&member.replica.data);
                self.lose(which % replicas, damage).await;
            }
            Fault::PauseService(which) => {
                let place = which % replicas;
                self.fleet.members[place].replica.process.pause();
                self.without(place).await;
                self.fleet.members[place].replica.process.resume();
            }
            Fault::CutService(which) => {
                let place = which % replicas;
                self.network(place, |proxy| proxy.set_open(false));
                self.without(place).await;
                self.network(place, |proxy| proxy.set_open(true));
            }
            Fault::DelayService(which) => {
                let place = which % replicas;
                self.network(place, |proxy| proxy.set_delay(Duration::from_millis(100)));
                sleep(BEYOND_LEASE).await;
                self.network(place, |proxy| proxy.set_delay(Duration::ZERO));
            }
            Fault::Scale(service, wanted) => {
                while self.fleet.of(service).len() < MOST_REPLICAS {
                    self.fleet.add(service).await;
                }
                self.fleet.ready().await;
                while self.fleet.of(service).len() > wanted {
                    self.hand_over(self.fleet.of(service)[0]).await;
                }
            }
            Fault::Upgrade => self.upgrade().await,
            fault => self.carry_out_on_brokers(fault).await,
        }
    }

    async fn carry_out_on_brokers(&mut self, fault: Fault) {
        let nodes = self.cluster.nodes.len();
        match fault {
            Fault::KillBroker(which) => {
                self.cluster.nodes[which % nodes].restart().await;
                self.figures.kills += 1;
            }
            Fault::PauseBroker(which) => {
                let node = &self.cluster.nodes[which % nodes];
                node.pause();
                sleep(BEYOND_LEASE).await;
                node.resume();
            }
            Fault::KillAllBrokers => {
                for node in &mut self.cluster.nodes {
                    node.kill_hard();
                    self.figures.kills += 1;
                }
                let starting = self.cluster.nodes.iter_mut().map(NatsServer::restart);
                futures::future::join_all(starting).await;
            }
            Fault::DamageBroker(which) => {
                let node = &mut self.cluster.nodes[which % nodes];
                node.kill_hard();
                disk::flip_a_byte(node.dir());
                node.restart().await;
                self.figures.kills += 1;
            }
            Fault::FillDisk => {
                if let Some((disk, node)) = &self.cluster.small_disk {
                    disk.fill();
                    sleep(BEYOND_LEASE).await;
                    disk.free();
                    // A broker that met a full disk stops its log until it is started again, and then
                    // may never find back to its cluster: it comes back empty and takes all that it
                    // had from the others, as after the loss of a disk.
                    let node = &mut self.cluster.nodes[*node];
                    node.kill_hard();
                    disk::empty(node.dir());
                    node.restart_within(CATCHES_UP_WITHIN).await;
                }
            }
            _ => self.change_leader().await,
        }
    }

    /// Kills a replica, does something to what it leaves, and starts it again.
    async fn lose(&mut self, place: usize, then: impl FnOnce(&Member)) {
        self.fleet.members[place].replica.process.kill_hard();
        self.figures.kills += 1;
        self.without(place).await;
        let member = &mut self.fleet.members[place];
        then(member);
        member.replica.process.restart();
        member
            .replica
            .process
            .wait_ready(platform::READY_WITHIN)
            .await;
    }

    /// Until the others of its service own everything; if there are none, beyond the lease.
    async fn without(&mut self, place: usize) {
        let service = self.fleet.members[place].replica.service;
        if self.fleet.of(service).len() < 2 {
            return sleep(BEYOND_LEASE).await;
        }
        let took = self.fleet.whole_again(service, Some(place)).await;
        tell_slow(service, took);
        self.figures.takeovers.push(took);
        // The lease of one that is cut off or asleep must have run out when it comes back.
        sleep(BEYOND_LEASE.saturating_sub(took)).await;
    }

    async fn hand_over(&mut self, place: usize) {
        let service = self.fleet.members[place].replica.service;
        self.fleet.remove(place).await;
        let took = self.fleet.whole_again(service, None).await;
        tell_slow(service, took);
        self.figures.handovers.push(took);
    }

    fn network(&self, place: usize, change: impl Fn(&Proxy)) {
        self.fleet.members[place].network.iter().for_each(change);
    }

    async fn change_leader(&self) {
        for stream in (0..self.fleet.plan.streams).map(names::log_stream) {
            let subject = format!("$JS.API.STREAM.LEADER.STEPDOWN.{stream}");
            let asked = self.broker.client().request(subject, "".into()).await;
            if let Err(error) = asked {
                eprintln!("     the leader of {stream} did not step down: {error}");
            }
        }
    }

    async fn conclude(mut self) -> Figures {
        self.fleet.ready().await;
        let log = self.broker.log();
        let attempts = self.recorder.attempts();
        let whole = verdict::settled(&log, PARTITIONS, &attempts, SETTLED_WITHIN).await;
        let mut broken = verdict::judge(&whole, &attempts, whole.read_at);
        // Each fault may send a partition away and back.
        broken.extend(verdict::restless(&whole, 2 * self.figures.faults + 2));
        self.figures.judge(&whole, &attempts, broken);
        let fleet = &self.fleet;
        let channel = |service| fleet.channel(service, None);
        self.figures.stores_differ = stores::compare_at(&log, &channel).await;
        self.figures
    }
}

/// Says beside the faults when a move took long, so that what it met can be found.
fn tell_slow(service: Service, took: Duration) {
    if took > SLOW {
        eprintln!("     {service} was whole again after {took:?}");
    }
}
