//! A broker that misbehaves: the twins of the ports behind a network that delays, loses, repeats
//! and, over several partitions, reorders, and that restarts.

mod damage;
mod feed;
mod inbox;
mod log;
mod members;
mod peers;
mod snapshots;
mod trim;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redress_log::{
    Handler, Streams,
    memory::{MemoryFeed, MemoryLog, MemoryMembership},
};
use redress_wire::Service;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use self::damage::Damage;
pub(crate) use self::{
    feed::SimFeed,
    inbox::{Inbox, Left},
    log::SimLog,
    members::SimMembers,
    peers::SimPeers,
};
use crate::{
    chance::Chance,
    control::Control,
    model::Model,
    scheduler::{Owner, Scheduler},
    trace::Trace,
    weather::Weather,
};

/// Leases run out after this long without a renewal, as the shipped ones.
pub(crate) const LEASE: Duration = Duration::from_secs(6);

/// The broker; clones are the same one.
#[derive(Clone)]
pub(crate) struct Broker(Arc<Shared>);

struct Shared {
    /// What is served.
    log: MemoryLog,
    /// What was ever stored, whatever was taken off since.
    whole: MemoryLog,
    members: MemoryMembership,
    feed: MemoryFeed,
    inbox: Mutex<Inbox>,
    /// Who answers under which name.
    served: Mutex<BTreeMap<(Service, String), (Owner, Handler)>>,
    damage: Mutex<Damage>,
    /// How many messages are stored, or promised by a control.
    promised: Mutex<u64>,
    weather: Mutex<Weather>,
    is_down: watch::Sender<bool>,
    heeds_leases: AtomicBool,
    control: Control,
    model: Model,
    scheduler: Scheduler,
    chance: Chance,
    trace: Trace,
}

impl Broker {
    pub(crate) fn new(
        streams: Streams,
        control: Control,
        model: Model,
        scheduler: Scheduler,
        chance: &Chance,
        trace: Trace,
    ) -> Self {
        Self(Arc::new(Shared {
            log: MemoryLog::over(streams, [7; 16]),
            whole: MemoryLog::over(streams, [7; 16]),
            members: MemoryMembership::new(LEASE),
            feed: MemoryFeed::default(),
            inbox: Mutex::default(),
            served: Mutex::default(),
            damage: Mutex::default(),
            promised: Mutex::default(),
            weather: Mutex::new(Weather::CALM),
            is_down: watch::Sender::new(false),
            heeds_leases: AtomicBool::new(control.has_leases()),
            control,
            model,
            scheduler,
            chance: chance.fork("broker"),
            trace,
        }))
    }

    /// The log as it was stored, without a network in between.
    pub(crate) fn stored_log(&self) -> &MemoryLog {
        &self.0.whole
    }

    /// How many messages are stored.
    pub(crate) fn length(&self) -> u64 {
        *lock(&self.0.promised)
    }

    pub(crate) fn weather(&self) -> Weather {
        *lock(&self.0.weather)
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        *lock(&self.0.weather) = weather;
    }

    /// Goes away for a while: what is on its way is lost, readers are cut off.
    pub(crate) async fn restart(&self, away: Duration) {
        self.0.trace.note(format!("broker away for {away:?}"));
        self.0.is_down.send_replace(true);
        sleep(away).await;
        self.0.is_down.send_replace(false);
        self.0.trace.note("broker back");
    }

    /// From now on processes that start heed leases, whatever the control says.
    pub(crate) fn heed_leases(&self) {
        self.0.heeds_leases.store(true, Ordering::Relaxed);
    }

    /// Lets leases run out with the time of the simulation.
    pub(crate) async fn keep_time(self) {
        let tick = Duration::from_millis(250);
        loop {
            sleep(tick).await;
            if !*self.0.is_down.borrow() {
                self.0.members.advance(tick);
            }
        }
    }

    /// Ends a lease before its time.
    pub(crate) fn expire(&self, service: Service, member: &str) {
        self.0.trace.note(format!("lease of {member} expires"));
        self.0.members.expire(service, member);
    }

    /// A message travels; false if it is lost or the broker is away.
    async fn travel(&self, lost: u64) -> bool {
        let longest = self.weather().longest_delay_ms;
        sleep(self.0.chance.delay(longest)).await;
        let arrives = !self.0.chance.happens(lost);
        arrives && !*self.0.is_down.borrow()
    }

    /// A question and its answer travel; the error is what a client says when none comes.
    async fn ask(&self, fails: u64) -> Result<(), String> {
        if self.travel(fails).await {
            return Ok(());
        }
        let patience = self.0.chance.millis(10, 500);
        sleep(patience).await;
        Err("no answer from the broker".to_owned())
    }

    /// Waits until the broker goes away.
    async fn cut_off(&self) {
        let mut is_down = self.0.is_down.subscribe();
        // The sender lives as long as the broker.
        drop(is_down.wait_for(|down| *down).await);
    }

    /// Somebody outside asks a process; no answer if question or answer is lost.
    pub(crate) async fn request<T: Send + 'static>(
        &self,
        owner: Owner,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let lost = self.weather().call_lost;
        if !self.travel(lost).await {
            return None;
        }
        let patience = Duration::from_secs(12);
        let answer = self.in_process(owner, patience, async move { Some(work.await) });
        let answer = answer.await?;
        self.travel(lost).await.then_some(answer)
    }

    /// Runs `work` for an owner and waits for what it gives; nothing if it gives nothing in time.
    async fn in_process<T: Send + 'static>(
        &self,
        owner: Owner,
        patience: Duration,
        work: impl Future<Output = Option<T>> + Send + 'static,
    ) -> Option<T> {
        let (done, given) = tokio::sync::oneshot::channel();
        self.0.scheduler.spawn(owner, async move {
            if let Some(result) = work.await {
                drop(done.send(result));
            }
        });
        timeout(patience, given).await.ok()?.ok()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
