//! The verdict of a fault run, as a table and as one line for programs.

use std::{fmt, time::Duration};

use serde_json::json;

use crate::{
    recorder::{Attempt, Outcome},
    verdict::{Broken, Promise, Whole},
};

/// A clock that fired later than this is late: the longest outage of a run, and some.
const LATE: Duration = Duration::from_secs(15);

/// What a fault run found.
#[derive(Debug, Default)]
pub struct Figures {
    /// The seed of the run.
    pub seed: u64,
    /// Requests sent.
    pub requests: usize,
    /// Of them answered with a number.
    pub ok: usize,
    /// Of them without an answer, or accepted with the number to follow.
    pub unknown: usize,
    /// Faults put in, of any kind.
    pub faults: usize,
    /// Of them `kill -9` of something.
    pub kills: usize,
    /// From losing a replica until others owned all its partitions.
    pub takeovers: Vec<Duration>,
    /// From asking a replica to end until others owned all its partitions.
    pub handovers: Vec<Duration>,
    /// Events in the log.
    pub events: usize,
    /// By how much clocks fired too late.
    pub late: Vec<Duration>,
    /// Every promise that was broken.
    pub broken: Vec<Broken>,
    /// Stores that differ from a replay of the log.
    pub stores_differ: Vec<String>,
}

impl Figures {
    /// Takes in what the log says at the end.
    pub fn judge(&mut self, whole: &Whole, attempts: &[Attempt], broken: Vec<Broken>) {
        self.requests = attempts.len();
        self.ok = count(attempts, |it| matches!(it, Outcome::Ok { .. }));
        self.unknown = count(attempts, |it| {
            matches!(it, Outcome::Unknown | Outcome::Accepted)
        });
        self.events = whole.events;
        let late = whole
            .late_us
            .iter()
            .map(|us| Duration::from_micros((*us).max(0) as u64));
        self.late = late.collect();
        self.broken = broken;
    }

    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.stores_differ.is_empty() && self.late_clocks() == 0
    }

    fn late_clocks(&self) -> usize {
        self.broken_of(Promise::Clocks) + self.late.iter().filter(|late| **late > LATE).count()
    }

    fn broken_of(&self, promise: Promise) -> usize {
        self.broken
            .iter()
            .filter(|broken| broken.promise == promise)
            .count()
    }

    /// One JSON object.
    pub fn line(&self) -> String {
        json!({
            "seed": self.seed,
            "requests": self.requests,
            "ok": self.ok,
            "unknown": self.unknown,
            "lost": self.broken_of(Promise::NothingLost),
            "doubled": self.broken_of(Promise::NothingDoubled),
            "out_of_order": self.broken_of(Promise::Order),
            "late_clocks": self.late_clocks(),
            "restless": self.broken_of(Promise::Rest),
            "stores_differ": self.stores_differ.len(),
            "faults": self.faults,
            "kills": self.kills,
            "takeover_p99_ms": millis(quantile(&self.takeovers, 99)),
            "handover_p99_ms": millis(quantile(&self.handovers, 99)),
        })
        .to_string()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | |\n| --- | ---: |")?;
        writeln!(f, "| requests | {} |", self.requests)?;
        writeln!(f, "| answered with a number | {} |", self.ok)?;
        writeln!(
            f,
            "| without an answer, or the number to follow | {} |",
            self.unknown
        )?;
        writeln!(f, "| events in the log | {} |", self.events)?;
        writeln!(
            f,
            "| faults, of them kill -9 | {}, {} |",
            self.faults, self.kills
        )?;
        writeln!(f, "| lost | {} |", self.broken_of(Promise::NothingLost))?;
        writeln!(
            f,
            "| doubled | {} |",
            self.broken_of(Promise::NothingDoubled)
        )?;
        writeln!(f, "| out of order | {} |", self.broken_of(Promise::Order))?;
        let restless = self.broken_of(Promise::Rest);
        writeln!(f, "| partitions that went to and fro | {restless} |")?;
        writeln!(f, "| clocks fired | {} |", self.late.len())?;
        writeln!(
            f,
            "| clocks that never fired, or over {LATE:?} late | {} |",
            self.late_clocks()
        )?;
        writeln!(
            f,
            "| stores that differ from a replay | {} |",
            self.stores_differ.len()
        )?;
        for (what, times) in [
            ("take-over after a loss", &self.takeovers),
            ("planned hand-over", &self.handovers),
            ("lateness of clocks", &self.late),
        ] {
            let at = |share| millis(quantile(times, share));
            let (n, p50, p99, max) = (times.len(), at(50), at(99), at(100));
            writeln!(
                f,
                "| {what}, ms: p50, p99, max of {n} | {p50}, {p99}, {max} |"
            )?;
        }
        for broken in &self.broken {
            writeln!(f, "- {:?}: {}", broken.promise, broken.how)?;
        }
        for differ in &self.stores_differ {
            writeln!(f, "- {differ}")?;
        }
        Ok(())
    }
}

fn count(attempts: &[Attempt], is: fn(&Outcome) -> bool) -> usize {
    attempts
        .iter()
        .filter(|attempt| is(&attempt.outcome))
        .count()
}

/// The value below which `share` per cent lie; 100 gives the largest.
fn quantile(times: &[Duration], share: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * share / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_times() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(millis(quantile(&times, 50)), 101);
        assert_eq!(millis(quantile(&times, 99)), 199);
        assert_eq!(millis(quantile(&times, 100)), 200);
        assert_eq!(quantile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn a_broken_promise_is_counted_under_its_name() {
        let mut figures = Figures::default();
        assert!(figures.is_clean());
        figures.broken.push(Broken {
            promise: Promise::NothingDoubled,
            how: "twice".to_owned(),
        });
        assert!(!figures.is_clean());
        assert!(figures.line().contains("\"doubled\":1"));
        assert!(figures.line().contains("\"lost\":0"));
    }
}
