use jiff::Timestamp;
use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_wire::{
    Service,
    notifier::{Answer, Command, Found, Query, command},
};

use crate::{Rules, Sending, cases::Cases, decide, letter, list, occasion};

/// The notifications of a partition.
pub struct NotifierCore(Cases);

impl Core for NotifierCore {
    const SERVICE: Service = Service::Notifier;
    const READS: &'static [Service] = &[Service::Intake, Service::Router, Service::SlaMonitor];
    const SCHEMA: u32 = 4;

    type Rules = Rules;
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = Sending;

    fn open(_partition: u32, rows: &Rows) -> Self {
        Self(Cases::open(rows))
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        if let Some(payload) = &recorded.event.payload {
            self.0.evolve(rows, recorded.event, payload);
        }
    }

    fn seal(&mut self, rows: &mut Rows) {
        self.0.seal(rows);
    }

    fn react(
        &self,
        rows: &Rows,
        recorded: &Recorded<'_>,
        cx: &mut Context<'_, Rules>,
    ) -> Result<Vec<Draft>, String> {
        match &recorded.event.payload {
            Some(payload) => occasion::plan(&self.0, rows, payload, cx),
            None => Ok(Vec::new()),
        }
    }

    fn decide(
        &self,
        rows: &Rows,
        command: &Command,
        cx: &mut Context<'_, Rules>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        match &command.command {
            Some(command::Command::Outcome(outcome)) => decide::outcome(&self.0, rows, outcome, cx),
            Some(command::Command::Retry(retry)) => decide::retry(&self.0, rows, retry, cx),
            None => Ok((Vec::new(), Answer::default())),
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.0.lanes.next_due()
    }

    fn query(
        &self,
        rows: &Rows,
        query: &Query,
        _cx: &Context<'_, Rules>,
    ) -> Result<Found, Refusal> {
        Ok(list::found(&self.0, rows, query))
    }

    fn effects(&mut self, rows: &Rows, cx: &Context<'_, Rules>) -> Vec<Sending> {
        let started = self.0.lanes.start(cx.now);
        let mut sendings = Vec::with_capacity(started.len());
        for (key, at) in started {
            if let Some(case) = self.0.get(rows, key)
                && let Some(delivery) = case.deliveries.get(at)
            {
                sendings.push(letter::sending(cx.rules, &case, delivery));
            }
        }
        sendings
    }
}
