use jiff::Timestamp;
use redress_store::Rows;
use redress_wire::{Payload, Service, log::Event, peer::SetAsideRow};

use crate::{NumberDesk, Refusal};

/// A service's rules over the rows of one partition: no I/O, no clock, no chance.
///
/// The state is what [`evolve`](Core::evolve) folded from the log: the rows, and whatever the
/// core keeps in memory to find them quickly, which [`open`](Core::open) rebuilds from the rows.
/// Values in rows must follow from the log alone: a hash over them is compared between replicas.
/// Keys that start with a zero byte are the runtime's, and those that start with `#` are of named
/// rows ([`Rows::put_named`]): the way to keep something under a complaint's id.
pub trait Core: Sized + Send + 'static {
    /// The service.
    const SERVICE: Service;
    /// Whose blocks it reads.
    const READS: &'static [Service];
    /// Whether it ever records events of its own. One that only counts writes no blocks.
    const DECIDES: bool = true;
    /// Version of what the rows mean: another one makes stored rows be rebuilt from the log.
    const SCHEMA: u32;
    /// Whether to keep the stream sequence of every own block, see [`crate::block_sequence`].
    const KEEPS_BLOCK_INDEX: bool = false;

    /// The policy, in the form that this service decides by: compiled once for every version.
    type Rules: Send + Sync + 'static;
    /// What its doors and effects ask of the owner of a partition.
    type Command: prost::Message + Default + Clone + 'static;
    /// The answer to a command, given after its events are durable.
    type Answer: prost::Message + Default + 'static;
    /// A question to the owner of a partition.
    type Query: prost::Message + Default + Clone + 'static;
    /// What a question found in one partition.
    type Found: prost::Message + Default + 'static;
    /// Work in the outside world, started after the commit; its outcome comes back as a command.
    type Effect: Send + 'static;

    /// Rebuilds what lives in memory from the rows.
    fn open(partition: u32, rows: &Rows) -> Self;

    /// Folds one event, own or read, into the state. Total: an event that means nothing to the
    /// core changes nothing.
    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>);

    /// Writes rows that [`evolve`](Core::evolve) keeps in memory meanwhile: called before every
    /// commit, so that many events of a round cost one row. A core that writes its rows in
    /// `evolve` needs none.
    fn seal(&mut self, _rows: &mut Rows) {}

    /// Takes back what [`evolve`](Core::evolve) made of this memory since the last
    /// [`seal`](Core::seal): the round was not stored, and `rows` are as the last commit left them.
    /// A core that does not note its changes is opened anew, which walks over all of its rows.
    fn undo(&mut self, partition: u32, rows: &Rows) {
        *self = Self::open(partition, rows);
    }

    /// What follows from an event of another service. The state has it folded already.
    ///
    /// # Errors
    /// The reason why the event cannot be processed; it is set aside with it.
    fn react(
        &self,
        rows: &Rows,
        recorded: &Recorded<'_>,
        cx: &mut Context<'_, Self::Rules>,
    ) -> Result<Vec<Draft>, String>;

    /// What follows from a command: events, and the answer.
    ///
    /// # Errors
    /// Why it is refused; nothing is recorded then.
    fn decide(
        &self,
        rows: &Rows,
        command: &Self::Command,
        cx: &mut Context<'_, Self::Rules>,
    ) -> Result<(Vec<Draft>, Self::Answer), Refusal>;

    /// When the core next has something to do because of the time.
    fn next_due(&self) -> Option<Timestamp> {
        None
    }

    /// What follows from the time being `cx.now`: at most about a thousand events at once, the
    /// rest at the next call.
    fn expire(&self, _rows: &Rows, _cx: &mut Context<'_, Self::Rules>) -> Vec<Draft> {
        Vec::new()
    }

    /// Answers a question from committed state.
    ///
    /// # Errors
    /// Why the question cannot be answered. "Not found here" is an empty answer, not an error.
    fn query(
        &self,
        rows: &Rows,
        query: &Self::Query,
        cx: &Context<'_, Self::Rules>,
    ) -> Result<Self::Found, Refusal>;

    /// Answers a question while a round is on its way into the log, so that it need not wait for
    /// the broker: from what the last commit left, which for rows is what [`Rows::committed`]
    /// tells. The memory of a core that answers like this changes in [`seal`](Core::seal) only.
    /// `None`: the question waits for the round.
    fn glance(
        &self,
        _rows: &Rows,
        _query: &Self::Query,
        _cx: &Context<'_, Self::Rules>,
    ) -> Option<Result<Self::Found, Refusal>> {
        None
    }

    /// Takes the work to be started now. Called after every commit, when a due time has passed,
    /// and after a take-over; work that was taken is not given again by the same core.
    fn effects(&mut self, _rows: &Rows, _cx: &Context<'_, Self::Rules>) -> Vec<Self::Effect> {
        Vec::new()
    }

    /// The days (yyyymmdd) whose case numbers may be needed now.
    fn number_days(_rules: &Self::Rules, _now: Timestamp) -> Vec<u32> {
        Vec::new()
    }

    /// The command that processes an input which was set aside by a door, if that is possible.
    ///
    /// # Errors
    /// Why the input can still not be processed.
    fn revive(
        _item: &SetAsideRow,
        _cx: &Context<'_, Self::Rules>,
    ) -> Result<Self::Command, String> {
        Err("this input cannot be processed again".to_owned())
    }
}

/// What a decision may look at besides the state.
pub struct Context<'a, R> {
    /// The partition.
    pub partition: u32,
    /// The time that the decision is made at.
    pub now: Timestamp,
    /// The policy in force.
    pub rules: &'a R,
    /// Where case numbers come from.
    pub numbers: &'a mut NumberDesk,
}

/// An event to be recorded.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The complaint it is about; empty for facts about a partition.
    pub complaint_id: Vec<u8>,
    /// The fact.
    pub payload: Payload,
}

impl Draft {
    /// A fact about a complaint.
    pub fn about(complaint_id: impl Into<Vec<u8>>, payload: Payload) -> Self {
        Self {
            complaint_id: complaint_id.into(),
            payload,
        }
    }

    /// A fact about the partition.
    pub fn of_partition(payload: Payload) -> Self {
        Self {
            complaint_id: Vec::new(),
            payload,
        }
    }
}

/// An event with its place in the log.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Where it stands.
    pub origin: Origin,
    /// The event.
    pub event: &'a Event,
}

/// The place of an event in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The service that recorded it.
    pub service: Service,
    /// The partition.
    pub partition: u32,
    /// Height of its block in the service's chain of the partition.
    pub height: u64,
    /// Its index in the block.
    pub index: u32,
}
