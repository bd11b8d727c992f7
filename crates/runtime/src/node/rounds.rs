//! Rounds: decide, commit, answer; or take everything back.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    pin::pin,
    time::Duration,
};

use bytes::Bytes;
use prost::Message as _;
use redress_log::{Chain, Entry, EventLog};
use redress_wire::log::NumberTake;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{error, info, warn};

use super::Node;
use crate::{
    Context, Core, Refusal, block,
    commit::{Committed, commit},
    numbers::Take,
    request::Change,
    round::{Deciding, Round},
};

/// A change that waited so long behind more than a round takes is refused. Less than a caller waits
/// for an owner in another replica (1.5 s), so that too much is said to be too much, and not taken
/// for an owner that is gone.
const WAIT_MOST: Duration = Duration::from_secs(1);
/// When it makes sense to come again: as long as the queue is.
const COME_AGAIN: Duration = Duration::from_secs(1);
/// A round decides so long at most; at full speed it takes all its changes in less. Callers of a
/// slow machine are then told something every so often.
const ROUND_MOST: Duration = Duration::from_millis(200);
/// A commit takes some milliseconds. Behind one that takes so much longer somebody else may own the
/// partitions already (a lease is 6 s): what is asked from then on waits for its end.
const GLANCE_MOST: Duration = Duration::from_secs(1);
/// Questions that are held until the end of a commit; more wait in their queue.
const HELD_MOST: usize = 1024;

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) async fn round(&mut self) {
        if !self.number_desk_is_ready().await {
            return;
        }
        self.shed();
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let now = self.parts.clock.now();
        let until = Instant::now() + ROUND_MOST;
        let mut deciding = Deciding::new(&mut self.partitions, &mut self.numbers, rules, now);
        deciding.inputs();
        let mut full = VecDeque::new();
        for _ in 0..self.parts.pace.max_changes {
            let Some(change) = self.waiting.pop_front() else {
                break;
            };
            full.extend(deciding.change(change));
            if Instant::now() > until {
                break;
            }
        }
        deciding.due();
        let round = deciding.finish();
        full.append(&mut self.waiting);
        self.waiting = full;
        self.look_at_the_clock(now);
        if let Some(round) = self.without_overflow(round) {
            self.bring_in(round).await;
        }
        for look in mem::take(&mut self.held) {
            self.look(look);
        }
    }

    /// Takes a round back in which something grew too large for a block, to decide it on half of the
    /// inputs.
    fn without_overflow(&mut self, round: Round<C>) -> Option<Round<C>> {
        let mut overflows = false;
        for (id, slice) in &round.slices {
            if slice.overflows()
                && let Some(partition) = self.partitions.get_mut(id)
            {
                partition.inputs_most = slice.inputs.len() / 2;
                overflows = true;
            }
        }
        if overflows {
            self.take_back(round);
            return None;
        }
        Some(round)
    }

    /// When more waits than a round takes, those that have waited long are told to come again: what
    /// is answered in time is worth more than what nobody waits for any more.
    fn shed(&mut self) {
        if self.waiting.len() < self.parts.pace.max_changes {
            return;
        }
        let metrics = &self.parts.metrics;
        let waited = mem::take(&mut self.waiting).into_iter();
        let (late, waiting): (VecDeque<_>, VecDeque<_>) =
            waited.partition(|it: &Change<C>| it.arrived.elapsed() > WAIT_MOST);
        self.waiting = waiting;
        for change in late {
            let message = "too much at once; send the same again";
            let refusal = Refusal::overloaded(message, COME_AGAIN);
            metrics.refused.of(refusal.code_name()).inc();
            metrics.commands.of("refused").inc();
            change.what.refuse(refusal);
        }
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

    async fn bring_in(&mut self, mut round: Round<C>) {
        let entries = self.entries(&mut round);
        if entries.is_empty() {
            self.settle(round, &BTreeMap::new());
            return;
        }
        // Decisions made on rows that could not be read must not reach the log.
        let damaged: Vec<(u32, String)> = self
            .partitions
            .iter()
            .filter_map(|(&id, held)| Some((id, held.rows.failure()?.to_string())))
            .collect();
        if !damaged.is_empty() {
            self.take_back(round);
            for (id, fault) in damaged {
                self.rebuild(id, &fault);
            }
            return;
        }
        let started = Instant::now();
        match self.commit_and_glance(&entries).await {
            Committed::Stored(sequences) => {
                self.parts.metrics.commit.observe(started.elapsed());
                self.refused_pause = Duration::ZERO;
                let stored = self.stored(&entries, &sequences);
                self.settle(round, &stored);
            }
            Committed::Overtaken(chains) => self.redo_without(round, &chains),
            Committed::Refused(reason) => self.refuse(round, &reason),
        }
    }

    /// Brings the round into the log; meanwhile answers what can be told without it. What cannot
    /// is held for afterwards.
    async fn commit_and_glance(&mut self, entries: &[Entry]) -> Committed {
        let log = self.parts.log.clone();
        let mut committing = pin!(commit(&log, entries));
        let until = Instant::now() + GLANCE_MOST;
        loop {
            let room = self.held.len() < HELD_MOST;
            tokio::select! {
                biased;
                committed = &mut committing => return committed,
                () = sleep_until(until) => break,
                Some(look) = self.looks.recv(), if room => {
                    let held = self.glance(look);
                    self.held.extend(held);
                }
            }
        }
        committing.await
    }

    /// The messages of a round. Its events go into them.
    fn entries(&self, round: &mut Round<C>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (id, slice) in &mut round.slices {
            let Some(partition) = self.partitions.get(id) else {
                continue;
            };
            if slice.events.is_empty() {
                continue;
            }
            let events = mem::take(&mut slice.events);
            slice.recorded = events.len();
            let block = partition.next_block(&self.parts.member, events);
            entries.push(Entry {
                chain: partition.chain(),
                expected: partition.head.sequence,
                payload: block::encode(&block),
            });
        }
        for Take {
            day,
            expected,
            next,
        } in self.numbers.takes()
        {
            let owner = self.parts.member.clone();
            let payload = NumberTake { next, owner }.encode_to_vec().into();
            entries.push(Entry {
                chain: Chain::Numbers { day },
                expected,
                payload,
            });
        }
        entries
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

    /// The round is in the log: rows are committed, answers go out, effects start.
    fn settle(&mut self, round: Round<C>, stored: &BTreeMap<u32, (u64, Bytes)>) {
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
            if self.owned.has(id) {
                self.start_effects(id);
            } else {
                self.open_when_current(id);
            }
        }
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
    fn redo_without(&mut self, round: Round<C>, chains: &[Chain]) {
        self.take_back(round);
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
    fn refuse(&mut self, round: Round<C>, reason: &str) {
        warn!(%reason, "the log refuses to store; callers are told to come again");
        self.take_back(round);
        for change in self.waiting.drain(..) {
            let message = "the complaint log cannot store anything right now";
            change
                .what
                .refuse(Refusal::unavailable(message, Duration::from_secs(1)));
        }
        self.refused_pause =
            (self.refused_pause * 2).clamp(Duration::from_millis(100), Duration::from_secs(2));
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
}
