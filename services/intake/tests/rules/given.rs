//! Folds and decides as the runtime does, over rows in memory.

use jiff::{SignedDuration, Timestamp};
use redress_complaint::parse_json;
use redress_intake::{IntakeCore, IntakeRules, LookForRepeats, door::check::check};
use redress_runtime::{Context, Core, Draft, NumberDesk, Origin, Recorded, Refusal};
use redress_store::{Mark, Rows};
use redress_testkit::workspace_root;
use redress_wire::{
    Payload, Service,
    intake::{Answer, Command, FreshComplaint, Query, Registration, RepeatsFound, RepeatsQuery},
    intake::{answer, query},
    log::Event,
};

pub(crate) struct Partition {
    pub(crate) core: IntakeCore,
    pub(crate) rows: Rows,
    pub(crate) rules: IntakeRules,
    pub(crate) now: Timestamp,
    pub(crate) events: Vec<Event>,
    numbers: NumberDesk,
    height: u64,
}

pub(crate) fn rules() -> IntakeRules {
    let files = redress_host::policy_dir::read(&workspace_root().join("policy")).unwrap();
    IntakeRules::parse(&files).unwrap()
}

/// What a caller sends, checked: description and further fields as JSON.
pub(crate) fn submitted(rules: &IntakeRules, now: Timestamp, json: &str) -> Command {
    let raw = parse_json(json.as_bytes(), 1_000_000).unwrap();
    check("email", raw, rules, now).unwrap().into_command()
}

impl Partition {
    pub(crate) fn at(now: &str) -> Self {
        let rows = Rows::in_memory();
        let (rules, now) = (rules(), now.parse().unwrap());
        let core = IntakeCore::open(0, &rows);
        let numbers = desk(&rules, now);
        Self {
            core,
            rows,
            rules,
            now,
            events: Vec::new(),
            numbers,
            height: 0,
        }
    }

    pub(crate) fn later(&mut self, hours: i64) {
        self.now = self
            .now
            .checked_add(SignedDuration::from_hours(hours))
            .unwrap();
        self.numbers = desk(&self.rules, self.now);
    }

    pub(crate) fn starts_numbers_at(&mut self, day: u32, next: u64) {
        self.numbers = NumberDesk::opened([(day, next)]);
    }

    pub(crate) fn submit(&mut self, json: &str) -> Result<Registration, Refusal> {
        let command = submitted(&self.rules, self.now, json);
        match self.decide(&command)?.answer {
            Some(answer::Answer::Registration(registration)) => Ok(registration),
            other => panic!("{other:?}"),
        }
    }

    /// Decides a command in a round of its own.
    pub(crate) fn decide(&mut self, command: &Command) -> Result<Answer, Refusal> {
        let mut cx = context(&self.rules, &mut self.numbers, self.now);
        let (drafts, answer) = self.core.decide(&self.rows, command, &mut cx)?;
        self.record(drafts);
        Ok(answer)
    }

    pub(crate) fn expire(&mut self) {
        let mut cx = context(&self.rules, &mut self.numbers, self.now);
        let drafts = self.core.expire(&self.rows, &mut cx);
        self.record(drafts);
    }

    /// Records events as one block.
    pub(crate) fn record(&mut self, drafts: Vec<Draft>) {
        for (index, draft) in drafts.into_iter().enumerate() {
            let event = Event {
                complaint_id: draft.complaint_id,
                time_us: self.now.as_microsecond(),
                traceparent: String::new(),
                payload: Some(draft.payload),
            };
            fold(
                &mut self.core,
                &mut self.rows,
                self.height + 1,
                index,
                &event,
            );
            self.events.push(event);
        }
        self.height += 1;
        self.core.seal(&mut self.rows);
        self.rows.commit(mark()).unwrap();
    }

    /// Folds events of a round that is not stored, and takes it back.
    pub(crate) fn record_in_vain(&mut self, events: &[Event]) {
        for (index, event) in events.iter().enumerate() {
            fold(
                &mut self.core,
                &mut self.rows,
                self.height + 1,
                index,
                event,
            );
        }
        self.rows.rollback();
        self.core.undo(0, &self.rows);
    }

    pub(crate) fn payloads(&self) -> Vec<&Payload> {
        self.events
            .iter()
            .filter_map(|event| event.payload.as_ref())
            .collect()
    }

    pub(crate) fn effects(&mut self) -> Vec<LookForRepeats> {
        let cx = context(&self.rules, &mut self.numbers, self.now);
        self.core.effects(&self.rows, &cx)
    }

    /// The partition as a replica that opens it finds it.
    pub(crate) fn reopen(&mut self) {
        self.core = IntakeCore::open(0, &self.rows);
    }

    pub(crate) fn repeats(&mut self, fresh: Vec<FreshComplaint>) -> Vec<RepeatsFound> {
        let query = Query {
            query: Some(query::Query::Repeats(RepeatsQuery { fresh })),
        };
        let cx = context(&self.rules, &mut self.numbers, self.now);
        self.core.query(&self.rows, &query, &cx).unwrap().repeats
    }
}

pub(crate) fn fold(
    core: &mut IntakeCore,
    rows: &mut Rows,
    height: u64,
    index: usize,
    event: &Event,
) {
    let origin = Origin {
        service: Service::Intake,
        partition: 0,
        height,
        index: index as u32,
    };
    core.evolve(rows, &Recorded { origin, event });
}

pub(crate) fn context<'a>(
    rules: &'a IntakeRules,
    numbers: &'a mut NumberDesk,
    now: Timestamp,
) -> Context<'a, IntakeRules> {
    Context {
        partition: 0,
        now,
        rules,
        numbers,
    }
}

fn desk(rules: &IntakeRules, now: Timestamp) -> NumberDesk {
    match IntakeCore::number_days(rules, now).as_slice() {
        [today] => NumberDesk::opened([(*today, 1)]),
        [today, next] => NumberDesk::opened([(*today, 1), (*next, 1)]),
        other => panic!("{other:?}"),
    }
}

fn mark() -> Mark {
    Mark {
        own_seq: 1,
        own_hash: [0; 32],
        consumed: 0,
        schema: 1,
        log: [0; 16],
    }
}
