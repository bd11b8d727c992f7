//! What happens to processes while it storms.

use std::{sync::atomic::Ordering, time::Duration};

use jiff::SignedDuration;
use redress_wire::Service;
use tokio::{sync::mpsc, time::sleep};

use crate::{
    house::houses,
    scheduler::{OUTSIDE, Owner},
    world::World,
};

/// Sees to the processes that the scheduler killed.
pub(crate) async fn bury(world: World, mut killed: mpsc::UnboundedReceiver<Owner>) {
    while let Some(owner) = killed.recv().await {
        world.died(owner);
    }
}

/// Something that happens.
type Mishap = fn(&World);

/// Does one thing after the other, until the storm is over.
pub(crate) async fn rage(world: World) {
    let mishaps = world.setting.mishaps;
    if mishaps.every_ms == 0 {
        return;
    }
    let all: [(u64, Mishap); 10] = [
        (mishaps.kill, kill),
        (mishaps.pause, pause),
        (mishaps.stop, stop),
        (mishaps.restart_broker, restart_broker),
        (mishaps.expire_lease, expire_lease),
        (mishaps.jump, jump),
        (mishaps.change_policy, change_policy),
        (mishaps.damage_store, damage_store),
        (mishaps.snapshot, snapshot),
        (mishaps.trim, trim),
    ];
    let sum: u64 = all.iter().map(|(weight, _)| weight).sum();
    while sum > 0 && world.storms.load(Ordering::Relaxed) {
        sleep(world.chance.millis(1, 2 * mishaps.every_ms)).await;
        let mut drawn = world.chance.below(sum);
        let chosen = all.iter().find(|(weight, _)| {
            let hit = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            hit
        });
        if let Some((_, happen)) = chosen.filter(|_| world.storms.load(Ordering::Relaxed)) {
            happen(&world);
        }
    }
}

fn somebody(world: &World) -> Option<Owner> {
    let running = world.running();
    (!running.is_empty()).then(|| world.chance.pick(&running).0)
}

fn kill(world: &World) {
    if let Some(owner) = somebody(world) {
        world.kill(owner);
    }
}

fn pause(world: &World) {
    let Some(owner) = somebody(world) else { return };
    let paused = Duration::from_millis(*world.chance.pick(&[200, 2_000, 9_000]));
    world
        .trace
        .note(format!("p{owner} is paused for {paused:?}"));
    world.scheduler.pause(owner, true);
    let after = world.clone();
    world.scheduler.spawn(OUTSIDE, async move {
        sleep(paused).await;
        after.trace.note(format!("p{owner} goes on"));
        after.scheduler.pause(owner, false);
    });
}

fn stop(world: &World) {
    let Some(owner) = somebody(world) else { return };
    world.stop(owner);
    let after = world.clone();
    world.scheduler.spawn(OUTSIDE, async move {
        // What does not stop in time is killed, as by whoever runs it.
        sleep(Duration::from_secs(15)).await;
        after.kill(owner);
    });
}

fn restart_broker(world: &World) {
    let away = Duration::from_millis(*world.chance.pick(&[20, 300, 3_000]));
    let broker = world.broker.clone();
    world
        .scheduler
        .spawn(OUTSIDE, async move { broker.restart(away).await });
}

fn expire_lease(world: &World) {
    let running = world.running();
    if !running.is_empty() {
        let (_, service, member) = world.chance.pick(&running);
        world.broker.expire(*service, member);
    }
}

fn jump(world: &World) {
    let minutes = *world.chance.pick(&[1, 30, 130, 600, 1_500]);
    world
        .trace
        .note(format!("the time of day jumps by {minutes} minutes"));
    world.wall.jump(SignedDuration::from_mins(minutes));
}

fn change_policy(world: &World) {
    world.trace.note("the policy changes");
    world.policies.change(world.chance.pick(houses()));
}

/// Rows go bad under a process that runs.
fn damage_store(world: &World) {
    let machines = world.machines_of_all();
    let (service, replica) = *world.chance.pick(&machines);
    let Some(store) = world.store(service, replica) else {
        return;
    };
    let held = store.held();
    if !held.is_empty() {
        let partition = *world.chance.pick(&held);
        world.trace.note(format!(
            "rows of {service}-{replica}/{partition} are damaged"
        ));
        store.damage(partition);
    }
}

/// Somebody wants snapshots, and does not mind if none are made.
fn snapshot(world: &World) {
    let service = *world.chance.pick(&Service::ALL);
    let reachable = world.reachable(service).into_iter().next();
    let Some((_, reach)) = reachable else { return };
    let wanted = format!("snapshots of {service} are wanted");
    world.trace.note(wanted);
    world.scheduler.spawn(OUTSIDE, async move {
        drop(reach.snapshot().await);
    });
}

/// Somebody has snapshots made of everything, and a while later takes off what no longer rests on
/// the log.
fn trim(world: &World) {
    world.trace.note("the log is to be trimmed");
    let world = world.clone();
    let scheduler = world.scheduler.clone();
    scheduler.spawn(OUTSIDE, async move {
        for service in Service::ALL {
            if let Some((_, reach)) = world.reachable(service).into_iter().next() {
                drop(reach.snapshot().await);
            }
        }
        sleep(world.chance.millis(100, 4_000)).await;
        for partition in 0..world.setting.partitions {
            world.broker.trim(partition);
        }
    });
}
