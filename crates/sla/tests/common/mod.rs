//! The shipped policy with clocks of the tests' own, and a case.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{CaseFacts, Kind, Milestone, Policy};
use redress_sla::{ClockSet, ClocksStarted, start_clocks};

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
id = "urge"
name = { zh = "催办", en = "Urge" }
after = "2h"

[[clock.step]]
id = "circulate"
name = { zh = "通报", en = "Circulate" }
after = "5 working days"

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

pub(crate) fn started(policy: &Policy, urgency: &str, when: &str) -> ClocksStarted {
    start_clocks(policy, &facts(urgency), Milestone::Registered, at(when))
}

pub(crate) fn clock_set(policy: &Policy, urgency: &str, when: &str) -> ClockSet {
    let mut set = ClockSet::default();
    for clock in started(policy, urgency, when).clocks {
        set.start(clock);
    }
    set
}

pub(crate) fn case(number: u32) -> ComplaintId {
    ComplaintId::of("test", &number.to_string())
}
