//! Publishes what a service's chains say to outside subscribers.
//!
//! Whoever owns a partition reads its chain from the log, behind the rounds and apart from them:
//! nothing waits for it, and while no event is wanted it does not run. Events and the mark of how
//! far it has come go out in one atomic batch that expects the mark before. So every event is
//! published once and in its order, whatever is killed in between; and whoever was overtaken, or
//! does not know whether a batch was stored, begins again at the mark.

mod bulletin;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use redress_host::{Clock, metrics::Counter};
use redress_log::{EventLog, Feed, LogError, Place};
use redress_wire::Service;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use self::bulletin::{Backlog, Bulletin};
use crate::{
    halt::Halt,
    inputs::Heads,
    reader::{Inputs, Reading, read_on},
    tasks::{Task, Tasks},
};

/// Gathers so long before it publishes: subscribers get an event within a second, and the broker
/// pays for two batches a second of each service at most.
const LINGER: Duration = Duration::from_millis(400);
/// How often it looks which partitions are owned here.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Blocks read ahead: 8 MiB at most, for a block closes at 256 KiB.
const READ_AHEAD: usize = 32;
/// After a failure it pauses, doubling up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// A mark is at most so old, also when nothing was to be published: a restart reads little then.
const MARK_EVERY: Duration = Duration::from_mins(1);

/// What a publisher is made of.
pub struct FeedParts<L: EventLog, F: Feed> {
    /// The log.
    pub log: L,
    /// The feed.
    pub feed: F,
    /// Whose chains.
    pub service: Service,
    /// Number of partitions of the installation.
    pub partitions: u32,
    /// Whether a partition is owned here.
    pub owns: Arc<dyn Fn(u32) -> bool + Send + Sync>,
    /// Which events are wanted, by the last word of their subjects.
    pub wanted: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where its readers run.
    pub tasks: Arc<dyn Tasks>,
    /// Counts what was published.
    pub published: Counter,
}

/// Publishes until `stop`.
pub async fn publish_feed<L: EventLog, F: Feed>(parts: FeedParts<L, F>, stop: CancellationToken) {
    let publisher = Publisher::new(parts);
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = publisher.run() => {}
    }
}

/// A partition that is published here.
struct Held {
    /// Its reader; none after what was read did not follow.
    reading: Option<Task>,
    /// Tells what was read for it from what was read before it was taken up again.
    life: u64,
    /// Where its chain stands, as far as it was read.
    read: Heads,
    /// Sequence of the mark; 0 if there is none.
    mark: u64,
    /// How far it has come; the mark follows.
    place: Place,
    marked: Instant,
    /// The mark is behind the place.
    moved: bool,
}

struct Publisher<L: EventLog, F: Feed> {
    parts: FeedParts<L, F>,
    held: BTreeMap<u32, Held>,
    /// Counts how often partitions were taken up.
    lives: u64,
    inputs: mpsc::Receiver<Inputs>,
    inputs_tx: mpsc::Sender<Inputs>,
    backlog: Backlog,
    pause: Duration,
}

impl<L: EventLog, F: Feed> Publisher<L, F> {
    fn new(parts: FeedParts<L, F>) -> Self {
        let (inputs_tx, inputs) = mpsc::channel(READ_AHEAD);
        Self {
            parts,
            held: BTreeMap::new(),
            lives: 0,
            inputs,
            inputs_tx,
            backlog: Backlog::default(),
            pause: PAUSE,
        }
    }

    async fn run(mut self) {
        loop {
            self.look().await;
            self.gather().await;
            while self.has_news() {
                let oldest = self.parts.clock.now() - redress_log::FEED_KEEPS;
                let wanted = self.parts.wanted.clone();
                let bulletin = self.backlog.next(self.parts.service, oldest, &*wanted);
                self.publish(bulletin).await;
            }
        }
    }

    /// Takes up partitions that are owned here now, and leaves those that are not.
    async fn look(&mut self) {
        for partition in 0..self.parts.partitions {
            match (
                (self.parts.owns)(partition),
                self.held.contains_key(&partition),
            ) {
                (true, false) => {
                    if let Err(fault) = self.take_up(partition).await {
                        warn!(partition, %fault, "the feed is asked again where it stands");
                        self.rest().await;
                        return;
                    }
                }
                (false, true) => self.leave(partition),
                _ => {}
            }
        }
    }

    async fn take_up(&mut self, partition: u32) -> Result<(), LogError> {
        let FeedParts {
            log, feed, service, ..
        } = &self.parts;
        let identity = log.identity(partition).await?;
        let (mark, place) = feed.mark(*service, partition).await?.unwrap_or_default();
        // A mark in another log says nothing about this one.
        let place = if place.log == identity {
            place
        } else {
            Place::default()
        };
        let place = Place {
            log: identity,
            ..place
        };
        self.lives += 1;
        let reading = Reading {
            partition,
            life: self.lives,
            services: only(*service),
            from: place.sequence.max(1),
            identity,
            inputs: self.inputs_tx.clone(),
        };
        let reader = Box::pin(read_on(log.clone(), reading));
        let held = Held {
            reading: Some(self.parts.tasks.spawn(reader)),
            life: self.lives,
            read: Heads::anywhere(),
            mark,
            place,
            marked: Instant::now(),
            moved: false,
        };
        self.held.insert(partition, held);
        Ok(())
    }

    fn leave(&mut self, partition: u32) {
        if self.held.remove(&partition).is_some() {
            self.backlog.forget(partition);
        }
    }

    /// Reads for a while, longer while nothing comes.
    async fn gather(&mut self) {
        let mut until = Instant::now() + LOOK_EVERY;
        while !self.backlog.is_full() {
            let Ok(Some(read)) = timeout_at(until, self.inputs.recv()).await else {
                return;
            };
            if self.backlog.is_empty() {
                until = Instant::now() + LINGER;
            }
            self.read(read);
        }
    }

    fn read(&mut self, inputs: Inputs) {
        let partition = inputs.partition;
        let held = self.held.get_mut(&partition);
        // A reader that was left may still deliver: what it read is read again from the mark on.
        let Some(held) = held.filter(|held| held.life == inputs.life) else {
            return;
        };
        let followed = inputs.block.and_then(|block| {
            let followed = held.read.follow(&block);
            followed.map(|()| block).map_err(Halt::from)
        });
        match followed {
            Ok(block) => {
                let done = if block.sequence == held.place.sequence {
                    held.place.events as usize
                } else {
                    0
                };
                self.backlog.add(partition, block, done);
            }
            Err(fault) => {
                error!(partition, %fault, "the feed of the partition ends here");
                held.reading = None;
            }
        }
    }

    fn has_news(&self) -> bool {
        let overdue = |held: &Held| held.moved && held.marked.elapsed() >= MARK_EVERY;
        !self.backlog.is_empty() || self.held.values().any(overdue)
    }

    async fn publish(&mut self, bulletin: Bulletin) {
        for (partition, (sequence, events)) in &bulletin.places {
            if let Some(held) = self.held.get_mut(partition) {
                (held.place.sequence, held.place.events) = (*sequence, *events);
                held.moved = true;
            }
        }
        let overdue = self
            .held
            .values()
            .any(|h| h.moved && h.marked.elapsed() >= MARK_EVERY);
        if bulletin.events.is_empty() && !overdue {
            return;
        }
        let marks = bulletin::marks(self.parts.service, &self.held);
        match self.parts.feed.publish(&bulletin.events, &marks).await {
            Ok(sequences) => {
                self.parts.published.inc_by(bulletin.events.len() as u64);
                self.pause = PAUSE;
                for (mark, sequence) in marks.iter().zip(sequences) {
                    if let Some(held) = self.held.get_mut(&mark.partition) {
                        (held.mark, held.moved, held.marked) = (sequence, false, Instant::now());
                    }
                }
            }
            Err(fault) => {
                warn!(%fault, "the feed begins again at its marks");
                let held: Vec<u32> = self.held.keys().copied().collect();
                for partition in held {
                    self.leave(partition);
                }
                self.rest().await;
            }
        }
    }

    async fn rest(&mut self) {
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}

/// A service as the list that readers take.
fn only(service: Service) -> &'static [Service] {
    static ALL: [Service; Service::ALL.len()] = Service::ALL;
    let one = ALL.iter().position(|one| *one == service);
    one.map_or(&[], |at| &ALL[at..=at])
}
