use redress_complaint::ComplaintId;
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_triage::Triage;
use redress_wire::{
    Service,
    router::{Answer, Command, Found, Query},
};

use crate::{fold, marks::Marks, query, react, rows, worklist::Worklist};

/// The routing of one partition's cases.
#[derive(Debug, Default)]
pub struct RouterCore {
    pub(crate) work: Worklist,
    pub(crate) marks: Marks,
}

impl Core for RouterCore {
    const SERVICE: Service = Service::Router;
    const READS: &'static [Service] = &[Service::Intake, Service::SlaMonitor];
    const SCHEMA: u32 = 2;

    type Rules = Triage;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = std::convert::Infallible;

    fn open(_partition: u32, rows: &Rows) -> Self {
        let mut core = Self::default();
        rows::each_case(rows, |id, row| {
            core.work.insert(id, row);
            core.marks.seat(id, row);
        });
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
        match before.filter(rows::is_routed) {
            Some(before) => {
                self.work.change(&id, &before, &after);
                self.marks.change(&id, &before, &after);
            }
            None if rows::is_routed(&after) => {
                self.work.insert(&id, &after);
                self.marks.seat(&id, &after);
            }
            None => {}
        }
        rows::put_case(rows, &id, &after);
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
        _rows: &Rows,
        _command: &Command,
        _cx: &mut Context<'_, Triage>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        Err(Refusal::new(
            tonic::Code::Unimplemented,
            "cases take no commands in this release",
        ))
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        _cx: &Context<'_, Triage>,
    ) -> Result<Found, Refusal> {
        match &query.query {
            Some(query) => query::answer(rows, self, query),
            None => Ok(Found::default()),
        }
    }
}
