use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{Milestone, Policy};
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_wire::{
    Payload, Service,
    event::timestamp,
    sla_monitor::{Answer, CaseClocks, Command, Found, Query},
};

use crate::{agenda::Agenda, fire, fold, numbers::Numbers, query, rows, start, stop};

/// The clocks of one partition's cases.
#[derive(Debug, Default)]
pub struct SlaMonitorCore {
    agenda: Agenda,
    numbers: Numbers,
}

impl Core for SlaMonitorCore {
    const SERVICE: Service = Service::SlaMonitor;
    const READS: &'static [Service] = &[Service::Router, Service::Notifier];
    const SCHEMA: u32 = 2;

    type Rules = Policy;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = std::convert::Infallible;

    fn open(_partition: u32, rows: &Rows) -> Self {
        let mut core = Self::default();
        rows::each_case(rows, |id, row| {
            core.agenda.change(id, None, row);
            if !row.number.is_empty() {
                core.numbers.insert(&row.number, id);
            }
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
        self.agenda.change(&id, before.as_ref(), &after);
        rows::put_case(rows, &id, &after);
        if let Some(Payload::CaseRouted(routed)) = &event.payload {
            self.numbers.insert(&routed.number, &id);
        }
    }

    /// The state has the event folded already, so the row of a routed case is there. Until its
    /// clocks were started (`policy` is empty) every milestone waits for `CaseRouted`, which
    /// counts what came before it.
    fn react(
        &self,
        rows: &Rows,
        recorded: &Recorded<'_>,
        cx: &mut Context<'_, Policy>,
    ) -> Result<Vec<Draft>, String> {
        let event = recorded.event;
        if !event.payload.as_ref().is_some_and(fold::concerns) {
            return Ok(Vec::new());
        }
        let id = ComplaintId::try_from(&event.complaint_id[..])
            .map_err(|_| "the event names no complaint".to_owned())?;
        let row = rows::case(rows, &id).unwrap_or_default();
        let payloads = match &event.payload {
            Some(Payload::CaseRouted(routed)) if row.policy.is_empty() => {
                let acknowledged_at = row.acknowledged_at_us.map(timestamp);
                let started = start::clocks_of(cx.rules, routed, event.time(), acknowledged_at);
                vec![Payload::ClocksStarted(started)]
            }
            Some(Payload::NotificationDelivered(_)) if !row.policy.is_empty() => stop::reached(
                cx.rules,
                &row,
                Milestone::Acknowledged,
                acknowledged(&row, event),
            ),
            _ => Vec::new(),
        };
        let about = |payload| Draft::about(*id.as_bytes(), payload);
        Ok(payloads.into_iter().map(about).collect())
    }

    fn decide(
        &self,
        _rows: &Rows,
        _command: &Command,
        _cx: &mut Context<'_, Policy>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        Err(Refusal::new(
            tonic::Code::Unimplemented,
            "clocks take no commands in this release",
        ))
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next_due()
    }

    fn expire(&self, rows: &Rows, cx: &mut Context<'_, Policy>) -> Vec<Draft> {
        fire::due(&self.agenda, rows, cx.now)
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        _cx: &Context<'_, Policy>,
    ) -> Result<Found, Refusal> {
        match &query.query {
            Some(query) => query::answer(rows, &self.agenda, &self.numbers, query),
            None => Ok(Found::default()),
        }
    }
}

/// The first delivery counts.
fn acknowledged(row: &CaseClocks, event: &redress_wire::log::Event) -> Timestamp {
    row.acknowledged_at_us
        .map_or_else(|| event.time(), timestamp)
}
