//! What callers were told.

use std::collections::{BTreeMap, BTreeSet};

use super::{Id, Inner, Model, Promise, case::Case, short};

/// A submission as its caller knows it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Numbers the requests.
    pub name: String,
    /// Id of the complaint that it is or repeats.
    pub complaint: Vec<u8>,
    /// Digest of its body.
    pub digest: Vec<u8>,
}

/// What a caller was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Registered under this number, now or before.
    Registered {
        /// The number.
        number: String,
        /// It was registered before.
        duplicate: bool,
    },
    /// Durable; the number follows.
    Accepted,
    /// The request id is another submission's.
    Misused,
    /// Refused for another reason.
    Refused(String),
    /// No answer: it may have been done, or not.
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Complaints that must be in the log in the end.
    accepted: BTreeSet<Id>,
    /// Complaints whose caller was told that they are new.
    fresh: BTreeSet<Id>,
    told: BTreeMap<&'static str, u64>,
    /// What receivers outside were sent, and how often.
    received: BTreeMap<String, u64>,
}

impl Answers {
    pub(super) fn count(&mut self, told: &'static str) {
        *self.told.entry(told).or_default() += 1;
    }
}

impl Model {
    /// A caller was answered.
    pub fn answered(&self, request: &Request, outcome: &Outcome) {
        self.trace.note(format!(
            "{} ({}) answered {outcome:?}",
            request.name,
            short(&request.complaint)
        ));
        self.with(|inner| inner.answered(request, outcome));
    }

    /// A receiver outside was sent a notification.
    pub fn received(&self, complaint: &[u8], notification: &str) {
        self.with(|inner| {
            let case = inner.cases.get(complaint);
            if !case.is_some_and(|case| case.notices.has(notification)) {
                let seen = format!("{notification} was sent before it was in the log");
                inner.broken(Promise::Told, seen);
            }
            *inner
                .answers
                .received
                .entry(notification.to_owned())
                .or_default() += 1;
        });
    }

    /// A query found the registration of a case at a place in the log.
    pub fn found(&self, complaint: &[u8], number: &str, sequence: u64) {
        self.with(|inner| {
            let known = inner.cases.get(complaint);
            let is_there = |case: &Case| case.number == number && case.registered == sequence;
            if !known.is_some_and(is_there) {
                let seen = format!("a query found {number} at {sequence}, where it is not");
                inner.broken(Promise::Kept, seen);
            }
        });
    }

    /// How often callers were told what.
    pub fn told(&self) -> BTreeMap<&'static str, u64> {
        self.lock().answers.told.clone()
    }

    /// Checks what must hold once nothing is under way any more.
    pub fn at_rest(&self, now_us: i64) {
        self.with(|inner| {
            let mut missing: Vec<(Promise, String)> = Vec::new();
            for case in inner.cases.values() {
                missing.extend(case.at_rest(now_us, &inner.told_breaches));
                let delivered = case.notices.delivered();
                let unsent = delivered.filter(|id| !inner.answers.received.contains_key(*id));
                missing.extend(unsent.map(|id| (Promise::Told, format!("{id} was never sent"))));
            }
            for id in &inner.answers.accepted {
                if !inner.cases.contains_key(id) {
                    missing.push((Promise::Kept, format!("accepted, not registered: {id:?}")));
                }
            }
            for (promise, seen) in missing {
                inner.broken(promise, seen);
            }
        });
    }

    /// The complaints in the log, with their numbers.
    pub fn registered(&self) -> Vec<(Id, String)> {
        let inner = self.lock();
        let cases = inner.cases.iter();
        cases
            .map(|(id, case)| (id.clone(), case.number.clone()))
            .collect()
    }
}

impl Inner {
    fn answered(&mut self, request: &Request, outcome: &Outcome) {
        let case = self.cases.get(&request.complaint);
        let (name, checked) = match outcome {
            Outcome::Registered { number, duplicate } => {
                let is_there = case.is_some_and(|case| case.number == *number);
                let is_same = case.is_some_and(|case| case.body_digest == request.digest);
                let fresh_twice =
                    !duplicate && !self.answers.fresh.insert(request.complaint.clone());
                let checked = if !is_there {
                    Err((
                        Promise::Kept,
                        format!("{number} was answered and is not in the log"),
                    ))
                } else if !is_same {
                    Err((
                        Promise::Once,
                        format!("{number} was answered for another body"),
                    ))
                } else if fresh_twice {
                    Err((Promise::Once, format!("{number} was called new twice")))
                } else {
                    Ok(())
                };
                (
                    if *duplicate {
                        "duplicate"
                    } else {
                        "registered"
                    },
                    checked,
                )
            }
            Outcome::Accepted => {
                self.answers.accepted.insert(request.complaint.clone());
                ("accepted", Ok(()))
            }
            Outcome::Misused if case.is_some_and(|case| case.body_digest != request.digest) => {
                ("misused", Ok(()))
            }
            Outcome::Misused => {
                let seen = "refused as another body, which nobody registered".to_owned();
                ("misused", Err((Promise::Once, seen)))
            }
            Outcome::Refused(reason) => (
                "refused",
                Err((Promise::Sound, format!("refused: {reason}"))),
            ),
            Outcome::Unknown => ("unknown", Ok(())),
        };
        self.answers.count(name);
        let named = |(promise, seen)| (promise, format!("{}: {seen}", request.name));
        self.check(checked.map_err(named));
    }
}
