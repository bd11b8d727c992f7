//! A partition of router, fed as the runtime feeds it.
#![allow(dead_code, reason = "not every test file needs all of it")]

pub(crate) mod running;
pub(crate) mod work;

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use jiff::Timestamp;
use prost::Message as _;
use redress_complaint::{ComplaintId, order_key};
use redress_router::{RouterCore, parse_rules, places_of};
use redress_runtime::{Context, Core, Draft, NumberDesk, Origin, Recorded, Refusal};
use redress_store::{Mark, Rows};
use redress_triage::Triage;
use redress_wire::{
    Payload, Service,
    customer::{PersonalData, SealedPersonalData},
    intake::{ComplaintRegistered, Fingerprint},
    log::Event,
    router::{
        Actor, Answer, CaseCommand, CaseDone, CaseEvent, CaseRefused, CaseRouted, CaseRow,
        CaseWish, CaseWishes, Command, Found, ListQuery, Query, TimelineQuery, TimelineRow, answer,
        case_command::Command as Wish, command, query,
    },
    sla_monitor::{Clock, ClockBreached, ClockStopped, ClocksStarted},
};

/// The shipped rules.
pub(crate) fn triage() -> &'static Triage {
    static TRIAGE: OnceLock<Triage> = OnceLock::new();
    TRIAGE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let mut files = BTreeMap::new();
        read(&root, &root, &mut files);
        parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"))
    })
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

/// Nine in the morning in Shanghai, so many seconds later.
pub(crate) fn at(seconds: i64) -> i64 {
    let nine: Timestamp = "2026-05-07T09:00:00+08:00".parse().expect("a time");
    nine.as_microsecond() + seconds * 1_000_000
}

pub(crate) fn id(number: u32) -> ComplaintId {
    ComplaintId::of("web", &number.to_string())
}

pub(crate) fn number(number: u32) -> String {
    format!("CF20260507{number:03}")
}

/// What intake records about a complaint that says `text`.
pub(crate) fn registered(case: u32, text: &str) -> Event {
    let personal = PersonalData {
        name: "王小明".to_owned(),
        phone: "13800001234".to_owned(),
        description: text.to_owned(),
        ..PersonalData::default()
    };
    let payload = personal.encode_to_vec().into();
    let registered = ComplaintRegistered {
        number: number(case),
        request_id: case.to_string(),
        channel: "web".to_owned(),
        kind: "complaint".to_owned(),
        received_at_us: at(i64::from(case)) - 500_000,
        personal: Some(SealedPersonalData {
            key_id: String::new(),
            payload,
        }),
        product: "电饭煲".to_owned(),
        fingerprint: Some(fingerprint(case)),
        batch_no: batch_no(case),
        ..ComplaintRegistered::default()
    };
    about(
        case,
        at(i64::from(case)),
        Payload::ComplaintRegistered(registered),
    )
}

/// Every tenth complaint is of the same customer, who gives a phone, a mail address or both.
pub(crate) fn fingerprint(case: u32) -> Fingerprint {
    let key = |means: u8| [means, (case % 10) as u8].repeat(8);
    let (customer, further_customer) = match case % 3 {
        0 => (key(b'p'), vec![key(b'm')]),
        1 => (key(b'p'), Vec::new()),
        _ => (key(b'm'), Vec::new()),
    };
    Fingerprint {
        customer,
        further_customer,
        order: order_key(&format!("DD-{}", case / 2)),
        ..Fingerprint::default()
    }
}

/// Every third complaint tells the batch.
pub(crate) fn batch_no(case: u32) -> String {
    if case.is_multiple_of(3) {
        format!("B{}-26", case % 2)
    } else {
        String::new()
    }
}

pub(crate) fn about(case: u32, time_us: i64, payload: Payload) -> Event {
    Event {
        complaint_id: id(case).as_bytes().to_vec(),
        time_us,
        traceparent: String::new(),
        payload: Some(payload),
    }
}

pub(crate) fn clocks_started(case: u32, clocks: &[(&str, i64)]) -> Event {
    let clock = |(clock, due): &(&str, i64)| Clock {
        clock: (*clock).to_owned(),
        due_at_us: at(*due),
        ..Clock::default()
    };
    let clocks = clocks.iter().map(clock).collect();
    let started = ClocksStarted {
        number: number(case),
        clocks,
        ..ClocksStarted::default()
    };
    about(case, at(0), Payload::ClocksStarted(started))
}

pub(crate) fn clock_stopped(case: u32, clock: &str) -> Event {
    let clock = clock.to_owned();
    about(
        case,
        at(0),
        Payload::ClockStopped(ClockStopped {
            clock,
            ..ClockStopped::default()
        }),
    )
}

pub(crate) fn clock_breached(case: u32, clock: &str) -> Event {
    let clock = clock.to_owned();
    about(
        case,
        at(0),
        Payload::ClockBreached(ClockBreached {
            clock,
            ..ClockBreached::default()
        }),
    )
}

/// A fact of a case's life after which its state is this.
pub(crate) fn lived(case: u32, version: u64, state: &str) -> Event {
    let fact = CaseEvent {
        number: number(case),
        version,
        state: state.to_owned(),
        category: "product_quality".to_owned(),
        urgency: "normal".to_owned(),
        severity: "ordinary".to_owned(),
        ..CaseEvent::default()
    };
    about(case, at(i64::from(case)), Payload::CaseEvent(fact))
}

/// A wish as the door hands it to the owner.
pub(crate) fn wish(case: u32, (person, role): (&str, &str), command: Wish) -> CaseWish {
    let command = CaseCommand {
        name: number(case),
        actor: Some(Actor {
            id: person.to_owned(),
            role: role.to_owned(),
        }),
        command: Some(command),
        ..CaseCommand::default()
    };
    CaseWish {
        complaint_id: id(case).as_bytes().to_vec(),
        command: Some(command),
        ..CaseWish::default()
    }
}

/// One partition with everything it has folded.
pub(crate) struct Partition {
    pub(crate) core: RouterCore,
    pub(crate) rows: Rows,
    log: Vec<(Service, Event)>,
}

impl Partition {
    pub(crate) fn new() -> Self {
        let rows = Rows::in_memory();
        Self {
            core: RouterCore::open(0, &rows),
            rows,
            log: Vec::new(),
        }
    }

    /// Folds an input, decides what follows and folds that; gives what was decided.
    pub(crate) fn reads(
        &mut self,
        service: Service,
        event: &Event,
    ) -> Result<Vec<Payload>, String> {
        self.fold(service, event.clone());
        let mut numbers = NumberDesk::opened([]);
        let now = Timestamp::from_microsecond(event.time_us + 1_000).expect("a time");
        let mut cx = Context {
            partition: 0,
            now,
            rules: triage(),
            numbers: &mut numbers,
        };
        let recorded = Recorded {
            origin: origin(service),
            event,
        };
        let drafts = self.core.react(&self.rows, &recorded, &mut cx)?;
        let mut payloads = Vec::new();
        for draft in drafts {
            let payload = draft.payload;
            payloads.push(payload.clone());
            let event = Event {
                complaint_id: draft.complaint_id,
                time_us: now.as_microsecond(),
                traceparent: String::new(),
                payload: Some(payload),
            };
            self.fold(Service::Router, event);
        }
        Ok(payloads)
    }

    /// A complaint is registered and routed.
    pub(crate) fn routes(&mut self, case: u32, text: &str) -> CaseRouted {
        let mut payloads = self
            .reads(Service::Intake, &registered(case, text))
            .expect("a routing");
        match payloads.pop() {
            Some(Payload::CaseRouted(routed)) if payloads.is_empty() => routed,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn hears(&mut self, event: &Event) {
        let followed = self
            .reads(Service::SlaMonitor, event)
            .expect("nothing to set aside");
        assert!(followed.is_empty(), "{followed:?}");
    }

    pub(crate) fn asks(&self, query: query::Query) -> Vec<CaseRow> {
        self.answers(query).expect("a sound question").cases
    }

    pub(crate) fn refuses(&self, query: query::Query) -> Refusal {
        self.answers(query).expect_err("a refusal")
    }

    pub(crate) fn answers(&self, query: query::Query) -> Result<Found, Refusal> {
        let mut numbers = NumberDesk::opened([]);
        let cx = Context {
            partition: 0,
            now: Timestamp::UNIX_EPOCH,
            rules: triage(),
            numbers: &mut numbers,
        };
        let query = Query { query: Some(query) };
        self.core.query(&self.rows, &query, &cx)
    }

    pub(crate) fn case(&self, case: u32) -> Option<CaseRow> {
        self.asks(query::Query::ComplaintId(id(case).as_bytes().to_vec()))
            .pop()
    }

    pub(crate) fn lists(&self, list: ListQuery) -> Vec<CaseRow> {
        self.asks(query::Query::List(list))
    }

    /// The same events folded by nobody in particular, into rows of their own.
    pub(crate) fn replayed(&self) -> Self {
        let mut replica = Self::new();
        for (service, event) in &self.log {
            replica.fold(*service, event.clone());
        }
        replica
    }

    /// What lives in memory is made anew from the rows.
    pub(crate) fn restart(&mut self) {
        self.core = RouterCore::open(0, &self.rows);
    }

    /// Decides a wish at a time and folds what follows.
    pub(crate) fn decides(
        &mut self,
        wish: CaseWish,
        now_us: i64,
    ) -> Result<CaseDone, Box<CaseRefused>> {
        outcome(self.commands(command::Command::Wish(wish), now_us))
    }

    /// Decides wishes together, and folds what follows.
    pub(crate) fn decides_all(
        &mut self,
        wishes: Vec<CaseWish>,
        now_us: i64,
    ) -> Vec<Result<CaseDone, Box<CaseRefused>>> {
        let wishes = command::Command::Wishes(CaseWishes { wishes });
        match self.commands(wishes, now_us).answer {
            Some(answer::Answer::All(all)) => all.answers.into_iter().map(outcome).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn commands(&mut self, command: command::Command, now_us: i64) -> Answer {
        let command = Command {
            command: Some(command),
        };
        let (drafts, answer) = self.with_context(now_us, |core, rows, cx| {
            core.decide(rows, &command, cx).expect("an answer")
        });
        self.keeps(drafts, now_us);
        answer
    }

    /// Lets time pass up to now, as the runtime does, and gives what happened.
    pub(crate) fn waits_until(&mut self, now_us: i64) -> Vec<Payload> {
        let now = Timestamp::from_microsecond(now_us).expect("a time");
        let mut happened = Vec::new();
        while self.core.next_due().is_some_and(|due| due <= now) {
            let drafts = self.with_context(now_us, RouterCore::expire);
            happened.extend(drafts.iter().map(|draft| draft.payload.clone()));
            self.keeps(drafts, now_us);
        }
        happened
    }

    fn with_context<T>(
        &self,
        now_us: i64,
        call: impl FnOnce(&RouterCore, &Rows, &mut Context<'_, Triage>) -> T,
    ) -> T {
        let mut numbers = NumberDesk::opened([]);
        let mut cx = Context {
            partition: 0,
            now: Timestamp::from_microsecond(now_us).expect("a time"),
            rules: triage(),
            numbers: &mut numbers,
        };
        call(&self.core, &self.rows, &mut cx)
    }

    fn keeps(&mut self, drafts: Vec<Draft>, time_us: i64) {
        for draft in drafts {
            let event = Event {
                complaint_id: draft.complaint_id,
                time_us,
                traceparent: String::new(),
                payload: Some(draft.payload),
            };
            self.fold(Service::Router, event);
        }
    }

    /// The round in hand is in the log.
    pub(crate) fn commits(&mut self) {
        let mark = Mark {
            own_seq: 1,
            own_hash: [0; 32],
            consumed: 1,
            schema: RouterCore::SCHEMA,
            log: [0; 16],
        };
        self.rows.commit(mark).expect("a commit");
    }

    /// The round in hand is taken back, as the runtime does it.
    pub(crate) fn takes_back(&mut self) {
        self.rows.rollback();
        self.restart();
    }

    /// The facts of a case.
    pub(crate) fn facts(&self, case: u32) -> Vec<TimelineRow> {
        let query = query::Query::Timeline(TimelineQuery {
            complaint_id: id(case).as_bytes().to_vec(),
            from_version: 0,
            limit: 1000,
        });
        self.answers(query).expect("a sound question").facts
    }

    /// Something that was recorded by router itself.
    pub(crate) fn records(&mut self, event: Event) {
        self.fold(Service::Router, event);
    }

    /// Folds something into a round that is on its way into the log.
    pub(crate) fn folds_into_a_round(&mut self, event: &Event) {
        let recorded = Recorded {
            origin: origin(Service::Router),
            event,
        };
        self.core.evolve(&mut self.rows, &recorded);
    }

    /// What is told beside that round.
    pub(crate) fn glances(&self, query: query::Query) -> Option<Vec<CaseRow>> {
        let query = Query { query: Some(query) };
        let told = self.with_context(at(0), |core, rows, cx| core.glance(rows, &query, cx));
        let found = told?.expect("a sound question");
        Some(places_of(found))
    }

    fn fold(&mut self, service: Service, event: Event) {
        let recorded = Recorded {
            origin: origin(service),
            event: &event,
        };
        self.core.evolve(&mut self.rows, &recorded);
        self.core.seal(&mut self.rows);
        self.log.push((service, event));
    }
}

fn outcome(answer: Answer) -> Result<CaseDone, Box<CaseRefused>> {
    match answer.answer {
        Some(answer::Answer::Done(done)) => Ok(done),
        Some(answer::Answer::Refused(refused)) => Err(Box::new(refused)),
        other => panic!("{other:?}"),
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

/// A list of everything, in one of the orders.
pub(crate) fn everything(order: u32) -> ListQuery {
    ListQuery {
        order,
        limit: 1000,
        ..ListQuery::default()
    }
}

pub(crate) fn numbers(cases: &[CaseRow]) -> Vec<&str> {
    cases.iter().map(|case| &case.number[10..]).collect()
}
