//! What the platform did, counted from its log alone: the other opinion on figures of reports.

use std::collections::BTreeMap;

use redress_wire::{Payload, router::CaseRouted, sla_monitor::Clock};

use crate::verdict::{History, Whole};

/// What the services recorded, in sum.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    /// Routings, each as it was recorded.
    pub routed: Vec<CaseRouted>,
    /// Clocks that started; one that starts again counts again.
    pub clocks: u64,
    /// Of these, met and never late.
    pub on_time: u64,
    /// Of these, met late or past their end.
    pub late: u64,
    /// Of these, no longer asked for and never late.
    pub cancelled: u64,
    /// Of these, with a warning.
    pub warned: u64,
    /// Of these, past their end while they ran.
    pub breached: u64,
    /// Of these, with a step of their ladder reached.
    pub escalated: u64,
    /// Of these, still within their time.
    pub open: u64,
}

/// One run of a clock.
#[derive(Clone, Debug, Default)]
struct Run {
    started_at_us: i64,
    due_at_us: i64,
    warned: bool,
    breached: bool,
    escalated: bool,
    end: End,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    Met {
        on_time: bool,
    },
    Cancelled,
}

impl Deeds {
    /// Sums up a log.
    pub fn of(whole: &Whole) -> Self {
        let mut deeds = Self::default();
        for history in cases(whole) {
            deeds.routed.extend(routings(history).cloned());
            for run in runs(history) {
                deeds.count(&run);
            }
        }
        deeds
    }

    fn count(&mut self, run: &Run) {
        self.clocks += 1;
        self.warned += u64::from(run.warned);
        self.breached += u64::from(run.breached);
        self.escalated += u64::from(run.escalated);
        *match run.end {
            _ if run.breached => &mut self.late,
            End::Met { on_time: true } => &mut self.on_time,
            End::Met { on_time: false } => &mut self.late,
            End::Cancelled => &mut self.cancelled,
            End::Open => &mut self.open,
        } += 1;
    }

    /// How many cases were routed as something of a category.
    pub fn of_category(&self, category: &str) -> u64 {
        let routed = self.routed.iter();
        routed.filter(|one| one.category == category).count() as u64
    }
}

/// Whether everything that follows by itself within `soon_us` of a start has followed: clocks as
/// short as that are over, or late with a step of their ladder reached.
pub fn is_settled(whole: &Whole, soon_us: i64) -> bool {
    cases(whole).all(|history| {
        let runs = runs(history);
        let waits = |run: &Run| run.end == End::Open && !(run.breached && run.escalated);
        let soon = |run: &&Run| run.due_at_us - run.started_at_us <= soon_us;
        routings(history).count() == 1 && !runs.is_empty() && !runs.iter().filter(soon).any(waits)
    })
}

/// What is about a complaint, and not about a partition.
pub fn cases(whole: &Whole) -> impl Iterator<Item = &History> {
    let histories = whole.cases.values();
    histories.filter(|history| !history.registered.is_empty())
}

fn routings(history: &History) -> impl Iterator<Item = &CaseRouted> {
    history.steps.iter().filter_map(|step| match step {
        Payload::CaseRouted(routed) => Some(routed),
        _ => None,
    })
}

/// All runs of all clocks of a case.
fn runs(history: &History) -> Vec<Run> {
    let mut open: BTreeMap<&str, Run> = BTreeMap::new();
    let mut over = Vec::new();
    for step in &history.steps {
        match step {
            Payload::ClocksStarted(started) => {
                for clock in &started.clocks {
                    over.extend(open.insert(&clock.clock, started_run(clock)));
                }
            }
            Payload::ClockStopped(it) => change(&mut open, &it.clock, |run| {
                run.end = if it.cancelled {
                    End::Cancelled
                } else {
                    End::Met {
                        on_time: it.on_time,
                    }
                };
            }),
            Payload::ClockMoved(it) => {
                change(&mut open, &it.clock, |run| run.due_at_us = it.due_at_us);
            }
            Payload::ClockResumed(it) => {
                change(&mut open, &it.clock, |run| run.due_at_us = it.due_at_us);
            }
            Payload::ClockWarned(it) => change(&mut open, &it.clock, |run| run.warned = true),
            Payload::ClockBreached(it) => change(&mut open, &it.clock, |run| run.breached = true),
            Payload::ClockEscalated(it) => change(&mut open, &it.clock, |run| run.escalated = true),
            _ => {}
        }
    }
    over.extend(open.into_values());
    over
}

fn started_run(clock: &Clock) -> Run {
    Run {
        started_at_us: clock.started_at_us,
        due_at_us: clock.due_at_us,
        end: clock.met_at_us.map_or(End::Open, |met| End::Met {
            on_time: met <= clock.due_at_us,
        }),
        ..Run::default()
    }
}

fn change(open: &mut BTreeMap<&str, Run>, clock: &str, change: impl FnOnce(&mut Run)) {
    if let Some(run) = open.get_mut(clock) {
        change(run);
    }
}
