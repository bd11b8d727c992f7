//! Judges a run by what the log holds at its end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_log::{Chain, EventLog, Reader as _};
use redress_log_nats::NatsLog;
use redress_runtime::{Block, Head};
use redress_wire::{Payload, Service};

use crate::recorder::{Attempt, Outcome};

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

/// All of the log, by complaint.
#[derive(Debug, Default)]
pub struct Whole {
    /// By the bytes of the complaint id.
    pub cases: BTreeMap<Vec<u8>, History>,
    /// What is wrong with the chains of blocks.
    pub faults: Vec<String>,
    /// Events read.
    pub events: usize,
}

/// Reads the whole log.
///
/// # Panics
/// If the log cannot be read.
pub async fn read(log: &NatsLog, partitions: u32) -> Whole {
    let mut whole = Whole::default();
    for partition in 0..partitions {
        read_partition(log, partition, &mut whole).await;
    }
    whole
}

async fn read_partition(log: &NatsLog, partition: u32, whole: &mut Whole) {
    let mut end = 0;
    for service in Service::ALL {
        let last = log
            .last(Chain::Blocks { partition, service })
            .await
            .expect("the log's end");
        end = end.max(last.map_or(0, |stored| stored.sequence));
    }
    if end == 0 {
        return;
    }
    let mut heads: BTreeMap<Service, Head> = BTreeMap::new();
    let mut reader = log
        .read(partition, &Service::ALL, 1)
        .await
        .expect("a reader");
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
        for event in block.content.events {
            whole.events += 1;
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
            return;
        }
    }
}

/// Everything that broke a promise; empty if all was kept.
pub fn judge(whole: &Whole, attempts: &[Attempt], now: Timestamp) -> Vec<String> {
    let mut broken = whole.faults.clone();
    let by_request = by_request(whole);
    for attempt in attempts {
        let found = by_request
            .get(attempt.request_id.as_str())
            .map_or(&[][..], Vec::as_slice);
        match &attempt.outcome {
            Outcome::Ok { number, .. } if found != [number.as_str()] => broken.push(format!(
                "{} was answered {number}, the log has {found:?}",
                attempt.request_id
            )),
            Outcome::Accepted if found.len() != 1 => broken.push(format!(
                "{} was accepted, the log has {found:?}",
                attempt.request_id
            )),
            _ if found.len() > 1 => {
                broken.push(format!("{} is registered as {found:?}", attempt.request_id));
            }
            _ => {}
        }
    }
    let mut numbers = BTreeSet::new();
    for number in whole.cases.values().flat_map(|history| &history.numbers) {
        if !numbers.insert(number) {
            broken.push(format!("{number} was given twice"));
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
fn course(history: &History, now: Timestamp) -> Vec<String> {
    let number = &history.numbers[0];
    let mut broken = Vec::new();
    let steps = &history.steps;
    let count = |is: fn(&Payload) -> bool| steps.iter().filter(|step| is(step)).count();
    let routed = count(|step| matches!(step, Payload::CaseRouted(_)));
    let started = count(|step| matches!(step, Payload::ClocksStarted(_)));
    if routed != 1 || started != 1 {
        broken.push(format!(
            "{number} was routed {routed} times, its clocks started {started}"
        ));
    }
    let place = |is: fn(&Payload) -> bool| steps.iter().position(is);
    let at_routed = place(|step| matches!(step, Payload::CaseRouted(_)));
    let at_started = place(|step| matches!(step, Payload::ClocksStarted(_)));
    if at_routed > at_started {
        broken.push(format!("{number}'s clocks started before it was routed"));
    }
    let mut planned = BTreeSet::new();
    for step in steps {
        if let Payload::NotificationPlanned(plan) = step
            && !planned.insert(&plan.notification_id)
        {
            broken.push(format!("{} was planned twice", plan.notification_id));
        }
    }
    if planned.is_empty() {
        broken.push(format!("{number} was told to nobody"));
    }
    broken.extend(clocks(number, steps, now));
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
