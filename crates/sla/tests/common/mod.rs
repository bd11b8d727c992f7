//! The shipped policy with clocks of the tests' own, and a case.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{CaseFacts, ClockId, ClockRules, Kind, Milestone, Moment, PauseId, Policy};
use redress_sla::{Cause, Change, Clock, ClockSet, ClocksStarted, Stop};

pub(crate) const CLOCKS: &str = r#"
calendar = "house"
counting = "from_next_day"

[[pause]]
id = "waiting_for_customer"
name = { zh = "等待客户补充", en = "Waiting for the customer" }

[[clock]]
id = "start"
name = { zh = "启动处理", en = "Start of handling" }
start = "registered"
met_by = ["accepted"]
cancelled_by = ["withdrawn"]
warn_at = [0.8, 0.5, "15m"]

[[clock.target]]
urgency = ["urgent"]
within = "2h"

[[clock.target]]
urgency = ["normal"]
within = "4h working"

[[clock.target]]
within = "3 working days"

[[clock]]
id = "result"
name = { zh = "处理结果", en = "Result" }
start = "registered"
met_by = ["closed"]
cancelled_by = ["withdrawn", "rejected"]
pauses = ["waiting_for_customer"]

[[clock.target]]
urgency = ["urgent", "normal"]
within = "48h"

[[clock.step]]
id = "remind"
name = { zh = "提醒", en = "Remind" }
before = "1 working day"
counting = "same_time"
to = "handler"

[[clock.step]]
id = "urge"
name = { zh = "催办", en = "Urge" }
after = "2h"
to = ["handler"]

[[clock.step]]
id = "circulate"
name = { zh = "通报", en = "Circulate" }
after = "5 working days"
to = ["superior:2", "role:executive"]

# The shipped notifications refer to it.
[[clock]]
id = "preliminary_plan"
name = { zh = "初步方案", en = "Preliminary plan" }
start = "verified"
met_by = ["plan_proposed"]
cancelled_by = ["withdrawn"]

[[clock.target]]
within = "4h"
"#;

fn read(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the shipped policy") {
        let path = entry.expect("a policy file").path();
        if path.is_dir() {
            read(&path, root, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a policy file's text");
            files.insert(name.replace('\\', "/"), text);
        }
    }
}

pub(crate) fn shipped_files() -> BTreeMap<String, String> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy"));
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    files
}

pub(crate) fn shipped() -> Policy {
    Policy::parse(&shipped_files()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The shipped policy with these clocks instead of its own.
pub(crate) fn policy(clocks: &str) -> Policy {
    let mut files = shipped_files();
    files.insert("deadlines.toml".to_owned(), clocks.to_owned());
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"))
}

pub(crate) fn facts(urgency: &str) -> CaseFacts<'_> {
    CaseFacts {
        channel: "email",
        kind: Kind::Complaint,
        urgency,
        severity: "ordinary",
        category: "product_quality",
        tier: "",
    }
}

/// `2026-05-07T10:00` in Shanghai, a Thursday.
pub(crate) fn at(text: &str) -> Timestamp {
    format!("{text}:00+08:00").parse().expect("a time")
}

pub(crate) fn show(at: Timestamp) -> String {
    let shanghai = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    shanghai.to_datetime(at).strftime("%m-%d %H:%M").to_string()
}

/// The clocks of a case that was registered at a time.
pub(crate) fn clock_set(policy: &Policy, urgency: &str, when: &str) -> ClockSet {
    begun(policy, urgency, when).0
}

/// The same, with what there is to record.
pub(crate) fn begun(policy: &Policy, urgency: &str, when: &str) -> (ClockSet, ClocksStarted) {
    let life = [(Milestone::Registered.into(), at(when))];
    ClockSet::begin(policy.clock_rules(), &facts(urgency), life)
}

/// A case of one urgency whose life is told step by step.
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) facts: CaseFacts<'a>,
    pub(crate) set: ClockSet,
}

impl<'a> Case<'a> {
    pub(crate) fn registered(policy: &'a Policy, urgency: &'a str, when: &str) -> Self {
        let set = clock_set(policy, urgency, when);
        Self {
            policy,
            facts: facts(urgency),
            set,
        }
    }

    pub(crate) fn rules(&self) -> &'a ClockRules {
        self.policy.clock_rules()
    }

    /// Gives what became of the clocks, in words.
    pub(crate) fn reaches(&mut self, moment: &str, when: &str) -> Vec<String> {
        let moment = Moment::read(moment).expect("a moment");
        words(
            &self
                .set
                .reach(self.policy.clock_rules(), &self.facts, &moment, at(when)),
        )
    }

    pub(crate) fn holds(&mut self, reason: &str, when: &str) -> Vec<String> {
        words(
            &self
                .set
                .hold(self.policy.clock_rules(), &PauseId::new(reason), at(when)),
        )
    }

    pub(crate) fn resumes(&mut self, when: &str) -> Vec<String> {
        words(
            &self
                .set
                .resume(self.policy.clock_rules(), &self.facts, at(when)),
        )
    }

    pub(crate) fn extends(&mut self, clock: Option<&str>, by: &str, when: &str) -> Vec<String> {
        let clock = clock.map(ClockId::new);
        let by = by.parse().expect("a span");
        let rules = self.policy.clock_rules();
        words(
            &self
                .set
                .extend(rules, &self.facts, clock.as_ref(), by, at(when)),
        )
    }

    /// The urgency is another one.
    pub(crate) fn becomes(&mut self, urgency: &'a str, when: &str) -> Vec<String> {
        self.facts.urgency = urgency;
        let rules = self.policy.clock_rules();
        words(
            &self
                .set
                .retarget(rules, &self.facts, Cause::TriageCorrected, at(when)),
        )
    }

    pub(crate) fn clock(&self, id: &str) -> &Clock {
        self.set.get(&ClockId::new(id)).expect("a clock")
    }
}

pub(crate) fn words(changes: &[Change]) -> Vec<String> {
    changes.iter().map(word).collect()
}

fn word(change: &Change) -> String {
    match change {
        Change::Started(clock) => format!("{} starts, due {}", clock.id, show(clock.due_at)),
        Change::Stopped(stopped) => {
            let how = match (stopped.stop, stopped.on_time) {
                (Stop::Cancelled, _) => "cancelled",
                (Stop::Met, true) => "met",
                (Stop::Met, false) => "met late",
            };
            format!("{} {how}", stopped.clock)
        }
        Change::Paused { clock } => format!("{} stands still", clock.id),
        Change::Resumed { clock, .. } => {
            format!("{} resumes, due {}", clock.id, show(clock.due_at))
        }
        Change::Moved(moved) => {
            let (clock, cause) = (&moved.clock, moved.cause.name());
            format!("{} moves to {} ({cause})", clock.id, show(clock.due_at))
        }
        Change::Fault(fault) => format!("fault: {fault}"),
    }
}

pub(crate) fn case(number: u32) -> ComplaintId {
    ComplaintId::of("test", &number.to_string())
}
