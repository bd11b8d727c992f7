use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_triage::Triage;
use redress_wire::{
    Payload, Service,
    event::timestamp,
    router::{Answer, CaseRow, Command, Found, Query, TimelineRow, command},
};

use crate::{
    casebook::Casebook,
    fold,
    life::{self, Agenda, Lives},
    marks::Marks,
    query, react, rows,
    worklist::Worklist,
};

/// The routing of one partition's cases.
#[derive(Debug, Default)]
pub struct RouterCore {
    pub(crate) work: Worklist,
    pub(crate) marks: Marks,
    pub(crate) lives: Lives,
    pub(crate) agenda: Agenda,
    pub(crate) book: Casebook,
}

impl Core for RouterCore {
    const SERVICE: Service = Service::Router;
    const READS: &'static [Service] = &[Service::Intake, Service::SlaMonitor];
    const SCHEMA: u32 = 3;

    type Rules = Triage;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = std::convert::Infallible;

    fn open(_partition: u32, rows: &Rows) -> Self {
        let mut core = Self::default();
        rows::each_case(rows, |id, row| core.take_in(id, row));
        core.work.settle();
        core
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        let event = recorded.event;
        if !event.payload.as_ref().is_some_and(fold::concerns) {
            return;
        }
        let Ok(id) = ComplaintId::try_from(&event.complaint_id[..]) else {
            return;
        };
        let before = rows::case(rows, &id);
        let Some(after) = fold::fold(before.as_ref(), event) else {
            return;
        };
        if let Some(Payload::CaseEvent(fact)) = &event.payload {
            self.lives.evolve(&id, fact, event.time_us);
            let row = TimelineRow {
                time_us: event.time_us,
                event: Some(fact.clone()),
            };
            rows::put_fact(rows, &id, fact.version, &row);
        }
        match before.filter(rows::is_routed) {
            Some(before) => self.change(&id, &before, &after),
            None if rows::is_routed(&after) => self.take_in(&id, &after),
            None => {}
        }
        rows::put_case(rows, &id, &after);
    }

    fn seal(&mut self, _rows: &mut Rows) {
        self.work.settle();
    }

    fn react(
        &self,
        rows: &Rows,
        recorded: &Recorded<'_>,
        cx: &mut Context<'_, Triage>,
    ) -> Result<Vec<Draft>, String> {
        react::react(rows, recorded.event, cx.rules)
    }

    fn decide(
        &self,
        rows: &Rows,
        command: &Command,
        cx: &mut Context<'_, Triage>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        match &command.command {
            Some(command::Command::Wish(wish)) => Ok(life::decide(self, rows, wish, cx)),
            Some(command::Command::Wishes(all)) => {
                let (drafts, answers) = life::decide_all(self, rows, &all.wishes, cx);
                Ok((drafts, life::all(answers)))
            }
            None => Err(Refusal::new(
                tonic::Code::Unimplemented,
                "this replica does not know the command: it is of another release",
            )),
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next_us().map(timestamp)
    }

    fn expire(&self, rows: &Rows, cx: &mut Context<'_, Triage>) -> Vec<Draft> {
        life::expire(self, rows, cx)
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        cx: &Context<'_, Triage>,
    ) -> Result<Found, Refusal> {
        match &query.query {
            Some(query) => query::answer(self, rows, query, cx),
            None => Ok(Found::default()),
        }
    }

    fn glance(
        &self,
        rows: &Rows,
        query: &Query,
        cx: &Context<'_, Triage>,
    ) -> Option<Result<Found, Refusal>> {
        query::glance(&self.work, rows, query.query.as_ref()?, cx.partition)
    }
}

impl RouterCore {
    /// A case is new here.
    fn take_in(&mut self, id: &ComplaintId, row: &CaseRow) {
        self.work.insert(id, row);
        self.marks.seat(id, row);
        self.agenda.change(id, 0, row.due_us);
        self.book.take_in(id, row);
    }

    /// A case has become another.
    fn change(&mut self, id: &ComplaintId, before: &CaseRow, after: &CaseRow) {
        self.work.change(id, before, after);
        self.marks.change(id, before, after);
        self.agenda.change(id, before.due_us, after.due_us);
        self.book.change(id, before, after);
    }
}
