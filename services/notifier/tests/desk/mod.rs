//! Drives the core of one partition as the runtime does.

#![allow(dead_code, reason = "not every test file drives everything")]

pub(crate) mod told;

use jiff::Timestamp;
use redress_notifier::{NotifierCore, Rules, Sending};
use redress_runtime::{Context, Core as _, Draft, NumberDesk, Origin, Recorded, Refusal};
use redress_store::{Mark, Rows};
use redress_wire::{
    Payload, Service,
    event::timestamp,
    log::Event,
    notifier::{Command, DeliveryRow, Found, Outcome, Query, Retry, command},
};

use crate::common::NINE;

pub(crate) struct Desk {
    core: NotifierCore,
    pub(crate) rows: Rows,
    rules: Rules,
    pub(crate) now: Timestamp,
    /// Everything that was folded, in order.
    pub(crate) log: Vec<Event>,
}

impl Desk {
    pub(crate) fn new(rules: Rules) -> Self {
        let rows = Rows::in_memory();
        let core = NotifierCore::open(0, &rows);
        Self {
            core,
            rows,
            rules,
            now: timestamp(NINE),
            log: Vec::new(),
        }
    }

    /// Folds a log in one round.
    pub(crate) fn replay(log: &[Event], rules: Rules) -> Self {
        let mut desk = Self::new(rules);
        for event in log {
            desk.fold(event);
        }
        desk.commit();
        desk
    }

    /// Inputs that come together: all are folded before the first is answered. Gives the events.
    pub(crate) fn tell_all(&mut self, events: &[Event]) -> Vec<Payload> {
        for event in events {
            self.fold(event);
        }
        let mut told = Vec::new();
        for event in events {
            let drafts = self.react(event).expect("it can be processed");
            told.extend(self.keep(drafts));
        }
        self.commit();
        told
    }

    /// An input: folded, answered with events, committed. Gives the events.
    pub(crate) fn tell(&mut self, event: &Event) -> Vec<Payload> {
        self.fold(event);
        let drafts = self.react(event).expect("it can be processed");
        self.record(drafts)
    }

    pub(crate) fn react(&self, event: &Event) -> Result<Vec<Draft>, String> {
        let mut numbers = NumberDesk::default();
        self.core
            .react(&self.rows, &recorded(event), &mut self.cx(&mut numbers))
    }

    pub(crate) fn decide(
        &mut self,
        command: &Command,
    ) -> Result<(Vec<Payload>, DeliveryRow), Refusal> {
        let mut numbers = NumberDesk::default();
        let (drafts, answer) = self
            .core
            .decide(&self.rows, command, &mut self.cx(&mut numbers))?;
        Ok((self.record(drafts), answer.delivery.expect("always told")))
    }

    /// What came of the attempt that is out.
    pub(crate) fn outcome(&mut self, id: &str, say: impl FnOnce(&mut Outcome)) -> Vec<Payload> {
        let command = self.command_of(id, say);
        self.decide(&command).expect("the attempt is out").0
    }

    pub(crate) fn command_of(&self, id: &str, say: impl FnOnce(&mut Outcome)) -> Command {
        let mut outcome = Outcome {
            notification_id: id.to_owned(),
            attempt: self.delivery(id).attempts + 1,
            jitter_permille: 500,
            ..Outcome::default()
        };
        say(&mut outcome);
        Command {
            command: Some(command::Command::Outcome(outcome)),
        }
    }

    pub(crate) fn retry(
        &mut self,
        id: &str,
        request_id: &str,
    ) -> Result<(Vec<Payload>, DeliveryRow), Refusal> {
        let (notification_id, request_id) = (id.to_owned(), request_id.to_owned());
        let retry = Retry {
            complaint_id: Vec::new(),
            notification_id,
            request_id,
        };
        self.decide(&Command {
            command: Some(command::Command::Retry(retry)),
        })
    }

    /// What the sender is given now.
    pub(crate) fn start(&mut self) -> Vec<Sending> {
        let mut numbers = NumberDesk::default();
        let cx = Context {
            partition: 0,
            now: self.now,
            rules: &self.rules,
            numbers: &mut numbers,
        };
        self.core.effects(&self.rows, &cx)
    }

    pub(crate) fn core_due(&self) -> Option<Timestamp> {
        self.core.next_due()
    }

    /// As after a crash: the memory is gone, the rows are there.
    pub(crate) fn reopen(&mut self) {
        self.core = NotifierCore::open(0, &self.rows);
    }

    pub(crate) fn query(&self, query: &Query) -> Vec<DeliveryRow> {
        self.found(query).deliveries
    }

    pub(crate) fn found(&self, query: &Query) -> Found {
        let mut numbers = NumberDesk::default();
        let found = self.core.query(&self.rows, query, &self.cx(&mut numbers));
        found.expect("it answers every question")
    }

    pub(crate) fn delivery(&self, id: &str) -> DeliveryRow {
        let number = id.split('-').next().expect("a number").to_owned();
        let query = Query {
            query: Some(redress_wire::notifier::query::Query::Number(number)),
        };
        let mut deliveries = self.query(&query).into_iter();
        deliveries
            .find(|delivery| delivery.notification_id == id)
            .expect("it was planned")
    }

    fn record(&mut self, drafts: Vec<Draft>) -> Vec<Payload> {
        let payloads = self.keep(drafts);
        self.commit();
        payloads
    }

    fn keep(&mut self, drafts: Vec<Draft>) -> Vec<Payload> {
        let payloads: Vec<Payload> = drafts.iter().map(|draft| draft.payload.clone()).collect();
        for Draft {
            complaint_id,
            payload,
        } in drafts
        {
            let time_us = self.now.as_microsecond();
            self.fold(&Event {
                complaint_id,
                time_us,
                payload: Some(payload),
                ..Event::default()
            });
        }
        payloads
    }

    fn fold(&mut self, event: &Event) {
        self.log.push(event.clone());
        self.core.evolve(&mut self.rows, &recorded(event));
    }

    fn commit(&mut self) {
        self.core.seal(&mut self.rows);
        let mark = Mark {
            own_seq: 0,
            own_hash: [0; 32],
            consumed: 1,
            schema: 1,
            log: [0; 16],
        };
        self.rows.commit(mark).expect("memory does not fail");
    }

    fn cx<'a>(&'a self, numbers: &'a mut NumberDesk) -> Context<'a, Rules> {
        Context {
            partition: 0,
            now: self.now,
            rules: &self.rules,
            numbers,
        }
    }
}

fn recorded(event: &Event) -> Recorded<'_> {
    let origin = Origin {
        service: Service::Intake,
        partition: 0,
        height: 1,
        index: 0,
    };
    Recorded { origin, event }
}
