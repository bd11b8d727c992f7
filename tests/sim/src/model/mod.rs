//! The reference model: what the log and the answers must be like, worked out from each message
//! as it is stored and each answer as it is given, without a line of the code under test.
//!
//! An event that this model does not know is noted and changes nothing: whoever adds one that
//! promises something adds its arm to `Inner::event`.

mod answers;
mod case;
mod chains;
mod clocks;
mod feed;
mod figures;
mod notices;
mod numbers;
mod work;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use prost::Message as _;
use redress_complaint::{ComplaintId, partition_of};
use redress_host::Clock as _;
use redress_log::{Chain, Stored};
use redress_wire::{
    Payload, Service, cloud_type,
    log::{Block, Event, NumberTake},
};

use self::{
    answers::Answers, case::Case, chains::Chains, feed::Feed, figures::Figures, numbers::Numbers,
};
pub use self::{
    answers::{Outcome, Request},
    work::{Routed, Worked},
};
use crate::{clock::WallClock, house::told_breaches, scheduler::Owner, trace::Trace};

/// Which promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// What was answered is in the log.
    Kept,
    /// Nothing is there twice.
    Once,
    /// The events of a case are complete and in order.
    Order,
    /// No number is given twice or without being taken.
    Numbers,
    /// A due clock fires once, a stopped one never.
    Clocks,
    /// People are told of what is in the log, once it is.
    Told,
    /// The blocks of a chain link to each other.
    Chain,
    /// Rows are what the log folds to.
    State,
    /// The figures are those of the log.
    Figures,
    /// Nothing panics and nothing is set aside without a reason.
    Sound,
    /// Once nothing goes wrong any more, everything is done and has its owner.
    Rest,
}

/// A promise that was broken, and how it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which one.
    pub promise: Promise,
    /// What was seen.
    pub seen: String,
}

/// The model; clones are the same one.
#[derive(Clone)]
pub struct Model {
    inner: Arc<Mutex<Inner>>,
    is_broken: Arc<AtomicBool>,
    wall: WallClock,
    trace: Trace,
}

/// By the 16 bytes of a complaint's id.
type Id = Vec<u8>;

struct Inner {
    partitions: u32,
    /// Whether a chain that does not link is a broken promise, or what is being tried.
    checks_chains: bool,
    /// The clocks whose breach somebody must be told of.
    told_breaches: BTreeSet<String>,
    chains: Chains,
    numbers: Numbers,
    cases: BTreeMap<Id, Case>,
    answers: Answers,
    figures: Figures,
    feed: Feed,
    broken: Vec<Broken>,
}

impl Model {
    /// Nothing has happened yet.
    pub(crate) fn new(partitions: u32, checks_chains: bool, wall: WallClock, trace: Trace) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                partitions,
                checks_chains,
                told_breaches: told_breaches(),
                chains: Chains::default(),
                numbers: Numbers::default(),
                cases: BTreeMap::new(),
                answers: Answers::default(),
                figures: Figures::default(),
                feed: Feed::default(),
                broken: Vec::new(),
            })),
            is_broken: Arc::default(),
            wall,
            trace,
        }
    }

    /// Set once a promise was broken.
    pub fn is_broken(&self) -> Arc<AtomicBool> {
        self.is_broken.clone()
    }

    /// What was broken so far.
    pub fn broken(&self) -> Vec<Broken> {
        self.lock().broken.clone()
    }

    /// A promise was seen broken elsewhere.
    pub fn accuse(&self, promise: Promise, seen: impl Into<String>) {
        let seen = seen.into();
        self.with(|inner| inner.broken(promise, seen));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&self) {
        self.lock().chains.is_calm = true;
    }

    /// A batch was stored: messages that follow each other.
    pub(crate) fn landed(&self, owner: Owner, batch: &[Stored]) {
        for stored in batch {
            self.trace
                .note(format!("p{owner} stored {}", summary(stored)));
        }
        self.with(|inner| inner.batch(batch));
    }

    /// Stream sequence of the last block of some services in a partition.
    pub(crate) fn last_of(&self, partition: u32, services: &[Service]) -> u64 {
        let inner = self.lock();
        let heads = services.iter().map(|&service| {
            let chain = Chain::Blocks { partition, service };
            inner.chains.head(chain).sequence
        });
        heads.max().unwrap_or(0)
    }

    fn now_us(&self) -> i64 {
        self.wall.now().as_microsecond()
    }

    fn with(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        let known = inner.broken.len();
        change(&mut inner);
        for broken in &inner.broken[known..] {
            self.trace
                .note(format!("BROKEN {:?}: {}", broken.promise, broken.seen));
            self.is_broken.store(true, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn broken(&mut self, promise: Promise, seen: impl Into<String>) {
        let seen = seen.into();
        self.broken.push(Broken { promise, seen });
    }

    fn check(&mut self, checked: Result<(), (Promise, String)>) {
        if let Err((promise, seen)) = checked {
            self.broken(promise, seen);
        }
    }

    fn batch(&mut self, batch: &[Stored]) {
        // A number may be used by a block that stands before the take in the same batch.
        for stored in batch {
            if let Chain::Numbers { day } = stored.chain {
                let taken = NumberTake::decode(stored.payload.clone());
                let checked = self.numbers.taken(day, taken.map_or(0, |take| take.next));
                self.check(checked);
            }
        }
        for stored in batch {
            if let Chain::Blocks { partition, service } = stored.chain {
                self.block(stored, partition, service);
            }
        }
    }

    fn block(&mut self, stored: &Stored, partition: u32, service: Service) {
        let Ok(block) = Block::decode(stored.payload.clone()) else {
            self.broken(Promise::Sound, "a block cannot be read");
            return;
        };
        let checked = self.chains.append(stored, &block);
        if self.checks_chains {
            self.check(checked);
        }
        for (index, event) in block.events.iter().enumerate() {
            let at = (service, partition, block.height, index);
            self.feed.recorded(at, event);
            let place = Place {
                partition,
                service,
                sequence: stored.sequence,
                consumed: block.consumed,
            };
            if let Err((promise, seen)) = self.event(place, event) {
                let what = event.payload.as_ref().map_or("nothing", cloud_type);
                let at = format!("{what} at sequence {}: {seen}", stored.sequence);
                self.broken(promise, at);
            }
        }
    }

    fn event(&mut self, place: Place, event: &Event) -> Checked {
        let Some(payload) = &event.payload else {
            return Err((Promise::Sound, "an event says nothing".to_owned()));
        };
        self.figures.count(payload);
        place.may_record(payload)?;
        match payload {
            Payload::NumbersReserved(range) => self.numbers.reserved(place.partition, range),
            Payload::NumbersVoided(range) => self.numbers.voided(place.partition, range),
            Payload::RepeatsSearched(_) | Payload::Redriven(_) | Payload::ClockRulesKept(_) => {
                Ok(())
            }
            Payload::SetAside(aside) if aside.source.starts_with("inbox/") => Ok(()),
            Payload::SetAside(aside) => {
                let seen = format!("{} is set aside: {}", aside.source, aside.reason);
                Err((Promise::Sound, seen))
            }
            Payload::ComplaintRegistered(registered) => {
                self.right_partition(place, &event.complaint_id)?;
                self.numbers.given(place.partition, &registered.number)?;
                let case = Case::registered(place, registered);
                match self.cases.insert(event.complaint_id.clone(), case) {
                    None => Ok(()),
                    Some(before) => Err((
                        Promise::Once,
                        format!(
                            "{} is registered as {} already",
                            registered.number, before.number
                        ),
                    )),
                }
            }
            payload => match self.cases.get_mut(&event.complaint_id) {
                Some(case) => case.event(place, event.time_us, payload),
                None => Err((
                    Promise::Order,
                    "of a complaint nobody registered".to_owned(),
                )),
            },
        }
    }

    fn right_partition(&self, place: Place, id: &[u8]) -> Checked {
        let id = ComplaintId::try_from(id).map_err(|e| (Promise::Sound, e.to_string()))?;
        let right = partition_of(&id, self.partitions);
        if right == place.partition {
            return Ok(());
        }
        let seen = format!("partition {right} is its own, not {}", place.partition);
        Err((Promise::Order, seen))
    }
}

/// Fine, or which promise is broken and how.
type Checked = Result<(), (Promise, String)>;

/// Where an event stands, and what its owner had folded when it decided.
#[derive(Clone, Copy, Debug)]
struct Place {
    partition: u32,
    service: Service,
    sequence: u64,
    consumed: u64,
}

impl Place {
    /// A service records its own facts only.
    fn may_record(&self, payload: &Payload) -> Checked {
        let of = cloud_type(payload).split('.').nth(1).unwrap_or_default();
        let own = self.service.name().replace('-', "_");
        if of == "ops" || of == own {
            return Ok(());
        }
        Err((Promise::Order, format!("recorded by {}", self.service)))
    }

    /// What follows from an event must have folded it.
    fn has_folded(&self, sequence: u64) -> Checked {
        if self.consumed >= sequence {
            return Ok(());
        }
        let seen = format!("decided at {} before {sequence} was folded", self.consumed);
        Err((Promise::Order, seen))
    }
}

/// An event's name, and the first bytes of whose it is.
fn named(event: &Event) -> String {
    let name = event.payload.as_ref().map_or("nothing", cloud_type);
    let name = name.rsplit('.').next().unwrap_or_default();
    let number = match &event.payload {
        Some(Payload::ComplaintRegistered(registered)) => registered.number.clone(),
        Some(Payload::CaseEvent(fact)) => format!("v{} {}", fact.version, fact.request_id),
        _ => String::new(),
    };
    format!("{name}({} {number})", short(&event.complaint_id))
}

fn short(id: &[u8]) -> String {
    let first = id.iter().take(2);
    first.fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// One line about a message; no words of customers.
fn summary(stored: &Stored) -> String {
    let sequence = stored.sequence;
    match stored.chain {
        Chain::Numbers { day } => format!("#{sequence} numbers of {day}"),
        Chain::Blocks { partition, service } => {
            let block = Block::decode(stored.payload.clone()).unwrap_or_default();
            let names: Vec<String> = block.events.iter().map(named).collect();
            format!(
                "#{sequence} {service}/{partition} height {} consumed {} {}",
                block.height,
                block.consumed,
                names.join(" ")
            )
        }
    }
}
