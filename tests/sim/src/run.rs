//! One run: a storm, then calm, then the verdict.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redress_log::Streams;
use redress_wire::Service;
use tokio::time::sleep;

use crate::{
    broker::Broker,
    chance::Chance,
    clerks,
    clock::WallClock,
    control::Control,
    customers,
    model::{Broken, Model, Promise},
    rest,
    scheduler::{OUTSIDE, Scheduler},
    setting::Setting,
    storm,
    trace::Trace,
    weather::Weather,
    world::{Shared, World},
};

/// A working day of the shipped calendar, 09:30 in the house's zone.
const BASE: &str = "2026-06-04T01:30:00Z";

/// A process that died runs again after this long at most, and has taken over what is its own.
const COMES_BACK_WITHIN: Duration = Duration::from_secs(20);

/// What a run brought.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Polls of tasks.
    pub steps: u64,
    /// Processes killed.
    pub crashes: u64,
    /// The promises that were broken; none if all is well.
    pub broken: Vec<Broken>,
    /// How often callers were told what.
    pub told: std::collections::BTreeMap<&'static str, u64>,
    /// What happened, line by line.
    pub log: String,
    /// Over the log and every choice that was made.
    pub hash: String,
}

/// Runs a seed.
pub fn run(seed: u64) -> Report {
    run_as(seed, &Setting::of(seed))
}

/// Runs a seed in a setting of the caller's.
///
/// # Panics
/// If there can be no timer, which is a fault of the machine.
pub fn run_as(seed: u64, setting: &Setting) -> Report {
    // One thread, whose clock goes on when nothing else can.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a timer needs nothing of the system");
    runtime.block_on(simulate(seed, setting.clone()))
}

async fn simulate(seed: u64, setting: Setting) -> Report {
    let chance = Chance::new(seed);
    let trace = Trace::new();
    trace.note(format!("seed {seed}: {setting:?}"));
    let (scheduler, killed) = Scheduler::new(chance.fork("scheduler"), trace.clone());
    let control = setting.control;
    let wall = WallClock::new(BASE.parse().expect("a time"));
    let model = Model::new(
        setting.partitions,
        control != Control::ChainOff,
        wall.clone(),
        trace.clone(),
    );
    let streams = Streams::new(setting.streams).expect("a number of streams");
    let broker = Broker::new(
        streams,
        control,
        model.clone(),
        scheduler.clone(),
        &chance,
        trace.clone(),
    );
    let world = World::new(Shared::new(
        setting,
        scheduler.clone(),
        broker.clone(),
        model.clone(),
        wall,
        chance.fork("world"),
        trace.clone(),
    ));
    scheduler.spawn(OUTSIDE, broker.keep_time());
    scheduler.spawn(OUTSIDE, storm::bury(world.clone(), killed));
    let over = Arc::new(AtomicBool::new(false));
    let (course, told_over) = (course(world.clone()), over.clone());
    scheduler.spawn(OUTSIDE, async move {
        course.await;
        told_over.store(true, Ordering::Relaxed);
    });
    let is_broken = model.is_broken();
    let ends = || over.load(Ordering::Relaxed) || is_broken.load(Ordering::Relaxed);
    scheduler.run(ends).await;
    for fault in scheduler.faults() {
        model.accuse(Promise::Sound, fault);
    }
    let (steps, crashes) = (scheduler.polls(), world.crashes.load(Ordering::Relaxed));
    world.end();
    let (log, hash) = trace.finish();
    Report {
        seed,
        steps,
        crashes,
        broken: model.broken(),
        told: model.told(),
        log,
        hash,
    }
}

async fn course(world: World) {
    world.storms.store(true, Ordering::Relaxed);
    world.broker.set_weather(world.setting.weather);
    world.start_all();
    customers::start(&world);
    clerks::start(&world);
    world.scheduler.spawn(OUTSIDE, storm::rage(world.clone()));
    sleep(Duration::from_millis(world.setting.storm_ms)).await;
    if world.setting.control == Control::LeaseIgnoredInStorm {
        // What is right must still be so when everybody heeds leases again.
        world.broker.heed_leases();
        for (owner, ..) in world.running() {
            world.kill(owner);
        }
    }
    calm_down(&world).await;
    if !rest::settle(&world).await {
        return;
    }
    if world.setting.control.damages_a_block() && world.broker.damage_a_block() {
        begin_anew(&world).await;
        if let Err(waits) = rest::comes_to_rest(&world).await {
            // What was folded of the damage before it was seen stands on the disks.
            stop_all(&world).await;
            world.model.accuse(Promise::Rest, waits);
            return;
        }
    }
    if rest::pass_time(&world).await && bring_back_all(&world).await {
        rest::judge(&world).await;
        stop_all(&world).await;
    }
}

/// In a run that kills a process at a poll, that may be any poll up to here.
async fn bring_back_all(world: &World) -> bool {
    if world.setting.kill_at.is_none() {
        return true;
    }
    world.scheduler.spare_all();
    sleep(COMES_BACK_WITHIN).await;
    rest::settle(world).await
}

/// Nothing goes wrong from here on; everything runs.
async fn calm_down(world: &World) {
    world.trace.note("it is calm from here on");
    world.storms.store(false, Ordering::Relaxed);
    world.model.calm();
    world.broker.set_weather(Weather::CALM);
    if world.setting.kill_at.is_none() {
        world.scheduler.spare_all();
    }
    // What is to come back comes back by itself; what stopped in good order does not.
    sleep(COMES_BACK_WITHIN).await;
    world.start_all();
}

/// Kills everything, loses every store and starts again: all is read from the log.
async fn begin_anew(world: &World) {
    for (owner, ..) in world.running() {
        world.kill(owner);
    }
    for (service, replica) in world.machines_of_all() {
        if let Some(store) = world.store(service, replica) {
            store.lose();
        }
    }
    sleep(Duration::from_secs(10)).await;
}

/// Stops everything in good order; what it leaves on the disks is checked on the way.
async fn stop_all(world: &World) {
    for service in Service::ALL {
        for (owner, of, _) in world.running() {
            if of == service {
                world.stop(owner);
            }
        }
    }
    for _ in 0..120 {
        if world.running().is_empty() {
            // The last disk is checked right after its process has ended.
            sleep(Duration::from_millis(10)).await;
            return;
        }
        sleep(Duration::from_millis(500)).await;
    }
    world.model.accuse(Promise::Rest, "not every process stops");
}
