//! What a replay of lives tells at its end: one line, and what differs from the log.

use std::time::Duration;

use serde_json::{Value, json};

use super::Ended;
use crate::lifecycle::Tally;

/// Differences that are told unless all are asked for.
const SHOWN: u64 = 20;
/// The smallest time that a rate is computed over, in seconds.
const LEAST_SECONDS: f64 = 1e-3;

/// A difference, said with its place.
pub(super) fn difference(case: &str, seq: u32, label: &str, what: &str) -> String {
    match seq {
        0 => format!("{case}: {label}: {what}"),
        _ => format!("{case}: event {seq} ({label}): {what}"),
    }
}

/// Tells differences on standard error, all or the first ones.
#[derive(Debug)]
pub(super) struct Differences {
    count: u64,
    all: bool,
}

impl Differences {
    pub(super) fn tell(&mut self, text: &str) {
        self.count += 1;
        if self.all || self.count <= SHOWN {
            eprintln!("differs: {text}");
        } else if self.count == SHOWN + 1 {
            eprintln!("differs: more; all are told with --explain");
        }
    }
}

/// All that is told.
pub(super) struct Report {
    /// What the log says of itself.
    pub(super) log: Tally,
    seen: Tally,
    refused: u64,
    commands: u64,
    took: Duration,
    pub(super) differences: Differences,
    /// The cases that ended.
    pub(super) ended: Vec<Ended>,
}

impl Report {
    pub(super) fn new(log: Tally, all: bool) -> Self {
        Self {
            log,
            seen: Tally::default(),
            refused: 0,
            commands: 0,
            took: Duration::ZERO,
            differences: Differences { count: 0, all },
            ended: Vec::new(),
        }
    }

    /// Something that kept a case out.
    pub(super) fn trouble(&mut self, text: &str) {
        self.refused += 1;
        self.differences.tell(text);
    }

    pub(super) fn hear(&mut self, mut life: Ended) {
        self.seen += life.seen;
        self.refused += life.refused;
        self.commands += life.commands;
        for text in life.differences.drain(..) {
            self.differences.tell(&text);
        }
        for (figure, log, seen) in life.log.differences(&life.seen) {
            let text = format!("{}: {figure}: log {log}, system {seen}", life.case);
            self.differences.tell(&text);
        }
        self.ended.push(life);
    }

    pub(super) fn took(&mut self, took: Duration) {
        self.took = took;
    }

    pub(super) fn is_fine(&self) -> bool {
        self.refused == 0 && self.differences.count == 0 && self.seen == self.log
    }

    pub(super) fn json(&self) -> Value {
        let seconds = self.took.as_secs_f64();
        let rate = self.commands as f64 / seconds.max(LEAST_SECONDS);
        let Tally {
            cases,
            events,
            reassigned,
            reopened,
            resolved,
        } = self.seen;
        json!({
            "cases": cases, "events": events, "reassigned": reassigned, "reopened": reopened,
            "resolved": resolved, "refused": self.refused, "seconds": hundredths(seconds),
            "commands": self.commands, "commandsPerSecond": hundredths(rate),
            "log": self.log.json(), "differences": self.differences.count,
        })
    }
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(seen_reopened: u64) -> Ended {
        let log = Tally {
            cases: 1,
            events: 4,
            reopened: 1,
            ..Tally::default()
        };
        Ended {
            case: "7".to_owned(),
            id: "id".to_owned(),
            log,
            seen: Tally {
                reopened: seen_reopened,
                ..log
            },
            commands: 9,
            refused: 0,
            differences: vec![],
        }
    }

    #[test]
    fn a_replay_is_fine_when_every_figure_is_the_log_s() {
        let mut report = Report::new(life(1).log, false);
        report.hear(life(1));
        report.took(Duration::from_secs(3));
        assert!(report.is_fine());
        let json = report.json();
        assert_eq!(
            (json["events"].as_u64(), json["commandsPerSecond"].as_f64()),
            (Some(4), Some(3.0))
        );
        assert_eq!(json["log"]["reopened"], json["reopened"]);
    }

    #[test]
    fn a_case_that_went_otherwise_is_a_difference() {
        let mut report = Report::new(life(1).log, false);
        report.hear(life(0));
        assert!(!report.is_fine());
        assert_eq!(report.json()["differences"], 1);
        let text = difference("7", 3, "Resolved", "not now");
        assert_eq!(text, "7: event 3 (Resolved): not now");
    }
}
