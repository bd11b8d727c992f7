//! Gathers what a round is to bring in.

use std::{future::poll_fn, task::Poll};

use redress_log::EventLog;
use tokio::time::{Instant, timeout_at};

use super::{Control, INPUTS_MOST, Node, TakenOver};
use crate::{
    Core,
    partition::Partition,
    reader::Inputs,
    request::{Change, Look},
};

enum Gathered<C: Core> {
    Control(Control),
    Taken(Box<TakenOver<C>>),
    Inputs(Inputs),
    Change(Change<C>),
    Look(Look<C>),
}

/// Where something may come from.
const SOURCES: usize = 5;

impl<C: Core, L: EventLog> Node<C, L> {
    /// Gathers more for the round until the linger is over or the round is full. Inputs of the log
    /// can wait for company, unless a partition has enough of them for a round of its own; a change
    /// has somebody waiting for its answer, a partition that was taken over and is not current yet
    /// has many, and what is due is to happen on time.
    pub(super) async fn gather(&mut self) {
        let pace = self.parts.pace;
        // All at hand, for the time to wait for more may be over already.
        while self.waiting.len() < pace.max_changes
            && let Ok(change) = self.changes.try_recv()
        {
            self.waiting.push_back(change);
        }
        let mut until = Instant::now() + pace.linger + self.refused_pause;
        if let Some(change) = self.waiting.front() {
            until = until.min(self.answer_by(change.arrived));
        }
        if self.partitions.values().any(|it| !it.is_current()) {
            until = until.min(self.answer_by(Instant::now()));
        }
        // What is due gets later while it waits.
        until = until.min(self.next_wake() + pace.change_linger + self.refused_pause);
        let mut held = self.held_bytes();
        if held >= INPUTS_MOST || self.partitions.values().any(Partition::fills_a_round) {
            until = Instant::now() + self.refused_pause;
        }
        while self.waiting.len() < pace.max_changes {
            match timeout_at(until, self.next(held < INPUTS_MOST)).await {
                Err(_) => return,
                Ok(Gathered::Control(control)) => self.steer(control),
                Ok(Gathered::Taken(taken)) => {
                    self.took_over(*taken);
                    until = until.min(self.answer_by(Instant::now()));
                }
                Ok(Gathered::Inputs(inputs)) => {
                    held += inputs.block.as_ref().map_or(0, |block| block.size_bytes);
                    let id = inputs.partition;
                    self.read(inputs);
                    let partition = self.partitions.get(&id);
                    if held >= INPUTS_MOST || partition.is_some_and(Partition::fills_a_round) {
                        until = until.min(Instant::now() + self.refused_pause);
                    }
                }
                Ok(Gathered::Change(change)) => {
                    until = until.min(self.answer_by(change.arrived));
                    self.waiting.push_back(change);
                }
                Ok(Gathered::Look(look)) => self.look(look),
            }
        }
    }

    /// Says what is still to be folded, in the log and here.
    pub(super) fn say_backlog(&self) {
        let partitions = self.partitions.values();
        let blocks = partitions.map(|it| it.behind + it.inputs.len() as u64);
        self.parts.metrics.backlog.set(blocks.sum::<u64>() as i64);
        self.parts.metrics.input_bytes.set(self.held_bytes() as i64);
    }

    /// Size of the inputs that wait for a round.
    fn held_bytes(&self) -> usize {
        let inputs = self.partitions.values().flat_map(|it| &it.inputs);
        inputs.map(|block| block.size_bytes).sum()
    }

    /// When a round that somebody has waited for since then has gathered enough.
    fn answer_by(&self, since: Instant) -> Instant {
        let enough = since + self.parts.pace.change_linger;
        enough.max(Instant::now() + self.refused_pause)
    }

    /// The next thing to take in, inputs only if there is room for them; each source is asked first
    /// in turn, so that none starves the others and the same arrivals are taken in the same order.
    /// A source whose senders are gone has nothing any more.
    async fn next(&mut self, takes_inputs: bool) -> Gathered<C> {
        self.turn = (self.turn + 1) % SOURCES;
        poll_fn(|cx| {
            for source in (0..SOURCES).map(|n| (self.turn + n) % SOURCES) {
                let ready = match source {
                    0 => self.control.poll_recv(cx).map(|c| c.map(Gathered::Control)),
                    1 if !takes_inputs => Poll::Pending,
                    1 => self.inputs.poll_recv(cx).map(|i| i.map(Gathered::Inputs)),
                    2 => self.changes.poll_recv(cx).map(|c| c.map(Gathered::Change)),
                    3 => {
                        let taken = self.taken.poll_recv(cx);
                        taken.map(|t| t.map(|t| Gathered::Taken(Box::new(t))))
                    }
                    _ => self.looks.poll_recv(cx).map(|l| l.map(Gathered::Look)),
                };
                if let Poll::Ready(Some(gathered)) = ready {
                    return Poll::Ready(gathered);
                }
            }
            Poll::Pending
        })
        .await
    }
}
