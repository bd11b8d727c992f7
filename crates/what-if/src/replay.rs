//! History, told again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::ClockId;

use crate::case::{Case, Difference, Run, Verdict};
use crate::happening::{Happening, What};
use crate::pair::Pair;
use crate::report::Report;
use crate::side::Side;

/// Which part of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Cases registered from here on.
    pub since: Timestamp,
    /// Cases registered before this, and what happened until then; clocks run until then.
    pub until: Timestamp,
}

/// Takes history in the order of the log, case by case or mixed, and sums up what the policies make
/// of it. What it keeps is the cases that are not over.
pub struct Replay<'s> {
    sides: &'s Pair<Side>,
    window: Window,
    cases: BTreeMap<ComplaintId, Case>,
    report: Report,
}

/// What became of the clocks of a case under both policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Of each run of a clock, in the order of their starts: which clock, its end, and its verdict.
    pub clocks: Pair<Vec<(ClockId, Timestamp, Verdict)>>,
}

impl<'s> Replay<'s> {
    /// Nothing has happened yet.
    pub fn new(sides: &'s Pair<Side>, window: Window) -> Self {
        Self {
            sides,
            window,
            cases: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// Something happened to a case. Gives what the policies make differently of it.
    ///
    /// What happened to cases that were registered outside of the window, or after its end, is left
    /// alone, and counted.
    pub fn tell(&mut self, id: ComplaintId, happening: &Happening<'_>) -> Vec<Difference> {
        if happening.at >= self.window.until {
            self.report.skipped += 1;
            return Vec::new();
        }
        let said = &mut self.report.recorded;
        if let Some(case) = self.cases.get_mut(&id) {
            return case.take(self.sides, happening, said);
        }
        match &happening.what {
            What::Registered(it) if happening.at >= self.window.since => {
                let case = Case::register(self.sides, it, happening.at);
                self.report.unreadable += u64::from(!case.is_readable());
                self.cases.insert(id, case);
            }
            _ => self.report.skipped += 1,
        }
        Vec::new()
    }

    /// The case is over for good: it is summed up and forgotten. Gives what became of its clocks;
    /// `None` for a case that is not known.
    pub fn end(&mut self, id: ComplaintId) -> Option<Ended> {
        let mut case = self.cases.remove(&id)?;
        let ended = ended(&case);
        self.report.sum_up(&mut case, self.window.until);
        Some(ended)
    }

    /// How many cases are kept.
    pub fn open(&self) -> usize {
        self.cases.len()
    }

    /// The time is up: all clocks run until the end of the window.
    pub fn finish(mut self) -> Report {
        for mut case in std::mem::take(&mut self.cases).into_values() {
            self.report.sum_up(&mut case, self.window.until);
        }
        self.report
    }

    pub(crate) fn case_mut(&mut self, id: ComplaintId) -> Option<&mut Case> {
        self.cases.get_mut(&id)
    }

    /// How things stand at an instant, with the cases going on.
    pub(crate) fn stand(&self, at: Timestamp) -> Report {
        let mut report = self.report.clone();
        for case in self.cases.values() {
            report.sum_up(&mut case.clone(), at);
        }
        report
    }
}

fn ended(case: &Case) -> Ended {
    let Some(tracks) = case.tracks.as_deref() else {
        return Ended::default();
    };
    let told = |run: &Run| (run.clock.clone(), run.due_at, run.verdict());
    Ended {
        clocks: tracks
            .as_ref()
            .map(|track| track.runs.iter().map(told).collect()),
    }
}
