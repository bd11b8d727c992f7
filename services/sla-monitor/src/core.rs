use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::Milestone;
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_wire::{
    Payload, Service,
    event::timestamp,
    log::Event,
    sla_monitor::{Answer, CaseClocks, Command, Found, Query},
};

use crate::{
    agenda::Agenda,
    archive::Archive,
    cases::Cases,
    clock::{facts, set_of},
    command,
    fire::Firing,
    fold, life,
    numbers::Numbers,
    query::{self, Desk},
    record::payloads,
    rows,
    rulebook::Rulebook,
    start,
};

/// The clocks of one partition's cases.
#[derive(Debug, Default)]
pub struct SlaMonitorCore {
    agenda: Agenda,
    archive: Archive,
    cases: Cases,
    numbers: Numbers,
}

impl Core for SlaMonitorCore {
    const SERVICE: Service = Service::SlaMonitor;
    const READS: &'static [Service] = &[Service::Router, Service::Notifier];
    const SCHEMA: u32 = 5;

    type Rules = Rulebook;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = std::convert::Infallible;

    fn open(_partition: u32, rows: &Rows) -> Self {
        let mut core = Self {
            archive: Archive::open(rows),
            ..Self::default()
        };
        rows::each_case(rows, |id, row| {
            core.agenda.change(id, &[], row);
            core.number(rows, &row.number, id);
        });
        core
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        let event = recorded.event;
        let Some(payload) = &event.payload else {
            return;
        };
        if let Payload::ClockRulesKept(kept) = payload {
            return self.archive.keep(rows, kept);
        }
        if !fold::concerns(payload) {
            return;
        }
        let Ok(id) = ComplaintId::try_from(&event.complaint_id[..]) else {
            return;
        };
        let Self { agenda, cases, .. } = self;
        let changed = cases.change(rows, &id, |row| {
            let before = agenda.slots(&id, row);
            fold::fold(row, event)?;
            agenda.change(&id, &before, row);
            Some(())
        });
        if let (Some(()), Payload::CaseRouted(routed)) = (changed, payload) {
            self.number(rows, &routed.number, &id);
        }
    }

    fn seal(&mut self, rows: &mut Rows) {
        self.cases.seal(rows);
    }

    /// The state has the event folded already, so the row of a routed case is there. Until its
    /// clocks were started (`policy` is empty) every milestone waits for `CaseRouted`, which
    /// counts what came before it.
    fn react(
        &self,
        rows: &Rows,
        recorded: &Recorded<'_>,
        cx: &mut Context<'_, Rulebook>,
    ) -> Result<Vec<Draft>, String> {
        let event = recorded.event;
        if !event.payload.as_ref().is_some_and(fold::concerns) {
            return Ok(Vec::new());
        }
        let id = ComplaintId::try_from(&event.complaint_id[..])
            .map_err(|_| "the event names no complaint".to_owned())?;
        let row = self.cases.get(rows, &id).unwrap_or_default();
        let mut drafts = Vec::new();
        if matches!(event.payload, Some(Payload::CaseRouted(_))) && row.policy.is_empty() {
            let kept = self.archive.to_keep(rows, cx.rules);
            drafts.extend(kept.into_iter().map(Draft::of_partition));
        }
        let about = |payload| Draft::about(*id.as_bytes(), payload);
        drafts.extend(
            self.follow(rows, &row, event, cx.rules)
                .into_iter()
                .map(about),
        );
        Ok(drafts)
    }

    fn decide(
        &self,
        rows: &Rows,
        command: &Command,
        cx: &mut Context<'_, Rulebook>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        command::decide(&self.cases, &self.archive, rows, command, cx)
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next_due()
    }

    fn expire(&self, rows: &Rows, cx: &mut Context<'_, Rulebook>) -> Vec<Draft> {
        let Self {
            agenda,
            archive,
            cases,
            ..
        } = self;
        Firing {
            agenda,
            archive,
            cases,
            rows,
            current: cx.rules,
            now: cx.now,
        }
        .due()
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        cx: &Context<'_, Rulebook>,
    ) -> Result<Found, Refusal> {
        let Self {
            agenda,
            archive,
            cases,
            numbers,
        } = self;
        let desk = Desk {
            agenda,
            archive,
            cases,
            numbers,
            rows,
            current: cx.rules,
        };
        match &query.query {
            Some(query) => query::answer(&desk, query),
            None => Ok(Found::default()),
        }
    }
}

impl SlaMonitorCore {
    /// A case has this number, if it has one yet.
    fn number(&mut self, rows: &Rows, number: &str, id: &ComplaintId) {
        if let (false, Some(seat)) = (number.is_empty(), rows.seat(id.as_bytes())) {
            self.numbers.insert(number, seat);
        }
    }

    /// What follows for the clocks of a case from an event about it.
    fn follow(
        &self,
        rows: &Rows,
        row: &CaseClocks,
        event: &Event,
        current: &Rulebook,
    ) -> Vec<Payload> {
        let rules = self.archive.rules(rows, &row.policy, current);
        let runs = !row.policy.is_empty();
        match &event.payload {
            Some(Payload::CaseRouted(routed)) if !runs => {
                let started = start::clocks_of(rules, row, routed, event.time());
                vec![Payload::ClocksStarted(started)]
            }
            Some(Payload::CaseEvent(case)) if runs => life::follow(rules, row, case, event.time()),
            Some(Payload::NotificationDelivered(_)) if runs => {
                // The first delivery counts.
                let at = row
                    .acknowledged_at_us
                    .map_or_else(|| event.time(), timestamp);
                let mut set = set_of(row, rules);
                let changes = set.reach(rules, &facts(row), &Milestone::Acknowledged.into(), at);
                payloads(row, rules.version(), &changes)
            }
            _ => Vec::new(),
        }
    }
}
