//! Gathers what a round is to bring in.

use std::{future::poll_fn, task::Poll};

use redress_log::EventLog;
use tokio::time::{Instant, timeout_at};

use super::{Control, Node, ROUND_BYTES};
use crate::{
    Core,
    partition::Partition,
    reader::Inputs,
    request::{Change, Look},
};

enum Gathered<C: Core> {
    Control(Control),
    Inputs(Inputs),
    Change(Change<C>),
    Look(Look<C>),
}

/// Where something may come from.
const SOURCES: usize = 4;

impl<C: Core, L: EventLog> Node<C, L> {
    /// Gathers more for the round until the linger is over or the round is full. Inputs of the log
    /// can wait for company, unless a partition has enough of them for a round of its own; a change
    /// has somebody waiting for its answer, and what is due is to happen on time.
    pub(super) async fn gather(&mut self) {
        let pace = self.parts.pace;
        let mut until = Instant::now() + pace.linger + self.refused_pause;
        if !self.waiting.is_empty() {
            until = until.min(self.answer_by());
        }
        // What is due gets later while it waits.
        until = until.min(self.next_wake() + pace.change_linger + self.refused_pause);
        if self.partitions.values().any(Partition::fills_a_round) {
            until = Instant::now() + self.refused_pause;
        }
        let mut gathered_bytes = 0;
        while self.waiting.len() < pace.max_changes && gathered_bytes < ROUND_BYTES {
            match timeout_at(until, self.next()).await {
                Err(_) => return,
                Ok(Gathered::Control(control)) => self.steer(control).await,
                Ok(Gathered::Inputs(inputs)) => {
                    gathered_bytes += inputs.block.as_ref().map_or(0, |block| block.size_bytes);
                    let id = inputs.partition;
                    self.read(inputs);
                    let held = self.partitions.get(&id);
                    if held.is_some_and(Partition::fills_a_round) {
                        until = until.min(Instant::now() + self.refused_pause);
                    }
                }
                Ok(Gathered::Change(change)) => {
                    self.waiting.push_back(change);
                    until = until.min(self.answer_by());
                }
                Ok(Gathered::Look(look)) => self.look(look),
            }
        }
    }

    /// When a round that somebody waits for has gathered enough.
    fn answer_by(&self) -> Instant {
        Instant::now() + self.parts.pace.change_linger + self.refused_pause
    }

    /// The next thing to take in; each source is asked first in turn, so that none starves the
    /// others and the same arrivals are taken in the same order. A source whose senders are gone
    /// has nothing any more.
    async fn next(&mut self) -> Gathered<C> {
        self.turn = (self.turn + 1) % SOURCES;
        poll_fn(|cx| {
            for source in (0..SOURCES).map(|n| (self.turn + n) % SOURCES) {
                let ready = match source {
                    0 => self.control.poll_recv(cx).map(|c| c.map(Gathered::Control)),
                    1 => self.inputs.poll_recv(cx).map(|i| i.map(Gathered::Inputs)),
                    2 => self.changes.poll_recv(cx).map(|c| c.map(Gathered::Change)),
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
