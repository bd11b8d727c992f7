//! The loop that owns the partitions of a process: gathers, decides, commits, answers.

mod behind;
mod bring_in;
mod copies;
mod gather;
mod holdings;
mod leaving;
mod looks;
mod rounds;
mod rows;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redress_host::{Clock, RuntimeMetrics, policy_dir::PolicyReceiver};
use redress_log::EventLog;
use redress_store::{Flushed, Store};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::error;

use self::{copies::Copies, leaving::Leaving};
use crate::{
    Block, Core, NumberDesk,
    flights::Flights,
    halt::Halt,
    partition::Partition,
    reader::Inputs,
    request::{Change, Look},
    tasks::{Task, Tasks},
};

/// How rounds are paced.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a round gathers after its first input.
    pub linger: Duration,
    /// How long a round gathers at most once somebody waits for it, from when that one came: what
    /// came while the round before was on its way into the log has had company.
    pub change_linger: Duration,
    /// Changes that a round takes at most; the rest wait for the next one.
    pub max_changes: usize,
    /// Changes that wait at most; more are told to come again.
    pub queue: usize,
    /// Events of inputs that may be folded before a block says so, also one without events: whoever
    /// follows a partition folds up to what its last block says, and has the rest still before it
    /// when it takes over.
    pub untold_most: usize,
}

impl Pace {
    /// See [`Pace::untold_most`]: some tenths of a second of folding.
    pub const UNTOLD_MOST: usize = 4096;
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            linger: Duration::from_millis(2),
            change_linger: Duration::from_millis(2),
            max_changes: 2_000,
            queue: 20_000,
            untold_most: Self::UNTOLD_MOST,
        }
    }
}

/// What a node is made of.
pub(crate) struct NodeParts<C: Core, L: EventLog> {
    /// The log.
    pub log: L,
    /// Where rows are kept.
    pub store: Arc<dyn Store>,
    /// Id of this member, new at every start.
    pub member: String,
    /// The policy in force.
    pub rules: PolicyReceiver<C::Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The figures.
    pub metrics: RuntimeMetrics,
    /// How rounds are paced.
    pub pace: Pace,
    /// Where the work in the outside world goes.
    pub effects: mpsc::UnboundedSender<(u32, C::Effect)>,
    /// Where its tasks run.
    pub tasks: Arc<dyn Tasks>,
}

/// What the owners' side tells the node.
pub(crate) enum Control {
    /// Take a claimed partition over.
    Take(u32),
    /// Fold another's partition along, to be ready to take it over.
    Follow(u32),
    /// Follow it no longer.
    Leave(u32),
    /// Finish what is in hand and let the partition go; its rows go to the store afterwards.
    Release(u32, oneshot::Sender<()>),
}

/// What the node tells the owners' side.
#[derive(Clone, Debug)]
pub(crate) enum Tidings {
    /// A partition that is followed has caught up with its owner.
    Warm(u32),
    /// The node has a partition no more.
    Lost {
        partition: u32,
        /// Why the next attempt would end in the same way; nothing if it need not.
        halt: Option<Halt>,
    },
}

/// The ends that doors and ownership hold.
pub(crate) struct Doors<C: Core> {
    pub(crate) changes: mpsc::Sender<Change<C>>,
    pub(crate) looks: mpsc::Sender<Look<C>>,
    pub(crate) control: mpsc::UnboundedSender<Control>,
    pub(crate) owned: Owned,
    pub(crate) tidings: mpsc::UnboundedReceiver<Tidings>,
}

/// Which partitions are owned and up to date here; shared with the doors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owned {
    partitions: Arc<Mutex<BTreeSet<u32>>>,
    /// Why this release is too old for the log.
    too_old: Arc<Mutex<Option<String>>>,
}

impl Owned {
    pub(crate) fn has(&self, partition: u32) -> bool {
        self.lock().contains(&partition)
    }

    pub(crate) fn too_old(&self) -> Option<String> {
        let too_old = self.too_old.lock();
        too_old.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_too_old(&self, why: &str) {
        let too_old = self.too_old.lock();
        let mut too_old = too_old.unwrap_or_else(PoisonError::into_inner);
        too_old.get_or_insert_with(|| why.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<u32>> {
        self.partitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A partition, and what became of the so-many-th take-over.
type TakenOver<C> = (u32, u64, Result<Partition<C>, Halt>);

/// Rows of an ownership of a partition that went to the store.
type WasFlushed = (u32, u64, Flushed);

/// The processor of one service in one process.
pub(crate) struct Node<C: Core, L: EventLog> {
    parts: NodeParts<C, L>,
    partitions: BTreeMap<u32, Partition<C>>,
    numbers: NumberDesk,
    owned: Owned,
    waiting: VecDeque<Change<C>>,
    changes: mpsc::Receiver<Change<C>>,
    looks: mpsc::Receiver<Look<C>>,
    /// Looks that came while a round was on its way into the log, and wait for its end.
    held: Vec<Look<C>>,
    control: mpsc::UnboundedReceiver<Control>,
    tidings: mpsc::UnboundedSender<Tidings>,
    inputs: mpsc::Receiver<Inputs>,
    inputs_tx: mpsc::Sender<Inputs>,
    taken: mpsc::UnboundedReceiver<TakenOver<C>>,
    taken_tx: mpsc::UnboundedSender<TakenOver<C>>,
    flushed: mpsc::UnboundedReceiver<WasFlushed>,
    flushed_tx: mpsc::UnboundedSender<WasFlushed>,
    flights: Flights,
    /// Ownerships that are over but for their rows, by partition and life.
    leaving: BTreeMap<(u32, u64), Leaving>,
    /// Tells that the rows of one have arrived.
    left: mpsc::UnboundedReceiver<(u32, u64)>,
    left_tx: mpsc::UnboundedSender<(u32, u64)>,
    copies: Copies,
    /// Tells that a snapshot has ended, so that the next one need not wait.
    copied: mpsc::UnboundedReceiver<()>,
    copied_tx: mpsc::UnboundedSender<()>,
    /// Take-overs under way and readers of owned partitions; they end when the partition goes.
    tasks: BTreeMap<u32, (u64, Task)>,
    /// Tells the take-over of a partition that is followed to go on.
    go: BTreeMap<u32, watch::Sender<bool>>,
    refused_pause: Duration,
    /// Counts the take-overs that were started.
    lives: u64,
    /// It was said that the time here lies behind what was recorded.
    behind: bool,
    /// Whose turn it is to be asked first for more, see [`gather`].
    turn: usize,
}

/// Blocks read ahead of the rounds, over all partitions: 4 MiB at most, for a block closes at
/// 256 KiB. Decoded they take some times as much.
const READ_AHEAD_BLOCKS: usize = 16;
/// Inputs in memory for the rounds to come, over all partitions; a backlog waits in the log.
const INPUTS_MOST: usize = 4 << 20;
/// Committed rows go to the store at least this often, so that a restart folds little.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

impl<C: Core, L: EventLog> Node<C, L> {
    pub(crate) fn new(parts: NodeParts<C, L>) -> (Self, Doors<C>) {
        let (changes_tx, changes) = mpsc::channel(parts.pace.queue);
        let (looks_tx, looks) = mpsc::channel(1024);
        let (control_tx, control) = mpsc::unbounded_channel();
        let (tidings, tidings_rx) = mpsc::unbounded_channel();
        let (inputs_tx, inputs) = mpsc::channel(READ_AHEAD_BLOCKS);
        let (taken_tx, taken) = mpsc::unbounded_channel();
        let (flushed_tx, flushed) = mpsc::unbounded_channel();
        let (left_tx, left) = mpsc::unbounded_channel();
        let (copied_tx, copied) = mpsc::unbounded_channel();
        let owned = Owned::default();
        let doors = Doors {
            changes: changes_tx,
            looks: looks_tx,
            control: control_tx,
            owned: owned.clone(),
            tidings: tidings_rx,
        };
        let node = Self {
            parts,
            partitions: BTreeMap::new(),
            numbers: NumberDesk::default(),
            owned,
            waiting: VecDeque::new(),
            changes,
            looks,
            held: Vec::new(),
            control,
            tidings,
            inputs,
            inputs_tx,
            taken,
            taken_tx,
            flushed,
            flushed_tx,
            flights: Flights::default(),
            leaving: BTreeMap::new(),
            left,
            left_tx,
            copies: Copies::default(),
            copied,
            copied_tx,
            tasks: BTreeMap::new(),
            go: BTreeMap::new(),
            refused_pause: Duration::ZERO,
            lives: 0,
            behind: false,
            turn: 0,
        };
        (node, doors)
    }

    /// Runs until `stop`; then finishes the round in hand and brings the rows to the store.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if self.wait(&stop).await {
                self.gather().await;
                self.say_backlog();
                self.round().await;
            }
            self.say_backlog();
            self.flush();
            self.wait_for_the_store().await;
        }
        for id in self.partitions.keys().copied().collect::<Vec<_>>() {
            self.let_go(id);
        }
        self.see_off().await;
    }

    /// Waits for something to do; tells whether a round is wanted.
    async fn wait(&mut self, stop: &CancellationToken) -> bool {
        if !self.waiting.is_empty() || self.partitions.values().any(|p| !p.inputs.is_empty()) {
            self.catch_up();
            return true;
        }
        let due = self.next_wake();
        tokio::select! {
            biased;
            () = stop.cancelled() => false,
            Some(control) = self.control.recv() => { self.steer(control); false }
            Some(taken) = self.taken.recv() => { self.took_over(taken); true }
            Some(flushed) = self.flushed.recv() => { self.was_flushed(flushed); false }
            Some(left) = self.left.recv() => { self.leaving.remove(&left); false }
            Some(()) = self.copied.recv() => false,
            Some(look) = self.looks.recv() => { self.look(look); false }
            Some(inputs) = self.inputs.recv() => self.read(inputs),
            Some(change) = self.changes.recv() => { self.waiting.push_back(change); true }
            () = sleep_until(due) => true,
        }
    }

    /// Serves what must not wait behind a backlog of rounds.
    fn catch_up(&mut self) {
        while let Ok(flushed) = self.flushed.try_recv() {
            self.was_flushed(flushed);
        }
        while let Ok(left) = self.left.try_recv() {
            self.leaving.remove(&left);
        }
        while let Ok(taken) = self.taken.try_recv() {
            self.took_over(taken);
        }
        for _ in 0..64 {
            let Ok(look) = self.looks.try_recv() else {
                break;
            };
            self.look(look);
        }
    }

    fn next_wake(&self) -> Instant {
        let now = self.parts.clock.now();
        let flush = Instant::now() + FLUSH_EVERY / 4;
        let due = self
            .partitions
            .values()
            .filter(|p| p.is_current())
            .filter_map(|p| p.core.next_due())
            .min();
        let due = due.map(|due| {
            let left = Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO);
            Instant::now() + left.min(FLUSH_EVERY)
        });
        due.map_or(flush, |due| due.min(flush))
    }

    fn read(&mut self, inputs: Inputs) -> bool {
        let Some(partition) = self.partitions.get_mut(&inputs.partition) else {
            return false;
        };
        if inputs.life != partition.life {
            // Read for an earlier ownership, whose place in the log is not this one's.
            return false;
        }
        let block = inputs.block;
        match block.and_then(|block| Ok(partition.accept(block)?)) {
            Ok(()) => partition.behind = inputs.behind,
            Err(fault) => {
                error!(partition = inputs.partition, %fault, "the partition is let go");
                self.halt(inputs.partition, fault);
            }
        }
        true
    }
}

impl<C: Core> Partition<C> {
    /// Stream sequence of the newest input read, folded or waiting.
    pub(crate) fn newest_input(&self) -> u64 {
        self.inputs
            .back()
            .map_or(self.consumed, |block: &Block| block.sequence)
    }
}
