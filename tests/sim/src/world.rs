//! Everything in a run, and the lives of its processes.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};

use redress_store::{Mark, StoreError};
use redress_wire::Service;
use tokio::{sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    broker::Broker,
    chance::Chance,
    clock::WallClock,
    control::Control,
    house::Policies,
    model::Model,
    process::{Place, Reach, live, reads, skew, with_core},
    rest,
    scheduler::{OUTSIDE, Owner, Scheduler},
    setting::Setting,
    store::{Disk, SimStore},
    trace::Trace,
};

/// Everything; clones are the same.
#[derive(Clone)]
pub(crate) struct World(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) setting: Setting,
    pub(crate) scheduler: Scheduler,
    pub(crate) broker: Broker,
    pub(crate) model: Model,
    pub(crate) policies: Policies,
    pub(crate) wall: WallClock,
    pub(crate) chance: Chance,
    pub(crate) trace: Trace,
    /// While it storms, processes are killed and come back late.
    pub(crate) storms: AtomicBool,
    pub(crate) crashes: AtomicU64,
    /// Callers that still want something.
    pub(crate) callers: AtomicU64,
    next_owner: AtomicU32,
    machines: Mutex<BTreeMap<(Service, usize), Machine>>,
    reach: Mutex<BTreeMap<Owner, (Place, Reach)>>,
}

/// A machine with a disk, on which one replica lives again and again.
struct Machine {
    store: SimStore,
    running: Option<Running>,
}

struct Running {
    owner: Owner,
    member: String,
    stop: Option<oneshot::Sender<()>>,
}

impl Deref for World {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl World {
    pub(crate) fn new(parts: Shared) -> Self {
        Self(Arc::new(parts))
    }

    /// Starts a replica on its machine, unless it runs.
    pub(crate) fn start(&self, service: Service, replica: usize) {
        let mut machines = self.machines();
        let machine = machines
            .entry((service, replica))
            .or_insert_with(|| Machine {
                store: SimStore::new(self.disk(service)),
                running: None,
            });
        if machine.running.is_some() {
            return;
        }
        let owner = self.next_owner.fetch_add(1, Ordering::Relaxed);
        let member = format!("{service}-{replica}-{owner}");
        let (stop, stopped) = oneshot::channel();
        machine.running = Some(Running {
            owner,
            member: member.clone(),
            stop: Some(stop),
        });
        let store = machine.store.clone();
        drop(machines);
        self.scheduler.begin(owner, self.end_of(service, owner));
        self.trace.note(format!("p{owner} {member} starts"));
        let place = Place {
            world: self.clone(),
            owner,
            service,
            replica,
            member,
            clock: self.wall.of_machine(skew(self)),
            stop: CancellationToken::new(),
        };
        with_core!(service, C => {
            let _ = self.scheduler.spawn(owner, live::<C>(place, store, stopped));
        });
    }

    /// At which of its polls a process is to be killed.
    fn end_of(&self, service: Service, owner: Owner) -> Option<u64> {
        if let Some((of, poll)) = self.setting.kill_at {
            let is_first = of == service && owner as usize <= Service::ALL.len();
            return is_first.then_some(poll);
        }
        let dies = self.storms.load(Ordering::Relaxed)
            && self.chance.happens(self.setting.mishaps.killed_at_a_poll);
        let within = *self.chance.pick(&[30, 120, 400, 1_500]);
        dies.then(|| self.chance.between(1, within))
    }

    fn disk(&self, service: Service) -> Arc<dyn Disk> {
        Arc::new(DiskOf {
            service,
            world: self.clone(),
        })
    }

    /// A process can be reached from now on.
    pub(crate) fn opened(&self, place: &Place, reach: Reach) {
        lock(&self.reach).insert(place.owner, (place.clone(), reach));
    }

    /// A process takes no more calls.
    pub(crate) fn closed(&self, owner: Owner) {
        lock(&self.reach).remove(&owner);
    }

    /// A process has ended in good order; it starts again while it storms.
    pub(crate) fn stopped(&self, place: &Place) {
        self.trace.note(format!("p{} has stopped", place.owner));
        if let Some(machine) = self.machines().get_mut(&(place.service, place.replica)) {
            machine.running = None;
        }
        let (world, service, replica) = (self.clone(), place.service, place.replica);
        let owner = place.owner;
        self.scheduler.spawn(OUTSIDE, async move {
            world.scheduler.kill(owner);
            rest::check_store(&world, service, replica).await;
            if world.storms.load(Ordering::Relaxed) {
                sleep(world.chance.millis(0, 2_000)).await;
                world.start(service, replica);
            }
        });
    }

    /// `kill -9`.
    pub(crate) fn kill(&self, owner: Owner) {
        if self.scheduler.kill(owner) {
            self.died(owner);
        }
    }

    /// A process was killed: its disk has a fate, and a new process starts on it.
    pub(crate) fn died(&self, owner: Owner) {
        lock(&self.reach).remove(&owner);
        self.crashes.fetch_add(1, Ordering::Relaxed);
        let mut machines = self.machines();
        let found = machines.iter_mut().find(|(_, machine)| {
            machine
                .running
                .as_ref()
                .is_some_and(|running| running.owner == owner)
        });
        let Some((&(service, replica), machine)) = found else {
            return;
        };
        machine.running = None;
        let store = machine.store.clone();
        drop(machines);
        self.trace
            .note(format!("p{owner} {service}-{replica} is killed"));
        let world = self.clone();
        self.scheduler.spawn(OUTSIDE, async move {
            world.fate(&store);
            rest::check_store(&world, service, replica).await;
            sleep(world.chance.millis(0, 4_000)).await;
            world.start(service, replica);
        });
    }

    /// What a crash makes of a disk.
    fn fate(&self, store: &SimStore) {
        match self.chance.below(20) {
            0..=9 => {}
            10..=15 => {
                for partition in store.held() {
                    store.fall_back(partition, self.chance.below(4) as usize);
                }
            }
            16..=17 => {
                self.trace.note("its store is lost");
                store.lose();
            }
            _ => {
                for partition in store.held() {
                    if self.chance.happens(400) {
                        self.trace
                            .note(format!("its rows of {partition} are damaged"));
                        store.damage(partition);
                    }
                }
            }
        }
    }

    /// Asks a process to stop in good order.
    pub(crate) fn stop(&self, owner: Owner) {
        let mut machines = self.machines();
        let running = machines
            .values_mut()
            .filter_map(|machine| machine.running.as_mut());
        if let Some(running) = running.into_iter().find(|running| running.owner == owner)
            && let Some(stop) = running.stop.take()
        {
            self.trace.note(format!("p{owner} is asked to stop"));
            // A process that is still starting does not listen yet; the sender's end tells it.
            let _ = stop.send(());
        }
    }

    /// The processes that run: owner, service, member.
    pub(crate) fn running(&self) -> Vec<(Owner, Service, String)> {
        let machines = self.machines();
        let running = machines.iter().filter_map(|((service, _), machine)| {
            let running = machine.running.as_ref()?;
            Some((running.owner, *service, running.member.clone()))
        });
        running.collect()
    }

    /// The disk of a replica.
    pub(crate) fn store(&self, service: Service, replica: usize) -> Option<SimStore> {
        let machines = self.machines();
        machines
            .get(&(service, replica))
            .map(|machine| machine.store.clone())
    }

    /// The processes of a service that take calls.
    pub(crate) fn reachable(&self, service: Service) -> Vec<(Place, Reach)> {
        let reach = lock(&self.reach);
        let of_service = reach.values().filter(|(place, _)| place.service == service);
        of_service.cloned().collect()
    }

    /// All machines.
    pub(crate) fn machines_of_all(&self) -> Vec<(Service, usize)> {
        let replicas = Service::ALL.into_iter().zip(self.setting.replicas);
        replicas
            .flat_map(|(service, n)| (0..n).map(move |replica| (service, replica)))
            .collect()
    }

    /// Starts every replica that does not run.
    pub(crate) fn start_all(&self) {
        for (service, replica) in self.machines_of_all() {
            self.start(service, replica);
        }
    }

    /// Lets go of everything: disks hold the world that holds them.
    pub(crate) fn end(&self) {
        self.scheduler.end();
        let (machines, reach) = (
            std::mem::take(&mut *self.machines()),
            std::mem::take(&mut *lock(&self.reach)),
        );
        drop((machines, reach));
    }

    fn machines(&self) -> MutexGuard<'_, BTreeMap<(Service, usize), Machine>> {
        lock(&self.machines)
    }
}

impl Shared {
    pub(crate) fn new(
        setting: Setting,
        scheduler: Scheduler,
        broker: Broker,
        model: Model,
        wall: WallClock,
        chance: Chance,
        trace: Trace,
    ) -> Self {
        Self {
            setting,
            scheduler,
            broker,
            model,
            policies: Policies::new(&crate::house::houses()[0]),
            wall,
            chance,
            trace,
            storms: AtomicBool::new(false),
            crashes: AtomicU64::new(0),
            callers: AtomicU64::new(0),
            next_owner: AtomicU32::new(1),
            machines: Mutex::default(),
            reach: Mutex::default(),
        }
    }
}

struct DiskOf {
    service: Service,
    world: World,
}

impl Disk for DiskOf {
    fn fails(&self) -> Option<StoreError> {
        let fails = self.world.broker.weather().flush_fails;
        let full = || StoreError::unavailable("no space left on device");
        self.world.chance.happens(fails).then(full)
    }

    fn mark(&self, partition: u32, mark: Mark) -> Mark {
        if self.world.setting.control != Control::StoreBeforeLog {
            return mark;
        }
        let ahead = self.world.model.last_of(partition, reads(self.service));
        Mark {
            consumed: mark.consumed.max(ahead),
            ..mark
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
