//! Callers: each submits a complaint, some of them twice, at once, in other words, or again after
//! no answer.

use std::{sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use redress_host::Clock as _;
use redress_wire::{Service, intake};
use tokio::time::sleep;

use crate::{
    doors,
    house::{Sample, samples},
    model::{Outcome, Request},
    process::Reach,
    scheduler::OUTSIDE,
    world::World,
};

/// After so many tries without an answer a caller gives up, while it storms.
const MOST_TRIES: u32 = 6;

/// A submission as it is sent.
#[derive(Clone)]
struct Letter {
    request: Request,
    channel: String,
    body: Bytes,
}

/// Starts all callers of the run.
pub(crate) fn start(world: &World) {
    let submissions = world.setting.submissions;
    // Few samples, so that customers complain again.
    let first = world.chance.below(samples().len() as u64) as usize;
    let known = world.chance.between(2, 20) as usize;
    for n in 0..submissions {
        let which = first + world.chance.below(known as u64) as usize;
        let sample = &samples()[which % samples().len()];
        let letter = letter(world, sample, &format!("r{n}"), &format!("r{n}"));
        let copies = if world.chance.happens(200) { 2 } else { 1 };
        for copy in 0..copies {
            let mut letter = letter.clone();
            letter.request.name = format!("r{n}.{copy}");
            call(world, letter);
        }
        if world.chance.happens(80) {
            let mut other = sample.clone();
            other.submission["description"] = "Quite another matter altogether.".into();
            let misuse = format!("r{n}.misuse");
            call(
                world,
                self::letter(world, &other, &format!("r{n}"), &misuse),
            );
        }
    }
    world.scheduler.spawn(OUTSIDE, look_around(world.clone()));
}

fn letter(world: &World, sample: &Sample, request_id: &str, name: &str) -> Letter {
    let body = sample.body(request_id);
    let rules = world.policies.intake.borrow().clone();
    let now = world.wall.now();
    let checked = doors::checked(&rules.policy, &sample.channel, &body, now)
        .expect("the shipped samples are well formed");
    Letter {
        request: Request {
            name: name.to_owned(),
            complaint: checked.register.complaint_id,
            digest: checked.register.body_digest,
        },
        channel: sample.channel.clone(),
        body,
    }
}

fn call(world: &World, letter: Letter) {
    let at = world.chance.millis(0, world.setting.storm_ms);
    world.callers.fetch_add(1, Ordering::Relaxed);
    let after = world.clone();
    world.scheduler.spawn(OUTSIDE, async move {
        sleep(at).await;
        submit(&after, letter).await;
        after.callers.fetch_sub(1, Ordering::Relaxed);
    });
}

/// Submits until there is an answer that says what became of it.
async fn submit(world: &World, letter: Letter) {
    let mut tries = 0;
    loop {
        let outcome = once(world, &letter).await;
        world.model.answered(&letter.request, &outcome);
        tries += 1;
        let answered = outcome != Outcome::Unknown;
        // Some ask again although they were answered.
        let insists = world.chance.happens(50);
        let tired = tries >= MOST_TRIES && world.storms.load(Ordering::Relaxed);
        if (answered && !insists) || tired || tries > 200 {
            return;
        }
        sleep(world.chance.millis(10, 1_500)).await;
    }
}

async fn once(world: &World, letter: &Letter) -> Outcome {
    let doors = world.reachable(Service::Intake);
    if doors.is_empty() {
        sleep(Duration::from_millis(200)).await;
        return Outcome::Unknown;
    }
    let (place, reach) = world.chance.pick(&doors).clone();
    let Reach::Intake(handle) = reach else {
        return Outcome::Unknown;
    };
    let (owner, channel, body) = (place.owner, letter.channel.clone(), letter.body.clone());
    let submitted = doors::submit(place, handle, channel, body);
    let answer = world.broker.request(owner, Box::pin(submitted)).await;
    answer.unwrap_or(Outcome::Unknown)
}

/// Asks now and then what is known of a complaint, or where a service stands.
async fn look_around(world: World) {
    while world.storms.load(Ordering::Relaxed) {
        sleep(world.chance.millis(50, 1_000)).await;
        let service = *world.chance.pick(&Service::ALL);
        let reachable = world.reachable(service);
        if reachable.is_empty() {
            continue;
        }
        let (place, reach) = world.chance.pick(&reachable).clone();
        let (asking, owner) = (world.clone(), place.owner);
        let look = async move {
            if let Reach::Intake(handle) = reach {
                look_up(&asking, &handle).await;
            } else {
                // Only whether it answers or gives up in time.
                drop(reach.status(false).await);
            }
        };
        world.broker.request(owner, look).await;
    }
}

async fn look_up(
    world: &World,
    handle: &redress_runtime::Handle<redress_intake::IntakeCore, crate::broker::SimPeers>,
) {
    let registered = world.model.registered();
    if registered.is_empty() {
        return;
    }
    let (_, number) = world.chance.pick(&registered).clone();
    let query = intake::Query {
        query: Some(intake::query::Query::Number(number.clone())),
    };
    // A partition may have no owner right now: then there is nothing to compare.
    for (_, found) in handle.query_all(&query).await.unwrap_or_default() {
        if let Some(place) = found.place {
            world
                .model
                .found(&place.complaint_id, &number, place.sequence);
        }
    }
}
