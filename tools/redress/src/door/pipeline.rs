//! Many requests over NATS at once: one subscription for all answers, retried with the same
//! request id until they are answered or patience ends.
//!
//! The client's own `request` costs a task and a timer for each; here a complaint costs a slot in
//! a table, so that a load generator leaves the machine to what it measures.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use async_nats::{Client, Message, StatusCode, Subscriber};
use futures::StreamExt as _;
use redress_wire::names;

use super::{Done, Job, Outcome, Pace, answer};

/// An attempt without an answer is made again after this: above a take-over of partitions.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Nobody listens, or asks to come again without saying when.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Sends all jobs; `on_done` hears of each one.
///
/// With a rate, jobs are due at fixed times, whether earlier ones were answered or not, and the
/// time taken counts from when the job was due: slow answers are not hidden.
///
/// # Errors
/// The broker cannot be talked to at all.
pub(crate) async fn send_over_nats(
    client: &Client,
    jobs: impl Iterator<Item = Job>,
    pace: Pace,
    on_done: impl FnMut(Done),
) -> anyhow::Result<()> {
    let inbox = client.new_inbox();
    let answers = client.subscribe(format!("{inbox}.*")).await;
    let answers = answers.context("the broker refuses our subscription for answers")?;
    let table = Table {
        slots: Vec::new(),
        free: Vec::new(),
        waiting: BinaryHeap::new(),
    };
    let mut sender = Sender {
        client: client.clone(),
        inbox,
        pace,
        table,
        on_done,
        under_way: 0,
    };
    sender.run(jobs.fuse(), answers).await
}

struct Sender<F> {
    client: Client,
    inbox: String,
    pace: Pace,
    table: Table,
    on_done: F,
    under_way: usize,
}

/// Jobs under way by slot; a slot's attempt number tells a late answer from the awaited one.
struct Table {
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// When to look at a slot again: no answer yet, or a pause is over.
    waiting: BinaryHeap<Reverse<(Instant, usize, u32)>>,
}

#[derive(Default)]
struct Slot {
    job: Option<Job>,
    due: Option<Instant>,
    attempt: u32,
    tries: u32,
    paused: bool,
    trouble: String,
}

impl<F: FnMut(Done)> Sender<F> {
    async fn run(
        &mut self,
        mut jobs: impl Iterator<Item = Job>,
        mut answers: Subscriber,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut sent = 0_u64;
        let mut tick = tokio::time::interval(LOOK_EVERY);
        let mut next = jobs.next();
        while next.is_some() || self.under_way > 0 {
            while next.is_some() && self.under_way < self.pace.in_flight {
                let due = self.due(started, sent);
                if due > Instant::now() {
                    break;
                }
                let Some(job) = std::mem::replace(&mut next, jobs.next()) else {
                    break;
                };
                sent += 1;
                self.take(job, due).await;
                // Answers are read as they come, not after a burst of sending.
                if sent.is_multiple_of(32) {
                    break;
                }
            }
            let room = next.is_some() && self.under_way < self.pace.in_flight;
            let due = self.due(started, sent);
            tokio::select! {
                biased;
                answer = answers.next() => {
                    self.answered(&answer.context("the broker ended our subscription")?);
                }
                () = tokio::time::sleep_until(due.into()), if room => {}
                _ = tick.tick() => self.look_again().await,
            }
        }
        let _ = answers.unsubscribe().await;
        Ok(())
    }

    /// When the job after `sent` others is due; at once without a rate.
    fn due(&self, started: Instant, sent: u64) -> Instant {
        match self.pace.rate {
            Some(rate) => started + Duration::from_secs_f64(sent as f64 / rate.max(0.001)),
            None => Instant::now(),
        }
    }

    async fn take(&mut self, job: Job, due: Instant) {
        let index = self.table.free.pop().unwrap_or_else(|| {
            self.table.slots.push(Slot::default());
            self.table.slots.len() - 1
        });
        let slot = &mut self.table.slots[index];
        slot.job = Some(job);
        slot.due = Some(due);
        slot.tries = 0;
        slot.trouble.clear();
        self.under_way += 1;
        self.publish(index).await;
    }

    async fn publish(&mut self, index: usize) {
        let slot = &mut self.table.slots[index];
        let Some(job) = &slot.job else { return };
        slot.attempt = slot.attempt.wrapping_add(1);
        slot.tries += 1;
        slot.paused = false;
        let subject = names::submit_subject(&job.channel);
        let reply = format!("{}.{index:x}-{:x}", self.inbox, slot.attempt);
        let body = job.body.clone();
        let look_at = Instant::now() + ANSWER_WITHIN;
        self.table
            .waiting
            .push(Reverse((look_at, index, slot.attempt)));
        if let Err(error) = self.client.publish_with_reply(subject, reply, body).await {
            self.pause(index, FIRST_PAUSE, error.to_string());
        }
    }

    fn answered(&mut self, message: &Message) {
        let Some((index, attempt)) = address(&message.subject) else {
            return;
        };
        let Some(slot) = self.table.slots.get(index) else {
            return;
        };
        if slot.job.is_none() || slot.attempt != attempt {
            return;
        }
        let pause = (FIRST_PAUSE * slot.tries).min(LONGEST_PAUSE);
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            return self.pause(index, pause, "no intake listens on the broker".to_owned());
        }
        match answer::read(&message.payload) {
            Outcome::Refused(refusal) if refusal.is_for_now() => {
                let asked = Duration::from_millis(refusal.retry_after_ms);
                self.pause(index, asked.max(pause), refusal.text());
            }
            outcome => self.finish(index, outcome),
        }
    }

    /// Tries the slot again after a pause, unless patience ends before.
    fn pause(&mut self, index: usize, pause: Duration, trouble: String) {
        let slot = &mut self.table.slots[index];
        let now = Instant::now();
        let patience_ends = slot.due.unwrap_or(now) + self.pace.patience;
        slot.trouble = trouble;
        if now + pause >= patience_ends {
            let trouble = std::mem::take(&mut slot.trouble);
            return self.finish(index, Outcome::Unknown(trouble));
        }
        slot.attempt = slot.attempt.wrapping_add(1);
        slot.paused = true;
        self.table
            .waiting
            .push(Reverse((now + pause, index, slot.attempt)));
    }

    /// Publishes what paused long enough, and what had no answer.
    async fn look_again(&mut self) {
        let now = Instant::now();
        while let Some(Reverse((at, index, attempt))) = self.table.waiting.peek().copied() {
            if at > now {
                return;
            }
            self.table.waiting.pop();
            let slot = &self.table.slots[index];
            if slot.job.is_none() || slot.attempt != attempt {
                continue;
            }
            if slot.paused {
                self.publish(index).await;
            } else {
                self.pause(index, Duration::ZERO, "no answer".to_owned());
            }
        }
    }

    fn finish(&mut self, index: usize, outcome: Outcome) {
        let slot = &mut self.table.slots[index];
        let Some(job) = slot.job.take() else { return };
        slot.attempt = slot.attempt.wrapping_add(1);
        let took = slot.due.map_or(Duration::ZERO, |due| due.elapsed());
        self.table.free.push(index);
        self.under_way -= 1;
        (self.on_done)(job.done(outcome, took));
    }
}

/// Slot and attempt at the end of an answer's subject.
fn address(subject: &str) -> Option<(usize, u32)> {
    let (index, attempt) = subject.rsplit('.').next()?.split_once('-')?;
    Some((
        usize::from_str_radix(index, 16).ok()?,
        u32::from_str_radix(attempt, 16).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_finds_its_slot() {
        assert_eq!(address("_INBOX.abc.1f-a"), Some((31, 10)));
        assert_eq!(address("_INBOX.abc"), None);
    }
}
