//! The rules of intake as a core: thin, each rule stands in a room of its own.

use std::mem;

use jiff::Timestamp;
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_wire::{
    Payload, Service,
    intake::{
        Answer, Command, Found, FreshComplaint, NumbersVoided, Query, command, query as asked,
    },
    peer::SetAsideRow,
};

use crate::{
    IntakeRules, evolve, link, number, query, register, reserve::Reserves, revive, seen::Seen,
};

/// The owner of one partition's complaints.
#[derive(Debug)]
pub struct IntakeCore {
    pub(crate) reserves: Reserves,
    pub(crate) seen: Seen,
    /// Registered and not yet handed out to be compared with earlier complaints.
    pub(crate) fresh: Vec<Fresh>,
    /// The same in the round in hand.
    pub(crate) newest: Vec<Fresh>,
}

/// A complaint to be compared, and the block that registered it.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) height: u64,
    pub(crate) complaint: FreshComplaint,
}

/// Find out which complaints these likely repeat; then note that all up to `height` were looked
/// at. Given again for what is not noted when the partition is opened anew.
#[derive(Clone, Debug)]
pub struct LookForRepeats {
    /// The last block that one of them was registered in; there are none left in earlier ones.
    pub height: u64,
    /// The complaints.
    pub fresh: Vec<FreshComplaint>,
}

impl Core for IntakeCore {
    const SERVICE: Service = Service::Intake;
    const READS: &'static [Service] = &[];
    const SCHEMA: u32 = 3;
    const KEEPS_BLOCK_INDEX: bool = true;

    type Rules = IntakeRules;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = LookForRepeats;

    fn open(_partition: u32, rows: &Rows) -> Self {
        evolve::open(rows)
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        evolve::evolve(self, rows, recorded);
    }

    fn seal(&mut self, _rows: &mut Rows) {
        self.seen.settle();
        self.fresh.append(&mut self.newest);
    }

    /// Where replicas compete for numbers, rounds are taken back all the time.
    fn undo(&mut self, _partition: u32, rows: &Rows) {
        self.seen.undo();
        self.newest.clear();
        self.reserves = Reserves::open(rows);
    }

    fn react(
        &self,
        _rows: &Rows,
        _recorded: &Recorded<'_>,
        _cx: &mut Context<'_, IntakeRules>,
    ) -> Result<Vec<Draft>, String> {
        Ok(Vec::new())
    }

    fn decide(
        &self,
        rows: &Rows,
        command: &Command,
        cx: &mut Context<'_, IntakeRules>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        match &command.command {
            Some(command::Command::Register(wanted)) => {
                register::decide(&self.reserves, rows, wanted, cx)
            }
            Some(command::Command::LinkRepeats(found)) => link::decide(rows, found),
            Some(command::Command::NoteSearched(done)) => Ok(link::note_searched(rows, *done)),
            None => Err(Refusal::new(
                tonic::Code::InvalidArgument,
                "the command is empty",
            )),
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.reserves.next_due()
    }

    fn expire(&self, _rows: &Rows, cx: &mut Context<'_, IntakeRules>) -> Vec<Draft> {
        let void = |(day, left): (u32, crate::reserve::Range)| {
            let voided = NumbersVoided {
                day,
                first: left.next,
                last: left.last,
            };
            Draft::of_partition(Payload::NumbersVoided(voided))
        };
        self.reserves.past(cx.now).map(void).collect()
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        cx: &Context<'_, IntakeRules>,
    ) -> Result<Found, Refusal> {
        Ok(match &query.query {
            Some(asked::Query::ComplaintId(id)) => query::by_id(rows, id),
            Some(asked::Query::Number(number)) => query::by_number(rows, number),
            Some(asked::Query::Customer(asked)) => query::customer(&self.seen, rows, asked),
            Some(asked::Query::Repeats(asked)) => {
                query::repeats(&self.seen, rows, asked, &cx.rules.policy.house().repeat)
            }
            None => Found::default(),
        })
    }

    fn effects(&mut self, _rows: &Rows, _cx: &Context<'_, IntakeRules>) -> Vec<LookForRepeats> {
        let fresh = mem::take(&mut self.fresh);
        let height = fresh.iter().map(|fresh| fresh.height).max();
        let fresh = fresh.into_iter().map(|fresh| fresh.complaint).collect();
        height
            .map(|height| LookForRepeats { height, fresh })
            .into_iter()
            .collect()
    }

    fn number_days(rules: &IntakeRules, now: Timestamp) -> Vec<u32> {
        number::days(rules.policy.house(), now)
    }

    fn revive(item: &SetAsideRow, cx: &Context<'_, IntakeRules>) -> Result<Command, String> {
        revive::revive(item, cx.rules, cx.now)
    }
}
