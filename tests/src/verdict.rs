//! Judges a run by what the log holds at its end.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use redress_log::{Chain, EventLog, LogError, Reader as _};
use redress_log_nats::NatsLog;
use redress_runtime::{Block, Head};
use redress_wire::{Payload, Service, log::Event};
use tokio::time::{Instant, sleep};

use crate::recorder::{Attempt, Outcome};

/// So long the log may be without an answer: the time of some elections.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What the log says about one complaint.
#[derive(Debug, Default)]
pub struct History {
    /// Request ids, of each time it was registered.
    pub registered: Vec<String>,
    /// Numbers, of each time it was registered.
    pub numbers: Vec<String>,
    /// What else happened, in order.
    pub steps: Vec<Payload>,
}

/// Which promise something breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// What was acknowledged is there, and everything that follows from it.
    NothingLost,
    /// Once registered, routed, numbered, told.
    NothingDoubled,
    /// Causes before effects, blocks in a chain.
    Order,
    /// Due clocks fire, once; stopped ones are silent.
    Clocks,
    /// Who owns what comes to rest.
    Rest,
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which one.
    pub promise: Promise,
    /// How.
    pub how: String,
}

impl Broken {
    fn new(promise: Promise, how: String) -> Self {
        Self { promise, how }
    }
}

/// All of the log, by complaint.
#[derive(Debug, Default)]
pub struct Whole {
    /// When the reading began: what was due by then has to be in it.
    pub read_at: Timestamp,
    /// By the bytes of the complaint id.
    pub cases: BTreeMap<Vec<u8>, History>,
    /// What is wrong with the chains of blocks.
    pub faults: Vec<String>,
    /// Events read.
    pub events: usize,
    /// By how much clocks warned and fired too late, in microseconds.
    pub late_us: Vec<i64>,
    /// Members that wrote any block.
    pub writers: BTreeSet<String>,
    /// How often a partition of a service went back to a member that had owned it before.
    pub returns: BTreeMap<(Service, u32), usize>,
}

/// Reads the whole log.
///
/// # Panics
/// If the log cannot be read.
pub async fn read(log: &NatsLog, partitions: u32) -> Whole {
    let mut whole = Whole {
        read_at: now(),
        ..Whole::default()
    };
    for partition in 0..partitions {
        read_partition(log, partition, &mut whole).await;
    }
    whole
}

/// Reads the log until every accepted complaint was registered and every registered case was
/// routed, has its clocks, and its clocks have fired, or until time is up: what is still broken
/// then is for the verdict to say.
///
/// # Panics
/// If the log cannot be read.
pub async fn settled(
    log: &NatsLog,
    partitions: u32,
    attempts: &[Attempt],
    within: Duration,
) -> Whole {
    let until = Instant::now() + within;
    loop {
        let whole = read(log, partitions).await;
        let cases = whole.cases.values();
        let told = cases
            .filter(|case| !case.registered.is_empty())
            .all(|case| {
                let planned = |step: &Payload| matches!(step, Payload::NotificationPlanned(_));
                case.steps.iter().any(planned)
            });
        let done = told && judge(&whole, attempts, whole.read_at).is_empty();
        if done || Instant::now() >= until {
            return whole;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// The time by the clock of whoever judges.
#[expect(
    clippy::disallowed_methods,
    reason = "the recorder stands outside of the platform"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Who owned a partition of a service.
#[derive(Default)]
struct Owners {
    last: String,
    all: BTreeSet<String>,
    returns: usize,
}

impl Owners {
    fn wrote(&mut self, owner: &str) {
        if owner != self.last {
            owner.clone_into(&mut self.last);
            self.returns += usize::from(!self.all.insert(owner.to_owned()));
        }
    }
}

/// Asks until there is an answer: a broker that was just killed may still be choosing a leader.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, LogError>) -> T {
    let until = Instant::now() + ANSWER_WITHIN;
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < until, "the log: {error}"),
        }
        sleep(Duration::from_millis(100)).await;
    }
}

async fn read_partition(log: &NatsLog, partition: u32, whole: &mut Whole) {
    let mut end = 0;
    for service in Service::ALL {
        let chain = Chain::Blocks { partition, service };
        let last = patiently(async || log.last(chain).await).await;
        end = end.max(last.map_or(0, |stored| stored.sequence));
    }
    if end == 0 {
        return;
    }
    let mut heads: BTreeMap<Service, Head> = BTreeMap::new();
    let mut owners: BTreeMap<Service, Owners> = BTreeMap::new();
    let mut reader = patiently(async || log.read(partition, &Service::ALL, 1).await).await;
    loop {
        let stored = reader.next().await.expect("the log");
        let block = Block::decode(&stored).expect("a block");
        let head = heads.entry(block.service).or_default();
        if let Err(broken) = head.check(partition, block.service, block.sequence, &block.content) {
            whole.faults.push(broken.to_string());
        }
        *head = Head {
            sequence: block.sequence,
            hash: block.hash,
            height: block.content.height,
            consumed: block.content.consumed,
        };
        whole.writers.insert(block.content.owner.clone());
        owners
            .entry(block.service)
            .or_default()
            .wrote(&block.content.owner);
        for event in block.content.events {
            whole.events += 1;
            whole.late_us.extend(lateness(&event));
            let history = whole.cases.entry(event.complaint_id).or_default();
            match event.payload {
                Some(Payload::ComplaintRegistered(c)) => {
                    history.registered.push(c.request_id);
                    history.numbers.push(c.number);
                }
                Some(payload) => history.steps.push(payload),
                None => {}
            }
        }
        if block.sequence >= end {
            break;
        }
    }
    // Who reads again and again would leave a reader behind each time.
    reader.close().await;
    let returns = owners.into_iter();
    let returns = returns.map(|(service, owners)| ((service, partition), owners.returns));
    whole.returns.extend(returns);
}

/// By how much a clock warned or fired too late.
fn lateness(event: &Event) -> Option<i64> {
    match &event.payload {
        Some(Payload::ClockWarned(warned)) => Some(event.time_us - warned.warn_at_us),
        Some(Payload::ClockBreached(breached)) => Some(event.time_us - breached.due_at_us),
        _ => None,
    }
}

/// Everything that broke a promise; empty if all was kept.
pub fn judge(whole: &Whole, attempts: &[Attempt], now: Timestamp) -> Vec<Broken> {
    let chains = whole.faults.iter().cloned();
    let mut broken: Vec<Broken> = chains.map(|how| Broken::new(Promise::Order, how)).collect();
    let by_request = by_request(whole);
    for attempt in attempts {
        let found = by_request
            .get(attempt.request_id.as_str())
            .map_or(&[][..], Vec::as_slice);
        broken.extend(kept(attempt, found));
    }
    let mut numbers = BTreeSet::new();
    for number in whole.cases.values().flat_map(|history| &history.numbers) {
        if !numbers.insert(number) {
            let how = format!("{number} was given twice");
            broken.push(Broken::new(Promise::NothingDoubled, how));
        }
    }
    for history in whole
        .cases
        .values()
        .filter(|history| !history.registered.is_empty())
    {
        broken.extend(course(history, now));
    }
    broken
}

/// The partitions that went back to an earlier owner more than `most` times.
pub fn restless(whole: &Whole, most: usize) -> Vec<Broken> {
    let restless = whole.returns.iter().filter(|(_, times)| **times > most);
    let how = restless.map(|((service, partition), times)| {
        format!("partition {partition} of {service} went back to an earlier owner {times} times")
    });
    how.map(|how| Broken::new(Promise::Rest, how)).collect()
}

/// What is wrong with what became of a request, given the numbers that it has in the log.
fn kept(attempt: &Attempt, found: &[&str]) -> Option<Broken> {
    let request = &attempt.request_id;
    if found.len() > 1 {
        let how = format!("{request} is registered as {found:?}");
        return Some(Broken::new(Promise::NothingDoubled, how));
    }
    let how = match &attempt.outcome {
        Outcome::Ok { number, .. } if found != [number.as_str()] => {
            format!("{request} was answered {number}, the log has {found:?}")
        }
        Outcome::Accepted if found.is_empty() => {
            format!("{request} was accepted, the log has nothing of it")
        }
        _ => return None,
    };
    Some(Broken::new(Promise::NothingLost, how))
}

fn by_request(whole: &Whole) -> BTreeMap<&str, Vec<&str>> {
    let mut by_request: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for history in whole.cases.values() {
        for (request, number) in history.registered.iter().zip(&history.numbers) {
            by_request.entry(request).or_default().push(number);
        }
    }
    by_request
}

/// What is wrong with the course of one case.
fn course(history: &History, now: Timestamp) -> Vec<Broken> {
    let number = &history.numbers[0];
    let mut broken = Vec::new();
    let steps = &history.steps;
    let count = |is: fn(&Payload) -> bool| steps.iter().filter(|step| is(step)).count();
    let routed = count(|step| matches!(step, Payload::CaseRouted(_)));
    let started = count(|step| matches!(step, Payload::ClocksStarted(_)));
    if routed != 1 || started != 1 {
        let how = format!("{number} was routed {routed} times, its clocks started {started}");
        let promise = if routed > 1 || started > 1 {
            Promise::NothingDoubled
        } else {
            Promise::NothingLost
        };
        broken.push(Broken::new(promise, how));
    }
    let place = |is: fn(&Payload) -> bool| steps.iter().position(is);
    let at_routed = place(|step| matches!(step, Payload::CaseRouted(_)));
    let at_started = place(|step| matches!(step, Payload::ClocksStarted(_)));
    if at_routed > at_started {
        let how = format!("{number}'s clocks started before it was routed");
        broken.push(Broken::new(Promise::Order, how));
    }
    let mut planned = BTreeSet::new();
    for step in steps {
        if let Payload::NotificationPlanned(plan) = step
            && !planned.insert(&plan.notification_id)
        {
            let how = format!("{} was planned twice", plan.notification_id);
            broken.push(Broken::new(Promise::NothingDoubled, how));
        }
    }
    if planned.is_empty() {
        let how = format!("{number} was told to nobody");
        broken.push(Broken::new(Promise::NothingLost, how));
    }
    let clocks = clocks(number, steps, now).into_iter();
    broken.extend(clocks.map(|how| Broken::new(Promise::Clocks, how)));
    broken
}

/// A stopped clock is silent, a due clock fired once, and none fired early.
fn clocks(number: &str, steps: &[Payload], now: Timestamp) -> Vec<String> {
    let mut broken = Vec::new();
    let mut due: BTreeMap<&str, i64> = BTreeMap::new();
    let mut over: BTreeSet<&str> = BTreeSet::new();
    let mut fired: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for step in steps {
        match step {
            Payload::ClocksStarted(started) => {
                for clock in &started.clocks {
                    due.insert(&clock.clock, clock.due_at_us);
                    if clock.met_at_us.is_some() {
                        over.insert(&clock.clock);
                    }
                }
            }
            Payload::ClockStopped(stopped) => {
                over.insert(&stopped.clock);
            }
            Payload::ClockWarned(warned) => {
                *fired
                    .entry((&warned.clock, i64::from(warned.point)))
                    .or_default() += 1;
                if over.contains(warned.clock.as_str()) {
                    broken.push(format!(
                        "{number}: {} warned after it stopped",
                        warned.clock
                    ));
                }
            }
            Payload::ClockBreached(breached) => {
                *fired.entry((&breached.clock, -1)).or_default() += 1;
                if over.contains(breached.clock.as_str()) {
                    broken.push(format!(
                        "{number}: {} fired after it stopped",
                        breached.clock
                    ));
                }
            }
            _ => {}
        }
    }
    for ((clock, point), times) in &fired {
        if *times > 1 {
            broken.push(format!(
                "{number}: {clock} fired {times} times at point {point}"
            ));
        }
    }
    for (clock, due_at) in due {
        let is_due = due_at <= now.as_microsecond() && !over.contains(clock);
        if is_due && !fired.contains_key(&(clock, -1)) {
            broken.push(format!("{number}: {clock} was due and never fired"));
        }
    }
    broken
}
