//! Brings a decided round into the log: rows are committed, answers go out; or it is taken back.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    pin::pin,
    time::Duration,
};

use bytes::Bytes;
use futures::future::join_all;
use prost::Message as _;
use redress_log::{Chain, Entry, EventLog, Streams};
use redress_wire::log::NumberTake;
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};

use super::Node;
use crate::{
    Context, Core, Refusal, block,
    commit::{Committed, commit},
    numbers::Take,
    partition::Partition,
    request::Change,
    round::Round,
};

/// Pauses of rounds while the log refuses; doubled from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A commit takes some milliseconds. Behind one that takes so much longer somebody else may own the
/// partitions already (a lease is 6 s): what is asked from then on waits for its end.
const GLANCE_MOST: Duration = Duration::from_secs(1);
/// Questions that are held until the end of a commit; more wait in their queue.
const HELD_MOST: usize = 1024;

/// What a round has for one stream: stored as one, and taken back as one.
struct Batch<C: Core> {
    stream: u32,
    round: Round<C>,
    entries: Vec<Entry>,
}

/// What became of the batches of a round.
#[derive(Default)]
struct Tally {
    /// Some part was settled, if only because there was nothing to store.
    settled: bool,
    stored: bool,
    refused: bool,
    events: usize,
}

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) async fn bring_in(&mut self, round: Round<C>, streams: Streams) {
        let mut batches = self.batches(round, streams);
        let mut takes = self.takes();
        if let ([only], true) = (&mut batches[..], streams == Streams::ONE) {
            only.entries.append(&mut takes);
        }
        let is_empty = takes.is_empty() && batches.iter().all(|batch| batch.entries.is_empty());
        if !is_empty && self.is_damaged(&mut batches) {
            return;
        }
        if !takes.is_empty() && !self.take_numbers(&takes, &mut batches).await {
            return;
        }
        if streams != Streams::ONE {
            self.numbers.use_up();
        }
        let log = self.parts.log.clone();
        let appends = batches.iter().map(|batch| store(&log, &batch.entries));
        let started = Instant::now();
        let stored = self.beside_glances(join_all(appends)).await;
        let took = started.elapsed();
        let mut tally = Tally::default();
        for (batch, outcome) in batches.into_iter().zip(stored) {
            match outcome {
                Committed::Stored(sequences) => {
                    let stored = self.stored(&batch.entries, &sequences);
                    if streams == Streams::ONE {
                        self.numbers.use_up();
                    }
                    tally.events += self.settle(batch.round, &stored);
                    tally.settled = true;
                    if !batch.entries.is_empty() {
                        self.parts.metrics.commit.observe(took);
                        tally.stored = true;
                    }
                }
                Committed::Overtaken(chains) => {
                    self.take_back(batch.round);
                    self.overtaken(&chains);
                }
                Committed::Refused(reason) => {
                    self.take_back(batch.round);
                    self.refuse(&reason, |change| {
                        streams.of(change.partition) == batch.stream
                    });
                    tally.refused = true;
                }
            }
        }
        self.pace_after(&tally);
    }

    /// Brings something into the log; meanwhile answers what can be told without it. What cannot
    /// is held for afterwards.
    pub(super) async fn beside_glances<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let until = Instant::now() + GLANCE_MOST;
        loop {
            let room = self.held.len() < HELD_MOST;
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = sleep_until(until) => break,
                Some(look) = self.looks.recv(), if room => {
                    let held = self.glance(look);
                    self.held.extend(held);
                }
            }
        }
        work.await
    }

    /// A round as what it has for each stream. Nothing that is decided in a partition stands on
    /// what is decided in another one in the same round, so one stream's part may be stored while
    /// another's is taken back.
    fn batches(&self, round: Round<C>, streams: Streams) -> Vec<Batch<C>> {
        let mut batches: BTreeMap<u32, Batch<C>> = BTreeMap::new();
        let of = |stream| Batch {
            stream,
            round: Round::default(),
            entries: Vec::new(),
        };
        // Also a round that nothing came of is one.
        batches.insert(0, of(0));
        for (id, mut slice) in round.slices {
            let stream = streams.of(id);
            let batch = batches.entry(stream).or_insert_with(|| of(stream));
            let partition = self.partitions.get(&id);
            let untold_most = self.parts.pace.untold_most;
            let tells = |it: &&Partition<C>| !slice.events.is_empty() || it.is_to_tell(untold_most);
            if let Some(partition) = partition.filter(tells) {
                let events = mem::take(&mut slice.events);
                slice.recorded = events.len();
                let block = partition.next_block(&self.parts.member, events);
                batch.entries.push(Entry {
                    chain: partition.chain(),
                    expected: partition.head.sequence,
                    payload: block::encode(&block),
                });
            }
            batch.round.slices.insert(id, slice);
        }
        for pending in round.pending {
            let stream = streams.of(pending.partition());
            let batch = batches.entry(stream).or_insert_with(|| of(stream));
            batch.round.pending.push(pending);
        }
        batches.into_values().collect()
    }

    /// The steps of the days' sequences that the round has made.
    fn takes(&self) -> Vec<Entry> {
        let takes = self.numbers.takes().into_iter();
        takes.map(|take| self.number_entry(take)).collect()
    }

    pub(super) fn number_entry(&self, take: Take) -> Entry {
        let (next, owner) = (take.next, self.parts.member.clone());
        Entry {
            chain: Chain::Numbers { day: take.day },
            expected: take.expected,
            payload: NumberTake { next, owner }.encode_to_vec().into(),
        }
    }

    /// Decisions made on rows that could not be read must not reach the log: takes the round back.
    fn is_damaged(&mut self, batches: &mut Vec<Batch<C>>) -> bool {
        let damaged: Vec<(u32, String)> = self
            .partitions
            .iter()
            .filter_map(|(&id, held)| Some((id, held.rows.failure()?.to_string())))
            .collect();
        if damaged.is_empty() {
            return false;
        }
        for batch in batches.drain(..) {
            self.take_back(batch.round);
        }
        for (id, fault) in damaged {
            self.rebuild(id, &fault);
        }
        true
    }

    /// Over several streams no batch can hold a number's take and all that use it. So numbers are
    /// taken before anything uses them: one may be lost between, none is given twice.
    async fn take_numbers(&mut self, takes: &[Entry], batches: &mut Vec<Batch<C>>) -> bool {
        let log = self.parts.log.clone();
        let outcome = self.beside_glances(store(&log, takes)).await;
        if let Committed::Stored(sequences) = &outcome {
            self.stored(takes, sequences);
            return true;
        }
        for batch in batches.drain(..) {
            self.take_back(batch.round);
        }
        match outcome {
            Committed::Stored(_) => {}
            Committed::Overtaken(chains) => self.overtaken(&chains),
            Committed::Refused(reason) => {
                self.refuse(&reason, |_| true);
                self.pace_after(&Tally {
                    refused: true,
                    ..Tally::default()
                });
            }
        }
        false
    }

    /// Notes the numbers taken; gives the block of each partition.
    fn stored(&mut self, entries: &[Entry], sequences: &[u64]) -> BTreeMap<u32, (u64, Bytes)> {
        let mut stored = BTreeMap::new();
        for (entry, &sequence) in entries.iter().zip(sequences) {
            match entry.chain {
                Chain::Numbers { day } => self.numbers.committed(day, sequence),
                Chain::Blocks { partition, .. } => {
                    stored.insert(partition, (sequence, entry.payload.clone()));
                }
            }
        }
        stored
    }

    /// The batch is in the log: rows are committed, answers go out, effects start. Gives the number
    /// of its events.
    fn settle(&mut self, round: Round<C>, stored: &BTreeMap<u32, (u64, Bytes)>) -> usize {
        let metrics = &self.parts.metrics;
        let mut events = 0;
        let mut damaged = Vec::new();
        for (&id, slice) in &round.slices {
            let Some(partition) = self.partitions.get_mut(&id) else {
                continue;
            };
            if let Some((sequence, payload)) = stored.get(&id) {
                partition.appended(*sequence, payload);
                metrics.blocks.inc();
            }
            if let Err(fault) = partition.commit() {
                damaged.push((id, fault));
            }
            partition.inputs_most = partition.inputs_most.saturating_mul(2);
            events += slice.recorded;
            metrics.set_aside.inc_by(slice.set_aside);
        }
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
            if self.owned.has(id) {
                self.start_effects(id);
            } else {
                self.open_when_current(id);
            }
        }
        events
    }

    pub(super) fn start_effects(&mut self, id: u32) {
        let Some(partition) = self.partitions.get_mut(&id) else {
            return;
        };
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
    fn overtaken(&mut self, chains: &[Chain]) {
        for chain in chains {
            match *chain {
                Chain::Numbers { day } => self.numbers.compete(day),
                Chain::Blocks { partition, .. } => {
                    info!(partition, "another owner took the partition over");
                    self.forget(partition);
                }
            }
        }
    }

    /// The log refuses: callers are told so, inputs wait.
    fn refuse(&mut self, reason: &str, is_its: impl Fn(&Change<C>) -> bool) {
        warn!(%reason, "the log refuses to store; callers are told to come again");
        let waiting = mem::take(&mut self.waiting).into_iter();
        let (refused, waiting): (VecDeque<_>, VecDeque<_>) = waiting.partition(is_its);
        self.waiting = waiting;
        for change in refused {
            let message = "the complaint log cannot store anything right now";
            change
                .what
                .refuse(Refusal::unavailable(message, Duration::from_secs(1)));
        }
    }

    /// Counts the round, and pauses while the log refuses: only a little while a part of it stores.
    fn pace_after(&mut self, tally: &Tally) {
        if tally.settled {
            let metrics = &self.parts.metrics;
            metrics.rounds.inc();
            metrics.events.inc_by(tally.events as u64);
            metrics.round_events.observe(tally.events);
        }
        self.refused_pause = match (tally.refused, tally.stored) {
            (true, true) => FIRST_PAUSE,
            (true, false) => (self.refused_pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE),
            (false, true) => Duration::ZERO,
            (false, false) => self.refused_pause,
        };
    }

    /// Undoes a round as if it had not been: its inputs and changes wait again.
    pub(super) fn take_back(&mut self, round: Round<C>) {
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
}

/// Appends what a stream is to store, if anything.
async fn store<L: EventLog>(log: &L, entries: &[Entry]) -> Committed {
    if entries.is_empty() {
        return Committed::Stored(Vec::new());
    }
    commit(log, entries).await
}
