//! The facts of a case after its routing: numbered without gaps, one command carried out once.

use std::collections::{BTreeMap, BTreeSet};

use redress_wire::router::{CaseEvent, case_event::Change};

use super::{Checked, Model, Promise};

/// A case that somebody can work.
#[derive(Clone, Debug)]
pub struct Routed {
    /// The complaint's id.
    pub complaint: Vec<u8>,
    /// The case's number.
    pub number: String,
    /// Whom it was given to.
    pub handler: String,
}

/// What somebody was told who wanted something done with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worked {
    /// It is done.
    Done {
        /// Version of the case that it led to.
        version: u64,
    },
    /// The case refuses, for a reason of the rules.
    Refused(String),
    /// Refused for another reason.
    Faulty(String),
    /// No answer: it may have been done, or not.
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Work {
    handler: String,
    version: u64,
    /// By request id: stream sequence of the block that did it, and the last version in it.
    done: BTreeMap<String, (u64, u64)>,
    /// Requests whose refusal is recorded.
    refused: BTreeSet<String>,
}

impl Work {
    pub(super) fn routed(&mut self, handler: &str) {
        handler.clone_into(&mut self.handler);
        self.version = 1;
    }

    pub(super) fn went_on(&mut self, sequence: u64, fact: &CaseEvent) -> Checked {
        if fact.version != self.version + 1 {
            let seen = format!("fact {} follows {}", fact.version, self.version);
            return Err((Promise::Order, seen));
        }
        self.version = fact.version;
        let request = &fact.request_id;
        if request.is_empty() {
            return Ok(());
        }
        if let Some(Change::CommandRefused(_)) = fact.change {
            if self.refused.insert(request.clone()) {
                return Ok(());
            }
            return Err((Promise::Once, format!("{request} is refused twice")));
        }
        let (at, last) = self.done.entry(request.clone()).or_insert((sequence, 0));
        *last = fact.version;
        if *at == sequence {
            return Ok(());
        }
        Err((Promise::Once, format!("{request} is carried out twice")))
    }
}

impl Model {
    /// The cases that are routed.
    pub fn routed(&self) -> Vec<Routed> {
        let inner = self.lock();
        let routed = inner.cases.iter().filter(|(_, case)| case.work.version > 0);
        let routed = routed.map(|(id, case)| Routed {
            complaint: id.clone(),
            number: case.number.clone(),
            handler: case.work.handler.clone(),
        });
        routed.collect()
    }

    /// Somebody was told what became of a request.
    pub fn worked(&self, case: &Routed, request: &str, worked: &Worked) {
        let number = &case.number;
        self.trace
            .note(format!("{request} on {number} answered {worked:?}"));
        self.with(|inner| {
            let known = inner.cases.get(&case.complaint);
            let done = known.and_then(|case| case.work.done.get(request));
            let (name, checked) = match worked {
                Worked::Done { version } if done.is_some_and(|(_, last)| last == version) => {
                    ("worked", Ok(()))
                }
                Worked::Done { version } => {
                    let seen = format!("done as {version}, the log says {done:?}");
                    ("worked", Err((Promise::Kept, seen)))
                }
                Worked::Refused(_) => ("not_worked", Ok(())),
                Worked::Faulty(reason) => ("faulty", Err((Promise::Sound, reason.clone()))),
                Worked::Unknown => ("unknown", Ok(())),
            };
            inner.answers.count(name);
            let named = |(promise, seen)| (promise, format!("{request} on {number}: {seen}"));
            inner.check(checked.map_err(named));
        });
    }
}
