//! What must hold once nothing goes wrong any more, and what must hold of a disk at any time.

use std::{sync::atomic::Ordering, time::Duration};

use jiff::SignedDuration;
use redress_host::Clock as _;
use redress_log::{Chain, EventLog as _};
use redress_runtime::{Core, assign, rebuild};
use redress_store::{Rows, Store as _, state_hash};
use redress_wire::{Service, analytics, peer::Status};
use tokio::time::{Instant, sleep};

use crate::{
    model::Promise,
    process::{Reach, reads, with_core},
    store::SimStore,
    world::World,
};

/// Without faults everything is done after this long, or it never will be.
const LONGEST: Duration = Duration::from_mins(5);
/// Nothing was stored for so long: nothing is under way any more.
const STILL: Duration = Duration::from_secs(3);

/// Compares every row of a disk with what the log folds to, at the place that the disk says.
pub(crate) async fn check_store(world: &World, service: Service, replica: usize) {
    let Some(store) = world.store(service, replica) else {
        return;
    };
    for partition in store.held() {
        if !store.is_damaged(partition) {
            let checked = with_core!(service, C => check_rows::<C>(world, &store, partition).await);
            if let Err(seen) = checked {
                let seen = format!("the store of {service}-{replica}/{partition}: {seen}");
                world.model.accuse(Promise::State, seen);
            }
        }
    }
}

async fn check_rows<C: Core>(
    world: &World,
    store: &SimStore,
    partition: u32,
) -> Result<(), String> {
    let log = world.broker.stored_log();
    let rows = store.partition(partition).map_err(|e| e.to_string())?;
    let rows = Rows::open(rows).map_err(|e| e.to_string())?;
    let Some(mark) = rows.mark().copied() else {
        return Ok(());
    };
    if mark.own_seq > 0 {
        let stored = log
            .at(partition, mark.own_seq)
            .await
            .map_err(|e| e.to_string())?;
        let is_its = |payload: &[u8]| *blake3::hash(payload).as_bytes() == mark.own_hash;
        if !stored.is_some_and(|stored| is_its(&stored.payload)) {
            return Err(format!(
                "it is at {}, which the log does not hold",
                mark.own_seq
            ));
        }
    }
    let hash = state_hash(&rows).map_err(|e| e.to_string())?;
    compare::<C>(world, partition, (mark.own_seq, mark.consumed), &hash).await
}

async fn compare<C: Core>(
    world: &World,
    partition: u32,
    (own, consumed): (u64, u64),
    hash: &[u8],
) -> Result<(), String> {
    let log = world.broker.stored_log();
    let rebuilt = rebuild::<C, _>(log, partition, own, consumed).await?;
    let folded = state_hash(&rebuilt.rows).map_err(|e| e.to_string())?;
    if folded == hash {
        return Ok(());
    }
    Err(format!(
        "its rows at {own}, inputs up to {consumed}, are not those of the log"
    ))
}

/// Waits until nothing is under way; false, and a broken promise, if that never comes.
pub(crate) async fn settle(world: &World) -> bool {
    let waits = comes_to_rest(world).await;
    if let Err(waits) = &waits {
        world
            .model
            .accuse(Promise::Rest, format!("it does not come to rest: {waits}"));
    }
    waits.is_ok()
}

/// Waits until nothing is under way.
///
/// # Errors
/// That never comes: what is still to be done.
pub(crate) async fn comes_to_rest(world: &World) -> Result<(), String> {
    let until = Instant::now() + LONGEST;
    let mut before = world.broker.length();
    let mut since = Instant::now();
    let mut waits = "the log grows and grows".to_owned();
    while Instant::now() < until {
        sleep(Duration::from_millis(500)).await;
        let length = world.broker.length();
        if length != before {
            (before, since) = (length, Instant::now());
        }
        if since.elapsed() >= STILL {
            match unsettled(world).await {
                None => return Ok(()),
                Some(what) => waits = what,
            }
        }
    }
    Err(waits)
}

/// What is still to be done.
async fn unsettled(world: &World) -> Option<String> {
    let callers = world.callers.load(Ordering::Relaxed);
    if callers > 0 {
        return Some(format!("{callers} callers wait"));
    }
    if let Some(waits) = world.model.unfed() {
        return Some(waits);
    }
    let left = world.broker.left();
    if left > 0 {
        return Some(format!("{left} complaints are in the inbox"));
    }
    for service in Service::ALL {
        let statuses = match statuses(world, service, false).await {
            Ok(statuses) => statuses,
            Err(reason) => return Some(format!("{service}: {reason}")),
        };
        for status in statuses {
            let last = world.model.last_of(status.partition, reads(service));
            if status.consumed < last {
                let Status {
                    partition,
                    consumed,
                    ..
                } = status;
                return Some(format!("{service}/{partition} is at {consumed} of {last}"));
            }
        }
    }
    None
}

async fn statuses(world: &World, service: Service, with_hash: bool) -> Result<Vec<Status>, String> {
    let reachable = world.reachable(service);
    let (_, reach) = reachable.first().ok_or("no replica takes calls")?;
    reach.status(with_hash).await
}

/// Lets the time of day go by, past every deadline.
pub(crate) async fn pass_time(world: &World) -> bool {
    for hours in [1, 3, 20, 80, 24 * 30] {
        world.trace.note(format!("{hours} hours pass"));
        world.wall.jump(SignedDuration::from_hours(hours));
        // Processes look at the clock at least this often.
        sleep(Duration::from_millis(1_500)).await;
        if !settle(world).await {
            return false;
        }
    }
    true
}

/// Compares what the services hold and answer with the log and the model.
pub(crate) async fn judge(world: &World) {
    world.model.at_rest(world.wall.now().as_microsecond());
    for service in Service::ALL {
        let mut judged = Ok(false);
        for _ in 0..=world.setting.partitions {
            judged = with_core!(service, C => judge_service::<C>(world, service).await);
            if judged != Ok(false) || !settle(world).await {
                break;
            }
        }
        match judged {
            Ok(true) => {}
            Ok(false) => world
                .model
                .accuse(Promise::Rest, format!("{service}: rows stay bad")),
            Err((promise, seen)) => world.model.accuse(promise, format!("{service}: {seen}")),
        }
    }
    let figures = world.reachable(Service::Analytics);
    if let Some((_, Reach::Analytics(handle))) = figures.first() {
        match handle.query_all(&analytics::Query::default()).await {
            Ok(found) => {
                let days = found.iter().flat_map(|(_, found)| &found.days);
                world.model.compare(&redress_analytics::total(days));
            }
            Err(refusal) => world.model.accuse(Promise::Rest, refusal.message),
        }
    }
}

/// False if rows could not be read: then they are rebuilt, and it is to be judged again.
async fn judge_service<C: Core>(
    world: &World,
    service: Service,
) -> Result<bool, (Promise, String)> {
    let rest = |seen: String| (Promise::Rest, seen);
    let statuses = statuses(world, service, true).await.map_err(rest)?;
    let view = world.broker.view(service).await;
    let assigned = assign(&view.members, world.setting.partitions);
    for status in statuses {
        let id = status.partition;
        let chain = Chain::Blocks {
            partition: id,
            service,
        };
        let last = world.broker.stored_log().last(chain).await;
        let last = last.ok().flatten().map_or(0, |stored| stored.sequence);
        if status.own_sequence != last {
            let seen = format!("{id} is at {} of its own {last}", status.own_sequence);
            return Err((Promise::State, seen));
        }
        if status.state_hash.is_empty() {
            // Its rows went bad in the storm, and this was the first look at them.
            return Ok(false);
        }
        let place = (status.own_sequence, status.consumed);
        compare::<C>(world, id, place, &status.state_hash)
            .await
            .map_err(|seen| (Promise::State, format!("{id}: {seen}")))?;
        if assigned.get(&id) != Some(&status.owner.as_str()) {
            let seen = format!(
                "{id} is {}'s and assigned to {:?}",
                status.owner,
                assigned.get(&id)
            );
            return Err(rest(seen));
        }
    }
    Ok(true)
}
