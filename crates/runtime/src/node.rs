//! The loop that owns the partitions of a process: gathers, decides, commits, answers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use prost::Message as _;
use redress_host::{Clock, RuntimeMetrics, policy_dir::PolicyReceiver};
use redress_log::{Chain, Entry, EventLog};
use redress_store::{Flushed, Store, Thresholds};
use redress_wire::{log::NumberTake, peer::Status};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{sleep, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    Block, Context, Core, NumberDesk, Refusal,
    commit::{Committed, commit},
    partition::Partition,
    reader::{Inputs, read_on},
    replay,
    request::{Change, Look},
    round::{Deciding, Round},
    set_aside,
};

/// How rounds are paced.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a round gathers after its first input.
    pub linger: Duration,
    /// Changes that a round takes at most; the rest wait for the next one.
    pub max_changes: usize,
    /// Changes that wait at most; more are told to come again.
    pub queue: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { linger: Duration::from_millis(2), max_changes: 2_000, queue: 20_000 }
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
}

/// What the owners' side tells the node.
pub(crate) enum Control {
    /// Take a claimed partition over.
    Take(u32),
    /// Finish what is in hand, bring the rows to the store and let the partition go.
    Release(u32, oneshot::Sender<()>),
}

/// The ends that doors and ownership hold.
pub(crate) struct Doors<C: Core> {
    pub(crate) changes: mpsc::Sender<Change<C>>,
    pub(crate) looks: mpsc::Sender<Look<C>>,
    pub(crate) control: mpsc::UnboundedSender<Control>,
    pub(crate) owned: Owned,
    pub(crate) lost: mpsc::UnboundedReceiver<u32>,
}

/// Which partitions are owned and up to date here; shared with the doors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owned(Arc<Mutex<BTreeSet<u32>>>);

impl Owned {
    pub(crate) fn has(&self, partition: u32) -> bool {
        self.lock().contains(&partition)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type TakenOver<C> = (u32, Result<Partition<C>, crate::ChainBroken>);

/// The processor of one service in one process.
pub(crate) struct Node<C: Core, L: EventLog> {
    parts: NodeParts<C, L>,
    partitions: BTreeMap<u32, Partition<C>>,
    numbers: NumberDesk,
    owned: Owned,
    waiting: VecDeque<Change<C>>,
    changes: mpsc::Receiver<Change<C>>,
    looks: mpsc::Receiver<Look<C>>,
    control: mpsc::UnboundedReceiver<Control>,
    lost: mpsc::UnboundedSender<u32>,
    inputs: mpsc::Receiver<Inputs>,
    inputs_tx: mpsc::Sender<Inputs>,
    taken: mpsc::UnboundedReceiver<TakenOver<C>>,
    taken_tx: mpsc::UnboundedSender<TakenOver<C>>,
    flushed: mpsc::UnboundedReceiver<(u32, Flushed)>,
    flushed_tx: mpsc::UnboundedSender<(u32, Flushed)>,
    /// Take-overs under way and readers of owned partitions; aborted when the partition goes.
    tasks: BTreeMap<u32, JoinHandle<()>>,
    last_flush: Instant,
    refused_pause: Duration,
}

/// Blocks read ahead of the rounds, over all partitions.
const READ_AHEAD_BLOCKS: usize = 256;
/// Inputs gathered for one round, over all partitions; bounds memory.
const ROUND_BYTES: usize = 4 << 20;
/// Committed rows go to the store at least this often, so that a restart folds little.
const FLUSH_EVERY: Duration = Duration::from_secs(2);

impl<C: Core, L: EventLog> Node<C, L> {
    pub(crate) fn new(parts: NodeParts<C, L>) -> (Self, Doors<C>) {
        let (changes_tx, changes) = mpsc::channel(parts.pace.queue);
        let (looks_tx, looks) = mpsc::channel(1024);
        let (control_tx, control) = mpsc::unbounded_channel();
        let (lost, lost_rx) = mpsc::unbounded_channel();
        let (inputs_tx, inputs) = mpsc::channel(READ_AHEAD_BLOCKS);
        let (taken_tx, taken) = mpsc::unbounded_channel();
        let (flushed_tx, flushed) = mpsc::unbounded_channel();
        let owned = Owned::default();
        let doors = Doors {
            changes: changes_tx,
            looks: looks_tx,
            control: control_tx,
            owned: owned.clone(),
            lost: lost_rx,
        };
        let node = Self {
            parts,
            partitions: BTreeMap::new(),
            numbers: NumberDesk::default(),
            owned,
            waiting: VecDeque::new(),
            changes,
            looks,
            control,
            lost,
            inputs,
            inputs_tx,
            taken,
            taken_tx,
            flushed,
            flushed_tx,
            tasks: BTreeMap::new(),
            last_flush: Instant::now(),
            refused_pause: Duration::ZERO,
        };
        (node, doors)
    }

    /// Runs until `stop`; then finishes the round in hand and brings the rows to the store.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if self.wait(&stop).await {
                self.gather().await;
                self.round().await;
            }
            self.flush();
        }
        for id in self.partitions.keys().copied().collect::<Vec<_>>() {
            self.let_go(id).await;
        }
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
            Some(control) = self.control.recv() => { self.steer(control).await; false }
            Some(taken) = self.taken.recv() => { self.took_over(taken); true }
            Some((id, flushed)) = self.flushed.recv() => { self.was_flushed(id, flushed); false }
            Some(look) = self.looks.recv() => { self.look(look); false }
            Some(inputs) = self.inputs.recv() => self.read(inputs),
            Some(change) = self.changes.recv() => { self.waiting.push_back(change); true }
            () = sleep_until(due.into()) => true,
        }
    }

    /// Serves what must not wait behind a backlog of rounds.
    fn catch_up(&mut self) {
        while let Ok((id, flushed)) = self.flushed.try_recv() {
            self.was_flushed(id, flushed);
        }
        while let Ok(taken) = self.taken.try_recv() {
            self.took_over(taken);
        }
        for _ in 0..64 {
            let Ok(look) = self.looks.try_recv() else { break };
            self.look(look);
        }
    }

    /// Gathers more for the round until the linger is over or the round is full.
    async fn gather(&mut self) {
        let until = tokio::time::Instant::now() + self.parts.pace.linger + self.refused_pause;
        let mut gathered_bytes = 0;
        while self.waiting.len() < self.parts.pace.max_changes && gathered_bytes < ROUND_BYTES {
            let more = timeout_at(until, async {
                tokio::select! {
                    Some(control) = self.control.recv() => Gathered::Control(control),
                    Some(inputs) = self.inputs.recv() => Gathered::Inputs(inputs),
                    Some(change) = self.changes.recv() => Gathered::Change(change),
                    Some(look) = self.looks.recv() => Gathered::Look(look),
                }
            });
            match more.await {
                Err(_) => return,
                Ok(Gathered::Control(control)) => self.steer(control).await,
                Ok(Gathered::Inputs(inputs)) => {
                    gathered_bytes += inputs.block.as_ref().map_or(0, |block| block.size_bytes);
                    self.read(inputs);
                }
                Ok(Gathered::Change(change)) => self.waiting.push_back(change),
                Ok(Gathered::Look(look)) => self.look(look),
            }
        }
    }

    fn next_wake(&self) -> Instant {
        let now = self.parts.clock.now();
        let flush = self.last_flush + FLUSH_EVERY;
        let due = self.partitions.values().filter_map(|p| p.core.next_due()).min();
        let due = due.map(|due| {
            let left = Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO);
            Instant::now() + left.min(FLUSH_EVERY)
        });
        due.map_or(flush, |due| due.min(flush))
    }

    fn read(&mut self, inputs: Inputs) -> bool {
        let Some(partition) = self.partitions.get_mut(&inputs.partition) else { return false };
        match inputs.block {
            // A reader of an earlier ownership may still deliver: what is folded stays folded.
            Ok(block) if block.sequence > partition.newest_input() => {
                partition.inputs.push_back(block);
            }
            Ok(_) => return false,
            Err(fault) => {
                error!(partition = inputs.partition, %fault, "the partition is let go");
                self.forget(inputs.partition);
            }
        }
        true
    }

    async fn steer(&mut self, control: Control) {
        match control {
            Control::Take(id) => self.take(id),
            Control::Release(id, done) => {
                self.let_go(id).await;
                let _ = done.send(());
            }
        }
    }

    /// Starts to rebuild a partition beside the rounds of the others.
    fn take(&mut self, id: u32) {
        if self.partitions.contains_key(&id) || self.tasks.contains_key(&id) {
            return;
        }
        let (log, store) = (self.parts.log.clone(), self.parts.store.clone());
        let (member, metrics) = (self.parts.member.clone(), self.parts.metrics.clone());
        let taken = self.taken_tx.clone();
        let task = tokio::spawn(async move {
            let result = replay::take_over(&log, &store, id, &member, &metrics).await;
            drop(taken.send((id, result)));
        });
        self.tasks.insert(id, task);
    }

    fn took_over(&mut self, (id, result): TakenOver<C>) {
        if self.tasks.remove(&id).is_none() {
            return;
        }
        match result {
            Ok(partition) => {
                let read = partition.head.sequence.max(partition.newest_input());
                self.start_reading(id, read + 1);
                self.partitions.insert(id, partition);
                self.owned.lock().insert(id);
                self.start_effects(id);
                info!(partition = id, "owned");
            }
            Err(fault) => {
                error!(partition = id, %fault, "the partition cannot be taken over");
                let _ = self.lost.send(id);
            }
        }
        self.parts.metrics.owned_partitions.set(self.partitions.len() as i64);
    }

    fn start_reading(&mut self, id: u32, from: u64) {
        if C::READS.is_empty() {
            return;
        }
        let (log, inputs) = (self.parts.log.clone(), self.inputs_tx.clone());
        self.tasks.insert(id, tokio::spawn(read_on(log, id, C::READS, from, inputs)));
    }

    /// Lets a partition go in good order.
    async fn let_go(&mut self, id: u32) {
        if let Some(mut partition) = self.forget(id) {
            while partition.rows.is_flushing() {
                let Some((of, flushed)) = self.flushed.recv().await else { break };
                if of == id {
                    drop(partition.rows.flushed(flushed));
                } else {
                    self.was_flushed(of, flushed);
                }
            }
            while let Some(job) = partition.rows.take_flush() {
                let flushed = tokio::task::spawn_blocking(|| job.run()).await;
                let kept = flushed.map(|flushed| partition.rows.flushed(flushed));
                if !matches!(kept, Ok(Ok(()))) {
                    warn!(partition = id, "the last rows did not reach the store; they are folded again");
                    break;
                }
            }
        }
    }

    /// Drops a partition; what waits for it is told that it moved.
    fn forget(&mut self, id: u32) -> Option<Partition<C>> {
        self.owned.lock().remove(&id);
        if let Some(task) = self.tasks.remove(&id) {
            task.abort();
        }
        let partition = self.partitions.remove(&id);
        self.parts.metrics.owned_partitions.set(self.partitions.len() as i64);
        if partition.is_some() {
            let _ = self.lost.send(id);
        }
        partition
    }

    async fn round(&mut self) {
        if !self.number_desk_is_ready().await {
            return;
        }
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let now = self.parts.clock.now();
        let mut deciding =
            Deciding::new(&mut self.partitions, &mut self.numbers, rules, now);
        deciding.inputs();
        let mut full = VecDeque::new();
        for _ in 0..self.parts.pace.max_changes {
            let Some(change) = self.waiting.pop_front() else { break };
            full.extend(deciding.change(change));
        }
        deciding.due();
        let round = deciding.finish();
        full.append(&mut self.waiting);
        self.waiting = full;
        self.bring_in(round).await;
    }

    /// Learns where the sequences of numbers stand that this round may need.
    async fn number_desk_is_ready(&mut self) -> bool {
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let days = C::number_days(rules, self.parts.clock.now());
        self.numbers.retain(&days);
        for day in days {
            if self.numbers.knows(day) {
                continue;
            }
            let (expected, next) = match self.parts.log.last(Chain::Numbers { day }).await {
                Ok(None) => (0, 1),
                Ok(Some(stored)) => match NumberTake::decode(stored.payload) {
                    Ok(take) => (stored.sequence, take.next),
                    Err(fault) => {
                        error!(day, %fault, "the day's sequence of numbers cannot be read");
                        sleep(Duration::from_secs(1)).await;
                        return false;
                    }
                },
                Err(fault) => {
                    warn!(day, %fault, "the sequence of numbers is asked for again");
                    sleep(Duration::from_millis(100)).await;
                    return false;
                }
            };
            self.numbers.set(day, expected, next);
        }
        true
    }

    async fn bring_in(&mut self, round: Round<C>) {
        let (entries, owners) = self.entries(&round);
        if entries.is_empty() {
            self.settle(round, &BTreeMap::new());
            return;
        }
        let started = Instant::now();
        match commit(&self.parts.log, &entries).await {
            Committed::Stored(sequences) => {
                self.parts.metrics.commit.observe(started.elapsed());
                self.refused_pause = Duration::ZERO;
                let stored = self.stored(&entries, &sequences, &owners);
                self.settle(round, &stored);
            }
            Committed::Overtaken(chains) => self.redo_without(round, &chains),
            Committed::Refused(reason) => self.refuse(round, &reason),
        }
    }

    /// The messages of a round, and which partition each block is of.
    fn entries(&self, round: &Round<C>) -> (Vec<Entry>, Vec<Option<u32>>) {
        let mut entries = Vec::new();
        let mut owners = Vec::new();
        for (&id, slice) in &round.slices {
            let Some(partition) = self.partitions.get(&id) else { continue };
            if slice.events.is_empty() {
                continue;
            }
            let block = partition.next_block(&self.parts.member, slice.events.clone());
            entries.push(Entry {
                chain: partition.chain(),
                expected: partition.head.sequence,
                payload: block.encode_to_vec().into(),
            });
            owners.push(Some(id));
        }
        for take in self.numbers.takes() {
            let payload =
                NumberTake { next: take.next, owner: self.parts.member.clone() }.encode_to_vec();
            entries.push(Entry {
                chain: Chain::Numbers { day: take.day },
                expected: take.expected,
                payload: payload.into(),
            });
            owners.push(None);
        }
        (entries, owners)
    }

    fn stored(
        &mut self,
        entries: &[Entry],
        sequences: &[u64],
        owners: &[Option<u32>],
    ) -> BTreeMap<u32, (u64, bytes::Bytes)> {
        let mut stored = BTreeMap::new();
        for ((entry, &sequence), owner) in entries.iter().zip(sequences).zip(owners) {
            match (entry.chain, owner) {
                (Chain::Numbers { day }, _) => self.numbers.committed(day, sequence),
                (_, Some(id)) => {
                    stored.insert(*id, (sequence, entry.payload.clone()));
                }
                _ => {}
            }
        }
        stored
    }

    /// The round is in the log: rows are committed, answers go out, effects start.
    fn settle(&mut self, round: Round<C>, stored: &BTreeMap<u32, (u64, bytes::Bytes)>) {
        let metrics = &self.parts.metrics;
        let mut events = 0;
        let mut damaged = Vec::new();
        for (&id, slice) in &round.slices {
            let Some(partition) = self.partitions.get_mut(&id) else { continue };
            if let Some((sequence, payload)) = stored.get(&id) {
                partition.appended(*sequence, payload);
                metrics.blocks.inc();
            }
            if let Err(fault) = partition.commit() {
                damaged.push((id, fault));
            }
            events += slice.events.len();
            metrics.set_aside.inc_by(slice.set_aside);
        }
        metrics.rounds.inc();
        metrics.events.inc_by(events as u64);
        metrics.round_events.observe(events);
        for pending in round.pending {
            metrics.answer.observe(pending.arrived().elapsed());
            let outcome = if let Some(refusal) = pending.refusal() {
                metrics.refused.of(refusal.code_name()).inc();
                "refused"
            } else {
                "ok"
            };
            metrics.commands.of(outcome).inc();
            pending.answer();
        }
        for (id, fault) in damaged {
            self.rebuild(id, &fault.to_string());
        }
        for id in round.slices.into_keys() {
            self.start_effects(id);
        }
    }

    fn start_effects(&mut self, id: u32) {
        let Some(partition) = self.partitions.get_mut(&id) else { return };
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let cx = Context {
            partition: id,
            now: self.parts.clock.now(),
            rules,
            numbers: &mut self.numbers,
        };
        for effect in partition.core.effects(&partition.rows, &cx) {
            drop(self.parts.effects.send((id, effect)));
        }
    }

    /// Somebody else continued some chains: those partitions are lost, the rest is decided again.
    fn redo_without(&mut self, round: Round<C>, chains: &[Chain]) {
        self.take_back(round);
        for chain in chains {
            match *chain {
                Chain::Numbers { day } => {
                    self.numbers.forget(day);
                    self.numbers.set_spare((self.numbers.spare() * 2).clamp(8, 256));
                }
                Chain::Blocks { partition, .. } => {
                    info!(partition, "another owner took the partition over");
                    self.forget(partition);
                }
            }
        }
    }

    /// The log refuses: callers are told so, inputs wait.
    fn refuse(&mut self, round: Round<C>, reason: &str) {
        warn!(%reason, "the log refuses to store; callers are told to come again");
        self.take_back(round);
        for change in self.waiting.drain(..) {
            let message = "the complaint log cannot store anything right now";
            change.what.refuse(Refusal::unavailable(message, Duration::from_secs(1)));
        }
        self.refused_pause = (self.refused_pause * 2)
            .clamp(Duration::from_millis(100), Duration::from_secs(2));
    }

    /// Undoes a round as if it had not been: its inputs and changes wait again.
    fn take_back(&mut self, round: Round<C>) {
        self.numbers.rollback();
        for (id, slice) in round.slices {
            if let Some(partition) = self.partitions.get_mut(&id) {
                partition.rollback(slice.inputs, slice.consumed_before);
                self.start_effects(id);
            }
        }
        for pending in round.pending.into_iter().rev() {
            self.waiting.push_front(pending.undo());
        }
    }

    fn look(&mut self, look: Look<C>) {
        match look {
            Look::Query(ids, query, reply) => {
                let found = self.each(&ids, |partition, cx| {
                    partition.core.query(&partition.rows, &query, cx)
                });
                drop(reply.send(found));
            }
            Look::SetAside(ids, limit, reply) => {
                let found = self.each(&ids, |partition, _| set_aside::list(&partition.rows, limit));
                drop(reply.send(found));
            }
            Look::Status(ids, hash, reply) => {
                let member = self.parts.member.clone();
                let found = self.each(&ids, |partition, _| partition.status(&member, hash));
                drop(reply.send(found));
            }
        }
    }

    fn each<T>(
        &mut self,
        ids: &[u32],
        look: impl Fn(&Partition<C>, &Context<'_, C::Rules>) -> T,
    ) -> Vec<(u32, T)> {
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let now = self.parts.clock.now();
        ids.iter()
            .filter_map(|&id| {
                let partition = self.partitions.get(&id)?;
                let cx =
                    Context { partition: id, now, rules, numbers: &mut self.numbers };
                Some((id, look(partition, &cx)))
            })
            .collect()
    }

    /// Brings committed rows to the store, beside the rounds.
    fn flush(&mut self) {
        let timely = self.last_flush.elapsed() >= FLUSH_EVERY;
        if timely {
            self.last_flush = Instant::now();
        }
        let mut unflushed = 0;
        let mut damaged = Vec::new();
        for (&id, partition) in &mut self.partitions {
            unflushed += partition.rows.unflushed_rows();
            if let Some(fault) = partition.rows.failure() {
                damaged.push((id, fault.to_string()));
                continue;
            }
            if !partition.rows.flush_due(&Thresholds::default()) && !timely {
                continue;
            }
            if let Some(job) = partition.rows.take_flush() {
                let flushed = self.flushed_tx.clone();
                tokio::task::spawn_blocking(move || drop(flushed.send((id, job.run()))));
            }
        }
        self.parts.metrics.unflushed_rows.set(unflushed as i64);
        for (id, fault) in damaged {
            self.rebuild(id, &fault);
        }
    }

    fn was_flushed(&mut self, id: u32, flushed: Flushed) {
        let Some(partition) = self.partitions.get_mut(&id) else { return };
        match partition.rows.flushed(flushed) {
            Err(fault) if fault.is_damage() => self.rebuild(id, &fault.to_string()),
            Err(fault) => warn!(partition = id, %fault, "rows stay in memory until the store takes them"),
            Ok(()) => {}
        }
    }

    /// The rows of a partition are damaged: they are thrown away and folded anew from the log.
    fn rebuild(&mut self, id: u32, fault: &str) {
        error!(partition = id, %fault, "the partition's rows are damaged and rebuilt from the log");
        self.owned.lock().remove(&id);
        if let Some(task) = self.tasks.remove(&id) {
            task.abort();
        }
        self.partitions.remove(&id);
        if let Err(fault) = self.parts.store.discard(id) {
            warn!(partition = id, %fault, "the damaged rows cannot be discarded yet");
        }
        self.take(id);
    }
}

enum Gathered<C: Core> {
    Control(Control),
    Inputs(Inputs),
    Change(Change<C>),
    Look(Look<C>),
}

impl<C: Core> Partition<C> {
    /// Stream sequence of the newest input read, folded or waiting.
    pub(crate) fn newest_input(&self) -> u64 {
        self.inputs.back().map_or(self.consumed, |block: &Block| block.sequence)
    }

    fn status(&self, owner: &str, with_hash: bool) -> Status {
        let hash = with_hash.then(|| redress_store::state_hash(&self.rows).ok()).flatten();
        Status {
            partition: self.id,
            owner: owner.to_owned(),
            own_sequence: self.head.sequence,
            consumed: self.consumed,
            height: self.head.height,
            state_hash: hash.map(Vec::from).unwrap_or_default(),
            rows_unflushed: self.rows.unflushed_rows() as u64,
        }
    }
}
