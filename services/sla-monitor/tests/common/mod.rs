//! A partition of sla-monitor, fed as the runtime feeds it, with a clock of its own.
#![allow(dead_code, reason = "not every test file needs all of it")]

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use jiff::{Timestamp, tz};
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Core, NumberDesk, Origin, Recorded, Refusal};
use redress_sla_monitor::{Rulebook, SlaMonitorCore, parse_rules};
use redress_store::Rows;
use redress_wire::{
    Payload, Service,
    log::Event,
    notifier::NotificationDelivered,
    router::{CaseEvent, CaseRouted, case_event::Change},
    sla_monitor::{
        Answer, CaseClocks, ClockRow, Command, DueClock, DueQuery, Found, Query, command, query,
    },
};

/// The texts of the shipped policy.
pub(crate) fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    files
}

/// The shipped rules.
pub(crate) fn policy() -> &'static Rulebook {
    static POLICY: OnceLock<Rulebook> = OnceLock::new();
    POLICY.get_or_init(|| parse_rules(&files()).unwrap_or_else(|errors| panic!("{errors}")))
}

fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the policy folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, into);
        } else {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a text");
            into.insert(name.into_owned(), text);
        }
    }
}

/// `05-07 10:00` of 2026 in Shanghai; with or without seconds.
pub(crate) fn at(text: &str) -> Timestamp {
    let text = text.replace(' ', "T");
    let seconds = if text.len() == 11 { ":00" } else { "" };
    format!("2026-{text}{seconds}+08:00")
        .parse()
        .expect("a time")
}

pub(crate) fn show(micros: i64) -> String {
    let at = Timestamp::from_microsecond(micros).expect("a time");
    tz::TimeZone::fixed(tz::offset(8))
        .to_datetime(at)
        .strftime("%m-%d %H:%M:%S")
        .to_string()
}

pub(crate) fn id(number: u32) -> ComplaintId {
    ComplaintId::of("web", &number.to_string())
}

pub(crate) fn number(number: u32) -> String {
    format!("CF20260507{number:03}")
}

pub(crate) fn about(case: u32, at: Timestamp, payload: Payload) -> Event {
    Event {
        complaint_id: id(case).as_bytes().to_vec(),
        time_us: at.as_microsecond(),
        traceparent: String::new(),
        payload: Some(payload),
    }
}

/// What router records of a case that came in by a channel.
pub(crate) fn routed(case: u32, channel: &str, urgency: &str, when: &str) -> Event {
    let received = at(when).as_microsecond();
    let routed = CaseRouted {
        number: number(case),
        channel: channel.to_owned(),
        kind: "complaint".to_owned(),
        category: "product_quality".to_owned(),
        urgency: urgency.to_owned(),
        severity: "ordinary".to_owned(),
        department: if case.is_multiple_of(2) {
            "logistics_ops"
        } else {
            "after_sales_tech"
        }
        .to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        received_at_us: received,
        registered_at_us: received,
        ..CaseRouted::default()
    };
    about(case, at(when), Payload::CaseRouted(routed))
}

pub(crate) fn acknowledged(case: u32, when: &str) -> Event {
    delivered(case, "acknowledgement", when)
}

pub(crate) fn delivered(case: u32, letter: &str, when: &str) -> Event {
    let delivered = NotificationDelivered {
        cause: letter.to_owned(),
        number: number(case),
        ..NotificationDelivered::default()
    };
    about(case, at(when), Payload::NotificationDelivered(delivered))
}

/// One partition with everything it has folded.
pub(crate) struct Partition<'a> {
    pub(crate) core: SlaMonitorCore,
    pub(crate) rows: Rows,
    rules: &'a Rulebook,
    log: Vec<(Service, Event)>,
}

impl<'a> Partition<'a> {
    pub(crate) fn new() -> Partition<'static> {
        Partition::under(policy())
    }

    pub(crate) fn under(rules: &'a Rulebook) -> Self {
        let rows = Rows::in_memory();
        Self {
            core: SlaMonitorCore::open(0, &rows),
            rows,
            rules,
            log: Vec::new(),
        }
    }

    /// Another policy is in force from now on.
    pub(crate) fn follows(&mut self, rules: &'a Rulebook) {
        self.rules = rules;
    }

    /// Folds the inputs of a round, then decides what follows from each; gives what was decided.
    pub(crate) fn reads(&mut self, events: &[Event]) -> Vec<Payload> {
        for event in events {
            self.fold(service_of(event), event);
        }
        let mut decided = Vec::new();
        for event in events {
            let now = Timestamp::from_microsecond(event.time_us).expect("a time");
            let recorded = Recorded {
                origin: origin(service_of(event)),
                event,
            };
            let mut numbers = NumberDesk::opened([]);
            let mut cx = Context {
                partition: 0,
                now,
                rules: self.rules,
                numbers: &mut numbers,
            };
            let drafts = self
                .core
                .react(&self.rows, &recorded, &mut cx)
                .expect("a decision");
            let drafts = drafts
                .into_iter()
                .map(|draft| (draft.complaint_id, draft.payload));
            decided.extend(self.record(now, drafts.collect()));
        }
        self.core.seal(&mut self.rows);
        // That a version of the policy is kept follows from the first case under it.
        decided.retain(|payload| !matches!(payload, Payload::ClockRulesKept(_)));
        decided
    }

    /// A command at a time; gives what was recorded.
    pub(crate) fn does(
        &mut self,
        command: command::Command,
        when: &str,
    ) -> Result<(Vec<Payload>, Answer), Refusal> {
        let mut numbers = NumberDesk::opened([]);
        let mut cx = Context {
            partition: 0,
            now: at(when),
            rules: self.rules,
            numbers: &mut numbers,
        };
        let command = Command {
            command: Some(command),
        };
        let (drafts, answer) = self.core.decide(&self.rows, &command, &mut cx)?;
        let drafts = drafts
            .into_iter()
            .map(|draft| (draft.complaint_id, draft.payload));
        Ok((self.record(at(when), drafts.collect()), answer))
    }

    /// Router tells a change of a case that is as it was; gives what follows, in words.
    pub(crate) fn lives_through(&mut self, case: u32, change: Change, when: &str) -> Vec<String> {
        let event = self.event(case, change, when);
        self.reads(&[event]).iter().map(words).collect()
    }

    /// What router tells of a change; the facts are as they are.
    pub(crate) fn event(&self, case: u32, change: Change, when: &str) -> Event {
        let row = self.case(case).expect("a case");
        let event = CaseEvent {
            number: row.number,
            department: row.department,
            handler: row.handler,
            category: row.category,
            urgency: row.urgency,
            severity: row.severity,
            change: Some(change),
            ..CaseEvent::default()
        };
        about(case, at(when), Payload::CaseEvent(event))
    }

    /// Time goes on to `until`, and every timer wakes the partition when it is due.
    pub(crate) fn lives(&mut self, until: &str) -> Vec<String> {
        let mut fired = Vec::new();
        while let Some(due) = self.core.next_due().filter(|due| *due <= at(until)) {
            fired.extend(self.expires(due));
        }
        fired
    }

    /// The partition was asleep and wakes at `now`.
    pub(crate) fn wakes(&mut self, now: &str) -> Vec<String> {
        let mut fired = Vec::new();
        while self.core.next_due().is_some_and(|due| due <= at(now)) {
            fired.extend(self.expires(at(now)));
        }
        fired
    }

    /// One call of the runtime; each event as `time clock point`.
    pub(crate) fn expires(&mut self, now: Timestamp) -> Vec<String> {
        let mut payloads = Vec::new();
        self.expires_into(now, &mut payloads);
        let time = show(now.as_microsecond());
        payloads
            .iter()
            .map(|payload| format!("{} {}", &time[..11], words(payload)))
            .collect()
    }

    /// One call of the runtime.
    pub(crate) fn expires_into(&mut self, now: Timestamp, fired: &mut Vec<Payload>) {
        let mut numbers = NumberDesk::opened([]);
        let mut cx = Context {
            partition: 0,
            now,
            rules: self.rules,
            numbers: &mut numbers,
        };
        let drafts = self.core.expire(&self.rows, &mut cx);
        let drafts = drafts
            .into_iter()
            .map(|draft| (draft.complaint_id, draft.payload));
        fired.extend(self.record(now, drafts.collect()));
    }

    pub(crate) fn case(&self, case: u32) -> Option<CaseClocks> {
        self.asks(query::Query::ComplaintId(id(case).as_bytes().to_vec()))
            .cases
            .pop()
    }

    pub(crate) fn clock(&self, case: u32, clock: &str) -> ClockRow {
        let row = self.case(case).expect("a case");
        row.clocks
            .into_iter()
            .find(|c| c.clock == clock)
            .expect("a clock")
    }

    pub(crate) fn due(&self, department: &str) -> Vec<DueClock> {
        self.asks(query::Query::Due(list(department))).due
    }

    pub(crate) fn late(&self, department: &str) -> Vec<DueClock> {
        self.asks(query::Query::Late(list(department))).due
    }

    pub(crate) fn asks(&self, query: query::Query) -> Found {
        let mut numbers = NumberDesk::opened([]);
        let now = Timestamp::UNIX_EPOCH;
        let cx = Context {
            partition: 0,
            now,
            rules: self.rules,
            numbers: &mut numbers,
        };
        let query = Query { query: Some(query) };
        self.core
            .query(&self.rows, &query, &cx)
            .expect("a sound question")
    }

    /// The same events folded into rows of their own.
    pub(crate) fn replayed(&self) -> Partition<'a> {
        let mut replica = Partition::under(self.rules);
        for (service, event) in &self.log {
            replica.fold(*service, event);
        }
        replica.core.seal(&mut replica.rows);
        replica
    }

    /// What lives in memory is made anew from the rows.
    pub(crate) fn restart(&mut self) {
        self.core = SlaMonitorCore::open(0, &self.rows);
    }

    fn record(&mut self, now: Timestamp, drafts: Vec<(Vec<u8>, Payload)>) -> Vec<Payload> {
        let mut payloads = Vec::new();
        for (complaint_id, payload) in drafts {
            payloads.push(payload.clone());
            let event = Event {
                complaint_id,
                time_us: now.as_microsecond(),
                traceparent: String::new(),
                payload: Some(payload),
            };
            self.fold(Service::SlaMonitor, &event);
        }
        self.core.seal(&mut self.rows);
        payloads
    }

    fn fold(&mut self, service: Service, event: &Event) {
        self.core.evolve(
            &mut self.rows,
            &Recorded {
                origin: origin(service),
                event,
            },
        );
        self.log.push((service, event.clone()));
    }
}

fn service_of(event: &Event) -> Service {
    match event.payload {
        Some(Payload::NotificationDelivered(_)) => Service::Notifier,
        _ => Service::Router,
    }
}

fn origin(service: Service) -> Origin {
    Origin {
        service,
        partition: 0,
        height: 1,
        index: 0,
    }
}

pub(crate) fn list(department: &str) -> DueQuery {
    DueQuery {
        department: department.to_owned(),
        limit: 1000,
        after: Vec::new(),
    }
}

pub(crate) fn words(payload: &Payload) -> String {
    match payload {
        Payload::ClockWarned(warned) => format!("{} warning {}", warned.clock, warned.point),
        Payload::ClockBreached(breached) => format!("{} breach", breached.clock),
        Payload::ClocksStarted(started) => {
            let clocks = started.clocks.iter();
            let clocks = clocks.map(|c| format!("{} due {}", c.clock, &show(c.due_at_us)[..11]));
            format!("started: {}", clocks.collect::<Vec<_>>().join(", "))
        }
        Payload::ClockStopped(stopped) => {
            let how = match (stopped.cancelled, stopped.on_time) {
                (true, _) => "cancelled",
                (_, true) => "met",
                (_, false) => "met late",
            };
            format!("{} {how}", stopped.clock)
        }
        Payload::ClockPaused(paused) => format!("{} stands still", paused.clock),
        Payload::ClockResumed(resumed) => {
            format!(
                "{} resumes, due {}",
                resumed.clock,
                &show(resumed.due_at_us)[..11]
            )
        }
        Payload::ClockMoved(moved) => {
            let due = &show(moved.due_at_us)[..11];
            format!("{} moves to {due} ({})", moved.clock, moved.cause)
        }
        Payload::ClockEscalated(escalated) => {
            let who = escalated.to.join("+");
            let quiet = &escalated.quiet;
            format!(
                "{} {} {}",
                escalated.clock,
                escalated.step,
                if who.is_empty() { quiet } else { &who }
            )
        }
        Payload::EscalationAcknowledged(seen) => {
            format!(
                "{} {} acknowledged by {}",
                seen.clock, seen.step, seen.actor
            )
        }
        other => format!("{other:?}"),
    }
}
