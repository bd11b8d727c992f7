//! The decisions of one round: fold the inputs gathered, then decide them, the commands and what
//! is due, each decision seeing the events of those before.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use jiff::Timestamp;
use prost::Message as _;
use redress_wire::{
    Payload,
    log::Event,
    ops,
    peer::{Redrive, RedriveOutcome, SetAsideRow},
};
use tokio::time::Instant;
use tracing::error;

use crate::{
    Block, Context, Core, Draft, NumberDesk, Origin, Recorded, Refusal,
    partition::Partition,
    request::{Change, Reply, What},
    set_aside,
    tasks::said,
    trace,
};

/// A block closes when its events reach this size: well under the broker's 1 MiB for a message,
/// whatever single event (bounded at the doors) comes last.
const BLOCK_BYTES: usize = 256 << 10;
/// A block closes when it has so many events: what each of them leads to, in the services that read
/// it, may be many times its size, and has to fit into one block there as well.
const BLOCK_EVENTS: usize = 512;
/// A slice of more than this is decided again on fewer inputs: the broker would refuse it.
const SLICE_MOST: usize = 768 << 10;

/// Answers to be given once the round is committed, with the request for when it has to be redone.
pub(crate) enum Pending<C: Core> {
    Command(Change<C>, Result<C::Answer, Refusal>),
    Kept(Change<C>),
    Redriven(Change<C>, RedriveOutcome),
}

/// What a round did to one partition.
#[derive(Default)]
pub(crate) struct Slice {
    pub(crate) events: Vec<Event>,
    /// How many of them went into the block.
    pub(crate) recorded: usize,
    pub(crate) bytes: usize,
    pub(crate) inputs: Vec<Block>,
    pub(crate) consumed_before: u64,
    pub(crate) set_aside: u64,
}

impl Slice {
    fn is_full(&self) -> bool {
        self.bytes >= BLOCK_BYTES || self.events.len() >= BLOCK_EVENTS
    }

    /// Whether it is too much for a block, and fewer inputs would make it less.
    pub(crate) fn overflows(&self) -> bool {
        self.bytes > SLICE_MOST && self.inputs.len() > 1
    }
}

/// One round, or what it has for one stream; decided and not committed yet.
pub(crate) struct Round<C: Core> {
    pub(crate) slices: BTreeMap<u32, Slice>,
    pub(crate) pending: Vec<Pending<C>>,
}

impl<C: Core> Default for Round<C> {
    fn default() -> Self {
        Self {
            slices: BTreeMap::new(),
            pending: Vec::new(),
        }
    }
}

pub(crate) struct Deciding<'a, C: Core> {
    pub(crate) partitions: &'a mut BTreeMap<u32, Partition<C>>,
    pub(crate) numbers: &'a mut NumberDesk,
    pub(crate) rules: &'a C::Rules,
    pub(crate) now: Timestamp,
    pub(crate) round: Round<C>,
}

impl<'a, C: Core> Deciding<'a, C> {
    pub(crate) fn new(
        partitions: &'a mut BTreeMap<u32, Partition<C>>,
        numbers: &'a mut NumberDesk,
        rules: &'a C::Rules,
        now: Timestamp,
    ) -> Self {
        Self {
            partitions,
            numbers,
            rules,
            now,
            round: Round::default(),
        }
    }

    /// Folds the inputs at hand, then decides what follows from them.
    pub(crate) fn inputs(&mut self) {
        let waiting: Vec<u32> = self
            .partitions
            .values()
            .filter(|partition| !partition.inputs.is_empty())
            .map(|partition| partition.id)
            .collect();
        for id in waiting {
            let inputs = self.fold_inputs(id);
            for input in &inputs {
                self.react(id, input);
            }
            if let Some(slice) = self.round.slices.get_mut(&id) {
                slice.inputs = inputs;
            }
        }
    }

    /// Takes inputs up to the size of a block, at least one, so that what follows fits into one.
    fn fold_inputs(&mut self, id: u32) -> Vec<Block> {
        let Some(partition) = self.partitions.get_mut(&id) else {
            return Vec::new();
        };
        let slice = self.round.slices.entry(id).or_default();
        slice.consumed_before = partition.consumed;
        let mut taken = Vec::new();
        let (mut bytes, mut events) = (BLOCK_BYTES, BLOCK_EVENTS);
        while let Some(block) = partition.inputs.pop_front() {
            let fits = block.size_bytes <= bytes
                && block.content.events.len() <= events
                && taken.len() < partition.inputs_most;
            if !fits && !taken.is_empty() {
                partition.inputs.push_front(block);
                break;
            }
            bytes = bytes.saturating_sub(block.size_bytes);
            events = events.saturating_sub(block.content.events.len());
            partition.fold_input(&block);
            taken.push(block);
        }
        taken
    }

    fn react(&mut self, id: u32, block: &Block) {
        for (index, event) in block.content.events.iter().enumerate() {
            let origin = Origin {
                service: block.service,
                partition: id,
                height: block.content.height,
                index: index as u32,
            };
            let recorded = Recorded { origin, event };
            let (drafts, follows) =
                trace::within("react", C::SERVICE.name(), &event.traceparent, || {
                    self.guarded(id, |partition, cx| {
                        partition.core.react(&partition.rows, &recorded, cx)
                    })
                });
            let drafts = match drafts {
                Ok(Ok(drafts)) => drafts,
                Ok(Err(reason)) | Err(reason) => self.aside(id, &recorded, reason),
            };
            self.record(id, drafts, &follows);
        }
    }

    fn aside(&mut self, id: u32, recorded: &Recorded<'_>, reason: String) -> Vec<Draft> {
        error!(partition = id, %reason, origin = ?recorded.origin, "an event is set aside");
        self.slice(id).set_aside += 1;
        vec![set_aside::draft(set_aside::of_event(recorded, reason))]
    }

    /// Decides a change; gives it back if the partition's block is full.
    pub(crate) fn change(&mut self, change: Change<C>) -> Option<Change<C>> {
        let id = change.partition;
        let Some(partition) = self.partitions.get(&id) else {
            change.what.refuse(Refusal::moved(id));
            return None;
        };
        let consumed = partition.consumed;
        let slice = self.round.slices.entry(id).or_insert_with(|| Slice {
            consumed_before: consumed,
            ..Slice::default()
        });
        if slice.is_full() {
            return Some(change);
        }
        let pending = match &change.what {
            What::Command(command, _) => {
                let answer = self.command(id, command, &change.traceparent);
                Pending::Command(change, answer)
            }
            What::KeepAside(row, _) => {
                self.keep_aside(id, &row.clone());
                Pending::Kept(change)
            }
            What::Redrive(redrive, _) => {
                let outcome = self.redrive(id, &redrive.clone(), &change.traceparent);
                Pending::Redriven(change, outcome)
            }
        };
        self.round.pending.push(pending);
        None
    }

    fn command(
        &mut self,
        id: u32,
        command: &C::Command,
        traceparent: &str,
    ) -> Result<C::Answer, Refusal> {
        let (decided, follows) = trace::within("decide", C::SERVICE.name(), traceparent, || {
            self.guarded(id, |partition, cx| {
                partition.core.decide(&partition.rows, command, cx)
            })
        });
        let (drafts, answer) = decided.unwrap_or_else(|reason| {
            error!(partition = id, %reason, "a command cannot be decided");
            Err(Refusal::new(
                tonic::Code::Internal,
                "this request cannot be processed",
            ))
        })?;
        self.record(id, drafts, &follows);
        Ok(answer)
    }

    fn keep_aside(&mut self, id: u32, row: &SetAsideRow) {
        let known = self
            .partitions
            .get(&id)
            .is_some_and(|partition| set_aside::get(&partition.rows, &row.id).is_some());
        if !known {
            self.slice(id).set_aside += 1;
            self.record(id, vec![set_aside::draft(row.clone())], "");
        }
    }

    fn redrive(&mut self, id: u32, redrive: &Redrive, traceparent: &str) -> RedriveOutcome {
        let found = self
            .partitions
            .get(&id)
            .and_then(|partition| set_aside::get(&partition.rows, &redrive.id));
        let Some(row) = found else {
            return RedriveOutcome {
                processed: false,
                outcome: "nothing set aside has this id".into(),
            };
        };
        let tried = match set_aside::event_of(&row) {
            Some((origin, event)) => {
                let recorded = Recorded {
                    origin,
                    event: &event,
                };
                self.guarded(id, |partition, cx| {
                    partition.core.react(&partition.rows, &recorded, cx)
                })
                .and_then(|drafts| drafts)
            }
            None => self
                .guarded(id, |partition, cx| {
                    let command = C::revive(&row, cx)?;
                    partition
                        .core
                        .decide(&partition.rows, &command, cx)
                        .map(|(drafts, _)| drafts)
                        .map_err(|refusal| refusal.message)
                })
                .and_then(|drafts| drafts),
        };
        let outcome = match tried {
            Ok(drafts) => {
                self.record(id, drafts, traceparent);
                RedriveOutcome {
                    processed: true,
                    outcome: "processed".into(),
                }
            }
            Err(reason) => RedriveOutcome {
                processed: false,
                outcome: reason,
            },
        };
        let redriven = ops::Redriven {
            id: redrive.id.clone(),
            request_id: redrive.request_id.clone(),
            outcome: outcome.outcome.clone(),
            processed: outcome.processed,
        };
        self.record(
            id,
            vec![Draft::about(row.complaint_id, Payload::Redriven(redriven))],
            "",
        );
        outcome
    }

    /// Decides what is due.
    pub(crate) fn due(&mut self) {
        let due: Vec<u32> = self
            .partitions
            .values()
            .filter(|partition| {
                partition.is_current()
                    && partition.core.next_due().is_some_and(|due| due <= self.now)
            })
            .map(|partition| partition.id)
            .collect();
        for id in due {
            let consumed = self
                .partitions
                .get(&id)
                .map_or(0, |partition| partition.consumed);
            self.round.slices.entry(id).or_insert_with(|| Slice {
                consumed_before: consumed,
                ..Slice::default()
            });
            let drafts = self.guarded(id, |partition, cx| {
                partition.core.expire(&partition.rows, cx)
            });
            match drafts {
                Ok(drafts) => self.record(id, drafts, ""),
                Err(reason) => error!(partition = id, %reason, "what is due cannot be decided"),
            }
        }
    }

    pub(crate) fn finish(self) -> Round<C> {
        self.round
    }

    fn slice(&mut self, id: u32) -> &mut Slice {
        self.round.slices.entry(id).or_default()
    }

    /// Calls the core; a panic becomes a reason, for nothing that one input does may stop the rest.
    fn guarded<T>(
        &mut self,
        id: u32,
        call: impl FnOnce(&Partition<C>, &mut Context<'_, C::Rules>) -> T,
    ) -> Result<T, String> {
        let partition = self
            .partitions
            .get(&id)
            .ok_or("the partition is not owned here")?;
        let mut cx = Context {
            partition: id,
            now: self.now,
            rules: self.rules,
            numbers: self.numbers,
        };
        catch_unwind(AssertUnwindSafe(|| call(partition, &mut cx))).map_err(|panic| said(&*panic))
    }

    fn record(&mut self, id: u32, drafts: Vec<Draft>, traceparent: &str) {
        let Some(partition) = self.partitions.get_mut(&id) else {
            return;
        };
        let slice = self.round.slices.entry(id).or_default();
        for draft in drafts {
            let event = Event {
                complaint_id: draft.complaint_id,
                time_us: self.now.as_microsecond(),
                traceparent: traceparent.to_owned(),
                payload: Some(draft.payload),
            };
            partition.fold_own(slice.events.len(), &event);
            slice.bytes += event.encoded_len();
            slice.events.push(event);
        }
    }
}

impl<C: Core> Partition<C> {
    /// Whether as much waits as a round takes.
    pub(crate) fn fills_a_round(&self) -> bool {
        let (mut bytes, mut events) = (0, 0);
        let full = self.inputs.iter().any(|block| {
            bytes += block.size_bytes;
            events += block.content.events.len();
            bytes >= BLOCK_BYTES || events >= BLOCK_EVENTS
        });
        full || self.inputs.len() >= self.inputs_most
    }
}

impl<C: Core> Pending<C> {
    /// Gives the answer: the round is in the log.
    pub(crate) fn answer(self) {
        match self {
            Self::Command(change, answer) => {
                if let What::Command(_, reply) = change.what {
                    send(reply, answer);
                }
            }
            Self::Kept(change) => {
                if let What::KeepAside(_, reply) = change.what {
                    send(reply, Ok(()));
                }
            }
            Self::Redriven(change, outcome) => {
                if let What::Redrive(_, reply) = change.what {
                    send(reply, Ok(outcome));
                }
            }
        }
    }

    /// Takes the decision back: the change is to be decided again.
    pub(crate) fn undo(self) -> Change<C> {
        match self {
            Self::Command(change, _) | Self::Kept(change) | Self::Redriven(change, _) => change,
        }
    }

    pub(crate) fn arrived(&self) -> Instant {
        self.change().arrived
    }

    pub(crate) fn partition(&self) -> u32 {
        self.change().partition
    }

    fn change(&self) -> &Change<C> {
        match self {
            Self::Command(change, _) | Self::Kept(change) | Self::Redriven(change, _) => change,
        }
    }

    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Command(_, Err(refusal)) => Some(refusal),
            _ => None,
        }
    }
}

fn send<T>(reply: Reply<T>, answer: Result<T, Refusal>) {
    // A caller that no longer waits does not want the answer.
    drop(reply.send(answer));
}
