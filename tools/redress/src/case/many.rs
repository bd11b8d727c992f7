//! Many commands over one stream: one at a time for each case, many cases side by side.
//!
//! A lane holds the commands of one case. The next one goes out when the one before was answered,
//! so an answer may decide what comes next, and a command that is sent again never overtakes.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use futures::channel::mpsc;
use redress_wire::{
    Service,
    router::{
        CaseCommand, ExecuteManyRequest, ExecuteManyResponse, ExecuteRefusal, ExecuteResponse,
        execute_many_response::Outcome,
    },
};
use tonic::{Status, Streaming};

use crate::{
    clients::{Clients, not_there},
    commands::localized,
    lang::Lang,
};

/// A command is given up when it could not be answered for so long: above a take-over.
const PATIENCE: Duration = Duration::from_mins(1);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The commands of one case.
pub(crate) trait Lane {
    /// The next command; `None` when the lane is done.
    fn next(&mut self) -> Option<CaseCommand>;

    /// What came of the last one.
    fn answered(&mut self, answer: Result<ExecuteResponse, ExecuteRefusal>);

    /// Whether a refusal may pass by itself: the same command is then sent again.
    fn may_pass(&self, refusal: &ExecuteRefusal) -> bool {
        passes(refusal)
    }
}

/// Refusals for the moment.
pub(crate) fn passes(refusal: &ExecuteRefusal) -> bool {
    matches!(
        refusal.code.as_str(),
        "UNAVAILABLE" | "RESOURCE_EXHAUSTED" | "DEADLINE_EXCEEDED" | "CANCELLED"
    )
}

/// Carries all lanes out, at most `width` at once, with refusals in that language; `ended` gets
/// each one when it is done.
///
/// # Errors
/// The service is not there, or does not answer for longer than a take-over takes.
pub(crate) async fn carry_out<L: Lane>(
    clients: &Clients,
    lanes: impl Iterator<Item = L>,
    (width, lang): (usize, Lang),
    ended: impl FnMut(L),
) -> anyhow::Result<()> {
    let mut runner = Runner {
        lanes: lanes.fuse(),
        ended,
        table: Table::default(),
        width: width.max(1),
        lang,
    };
    let mut last_answer = Instant::now();
    let mut tries = 0;
    runner.fill();
    while runner.table.under_way > 0 {
        let before = runner.table.answered;
        let broken = runner.one_stream(clients).await?;
        if runner.table.answered > before {
            (last_answer, tries) = (Instant::now(), 0);
        }
        let Some(status) = broken else { continue };
        tries += 1;
        let never_there = runner.table.answered == 0 && not_there(&status);
        if never_there || last_answer.elapsed() > PATIENCE {
            return Err(clients.explain(Service::Router, &status));
        }
        tokio::time::sleep((FIRST_PAUSE * tries).min(LONGEST_PAUSE)).await;
    }
    Ok(())
}

struct Runner<I, L, F> {
    lanes: I,
    ended: F,
    table: Table<L>,
    width: usize,
    lang: Lang,
}

/// Lanes under way by slot.
struct Table<L> {
    slots: Vec<Option<Slot<L>>>,
    free: Vec<usize>,
    under_way: usize,
    answered: u64,
    /// Slots whose command is to be sent, now or when a pause is over.
    ready: Vec<usize>,
    paused: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl<L> Default for Table<L> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            under_way: 0,
            answered: 0,
            ready: Vec::new(),
            paused: BinaryHeap::new(),
        }
    }
}

struct Slot<L> {
    lane: L,
    command: CaseCommand,
    since: Instant,
    tries: u32,
}

impl<I: Iterator<Item = L>, L: Lane, F: FnMut(L)> Runner<I, L, F> {
    /// Takes lanes in while there is room.
    fn fill(&mut self) {
        while self.table.under_way < self.width {
            let Some(mut lane) = self.lanes.next() else {
                return;
            };
            match lane.next() {
                Some(command) => self.table.take(lane, command),
                None => (self.ended)(lane),
            }
        }
    }

    /// Sends and hears until all is done or the stream breaks.
    async fn one_stream(&mut self, clients: &Clients) -> anyhow::Result<Option<Status>> {
        // Every slot has one command at most on the way, so sending never waits.
        let (mut requests, receiver) = mpsc::channel(self.width);
        self.table.all_again();
        self.send(&mut requests);
        let requests_in = localized(receiver, self.lang);
        let opened = clients
            .case_commands_stream()?
            .execute_many(requests_in)
            .await;
        let mut answers = match opened {
            Ok(answers) => answers.into_inner(),
            Err(status) => return Ok(Some(status)),
        };
        while self.table.under_way > 0 {
            let heard = self.hear(&mut answers).await;
            match heard {
                Ok(Some(answer)) => self.answer(answer),
                Ok(None) => {}
                Err(status) => return Ok(Some(status)),
            }
            self.fill();
            self.send(&mut requests);
        }
        Ok(None)
    }

    /// The next answer; `None` when a pause is over first.
    async fn hear(
        &mut self,
        answers: &mut Streaming<ExecuteManyResponse>,
    ) -> Result<Option<ExecuteManyResponse>, Status> {
        let again = self.table.paused.peek().map(|Reverse((at, _))| *at);
        let pause = async {
            match again {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            answer = answers.message() => match answer? {
                Some(answer) => Ok(Some(answer)),
                None => Err(Status::unavailable("the service ended the stream")),
            },
            () = pause => Ok(None),
        }
    }

    fn send(&mut self, requests: &mut mpsc::Sender<ExecuteManyRequest>) {
        self.table.wake();
        for index in std::mem::take(&mut self.table.ready) {
            let Some(slot) = &self.table.slots[index] else {
                continue;
            };
            let request = ExecuteManyRequest {
                position: index as u64,
                command: Some(slot.command.clone()),
            };
            // A stream that broke is noticed by its answers, and everything is sent again.
            drop(requests.try_send(request));
        }
    }

    fn answer(&mut self, message: ExecuteManyResponse) {
        let index = message.position as usize;
        let Some(slot) = self.table.slots.get_mut(index).and_then(Option::as_mut) else {
            return;
        };
        let answer = match message.outcome {
            Some(Outcome::Done(done)) => Ok(done),
            Some(Outcome::Refused(refusal)) => Err(refusal),
            None => Err(ExecuteRefusal {
                code: "INTERNAL".to_owned(),
                message: "the answer says neither done nor refused".to_owned(),
            }),
        };
        if let Err(refusal) = &answer
            && slot.lane.may_pass(refusal)
            && slot.since.elapsed() < PATIENCE
        {
            slot.tries += 1;
            let pause = (FIRST_PAUSE * slot.tries).min(LONGEST_PAUSE);
            let at = Instant::now() + pause;
            return self.table.paused.push(Reverse((at, index)));
        }
        self.table.answered += 1;
        slot.lane.answered(answer);
        if let Some(command) = slot.lane.next() {
            slot.command = command;
            (slot.since, slot.tries) = (Instant::now(), 0);
            self.table.ready.push(index);
        } else if let Some(lane) = self.table.leave(index) {
            (self.ended)(lane);
        }
    }
}

impl<L> Table<L> {
    fn take(&mut self, lane: L, command: CaseCommand) {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[index] = Some(Slot {
            lane,
            command,
            since: Instant::now(),
            tries: 0,
        });
        self.under_way += 1;
        self.ready.push(index);
    }

    fn leave(&mut self, index: usize) -> Option<L> {
        let slot = self.slots[index].take()?;
        self.under_way -= 1;
        self.free.push(index);
        Some(slot.lane)
    }

    /// On a new stream nothing is on the way.
    fn all_again(&mut self) {
        self.paused.clear();
        let taken = self.slots.iter().enumerate();
        self.ready = taken
            .filter_map(|(index, slot)| slot.as_ref().map(|_| index))
            .collect();
    }

    /// Makes ready what paused long enough.
    fn wake(&mut self) {
        let now = Instant::now();
        while let Some(Reverse((at, index))) = self.paused.peek().copied() {
            if at > now {
                return;
            }
            self.paused.pop();
            self.ready.push(index);
        }
    }
}

#[cfg(test)]
mod tests;
