//! Rounds: decide what is at hand.

use std::{collections::VecDeque, mem, time::Duration};

use prost::Message as _;
use redress_log::{Chain, EventLog, Streams};
use redress_wire::log::NumberTake;
use tokio::time::{Instant, sleep};
use tracing::{error, warn};

use super::Node;
use crate::{
    Core, Refusal,
    commit::{Committed, commit},
    request::{Change, WAIT_MOST},
    round::{Deciding, Round},
};

/// When it makes sense to come again: as long as the queue is.
const COME_AGAIN: Duration = Duration::from_secs(1);
/// A round decides so long at most; at full speed it takes all its changes in less. Callers of a
/// slow machine are then told something every so often.
const ROUND_MOST: Duration = Duration::from_millis(200);

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) async fn round(&mut self) {
        self.decide().await;
        for look in mem::take(&mut self.held) {
            self.look(look);
        }
    }

    async fn decide(&mut self) {
        let Some(streams) = self.streams().await else {
            return;
        };
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        if !self.number_desk_is_ready(rules, streams).await {
            return;
        }
        self.shed();
        let now = self.parts.clock.now();
        // Another day may have begun meanwhile.
        let days = C::number_days(rules, now);
        if !days.into_iter().all(|day| self.numbers.knows(day)) {
            return;
        }
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
            self.bring_in(round, streams).await;
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

    /// Over how many streams the log is spread. The adapter knows once it has been asked.
    async fn streams(&mut self) -> Option<Streams> {
        match self.parts.log.streams().await {
            Ok(streams) => Some(streams),
            Err(fault) => {
                warn!(%fault, "the log is asked again over how many streams it is spread");
                sleep(Duration::from_millis(100)).await;
                None
            }
        }
    }

    /// Learns where the sequences of numbers stand that this round may need, and takes from those
    /// that other replicas take from as well.
    async fn number_desk_is_ready(&mut self, rules: &C::Rules, streams: Streams) -> bool {
        let days = C::number_days(rules, self.parts.clock.now());
        self.numbers.retain(&days);
        self.numbers.take_ahead(streams != Streams::ONE);
        for day in days {
            if !(self.knows_numbers_of(day).await && self.restock(day).await) {
                return false;
            }
        }
        true
    }

    /// Takes numbers ahead of a round of changes while replicas compete: the one that comes second
    /// has nothing to decide again.
    async fn restock(&mut self, day: u32) -> bool {
        if self.waiting.is_empty() {
            return true;
        }
        while let Some(take) = self.numbers.restock(day) {
            let log = self.parts.log.clone();
            let entry = self.number_entry(take);
            match self.beside_glances(commit(&log, &[entry])).await {
                Committed::Stored(sequences) => {
                    let sequence = sequences.first().copied().unwrap_or_default();
                    self.numbers.stocked(take, sequence);
                }
                Committed::Overtaken(_) => {
                    self.numbers.outrun(day);
                    if !self.knows_numbers_of(day).await {
                        return false;
                    }
                }
                // The round will be refused as well, and tells its callers.
                Committed::Refused(_) => break,
            }
        }
        true
    }

    /// Learns where the day's sequence stands, unless that is known.
    async fn knows_numbers_of(&mut self, day: u32) -> bool {
        if self.numbers.knows(day) {
            return true;
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
        true
    }
}
