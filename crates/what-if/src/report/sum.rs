//! A case, summed up.

use jiff::Timestamp;
use redress_policy::{DepartmentId, LevelId};

use super::{Axis, Cell, Delta, Example, ExampleKind, Move, Report};
use crate::case::{Case, Run, Track, Verdict};
use crate::pair::{Pair, Which};
use crate::side::Routing;

impl Report {
    /// Adds a case as it stands when its clocks have run until an instant.
    pub(crate) fn sum_up(&mut self, case: &mut Case, until: Timestamp) {
        case.advance(until, true);
        case.compare(&mut self.recorded);
        let Some(tracks) = case.tracks.as_deref() else {
            self.unrouted += 1;
            return;
        };
        self.cases += 1;
        self.corrections.made += u64::from(case.corrected);
        self.corrections.spared_today += u64::from(case.corrections.today);
        self.corrections.spared_by_candidate += u64::from(case.corrections.candidate);
        for which in Which::BOTH {
            self.count(case, which, tracks.get(which));
        }
        self.routed(case, tracks);
        self.clocks_differ(case, tracks);
        self.approvals_differ(case, tracks);
        self.held_up_differ(case, tracks);
    }

    fn cell(&mut self, case: &Case, department: &DepartmentId) -> &mut Cell {
        let key = (case.week, department.clone());
        self.cells.entry(key).or_default()
    }

    /// What one policy makes of it.
    fn count(&mut self, case: &Case, which: Which, track: &Track) {
        let cell = self.cell(case, &track.routing.department);
        let counts = cell.counts.get_mut(which);
        counts.cases += 1;
        counts.held_up += track.held_up.len() as u64;
        for levels in &track.approvals {
            counts.plans += 1;
            counts.to_approve += u64::from(!levels.is_empty());
            counts.levels += levels.len() as u64;
        }
        for run in &track.runs {
            counts.clocks += 1;
            *match run.verdict() {
                Verdict::OnTime => &mut counts.on_time,
                Verdict::Late => &mut counts.late,
                Verdict::Open => &mut counts.open,
                Verdict::Cancelled => &mut counts.cancelled,
            } += 1;
            counts.warned += u64::from(run.warned > 0);
            counts.breached += u64::from(run.breached);
            counts.escalated += u64::from(!run.steps.is_empty());
        }
        for run in &track.runs {
            self.count_run(which, run);
        }
        for (command, missing) in &track.held_up {
            for need in missing {
                let key = (*command, need.clone());
                *self.held_up.entry(key).or_default().get_mut(which) += 1;
            }
        }
        for (clock, fault) in &track.faults {
            let known = self.faults.entry(clock.clone()).or_default();
            *known.count.get_mut(which) += 1;
            known.keep(fault);
        }
    }

    fn count_run(&mut self, which: Which, run: &Run) {
        if !self.clocks.contains_key(&run.clock) {
            self.clocks.insert(run.clock.clone(), Pair::default());
        }
        if let Some(counts) = self.clocks.get_mut(&run.clock) {
            let counts = counts.get_mut(which);
            counts.started += 1;
            counts.warnings += u64::from(run.warned);
            counts.breached += u64::from(run.breached);
            *match run.verdict() {
                Verdict::OnTime => &mut counts.on_time,
                Verdict::Late => &mut counts.late,
                Verdict::Open => &mut counts.open,
                Verdict::Cancelled => &mut counts.cancelled,
            } += 1;
        }
        for step in &run.steps {
            let key = (run.clock.clone(), step.clone());
            *self.steps.entry(key).or_default().get_mut(which) += 1;
        }
    }

    fn routed(&mut self, case: &Case, tracks: &Pair<Track>) {
        let routes = tracks.as_ref().map(|track| &track.routing);
        if routes.agrees() {
            return;
        }
        let Pair { today, candidate } = routes;
        for change in moves(today, candidate) {
            *self.moves.entry(change).or_default() += 1;
        }
        if today.department != candidate.department {
            self.cell(case, &today.department).routed.less += 1;
            self.cell(case, &candidate.department).routed.more += 1;
        }
        if kind_of(today) != kind_of(candidate) {
            self.cell(case, &candidate.department).reclassified += 1;
        }
        self.example(case, ExampleKind::Routed, "", || routes.map(in_words));
    }

    fn clocks_differ(&mut self, case: &Case, tracks: &Pair<Track>) {
        for run in &tracks.candidate.runs {
            let twin = tracks.today.runs.iter().find(|it| it.is_the_run(run));
            self.alone(case, tracks, Which::Candidate, run, twin);
        }
        for run in &tracks.today.runs {
            let twin = tracks.candidate.runs.iter().find(|it| it.is_the_run(run));
            self.alone(case, tracks, Which::Today, run, twin);
        }
    }

    /// What a run has and its twin lacks.
    fn alone(
        &mut self,
        case: &Case,
        tracks: &Pair<Track>,
        which: Which,
        run: &Run,
        twin: Option<&Run>,
    ) {
        let only = |has: fn(&Run) -> bool| has(run) && !twin.is_some_and(has);
        let late = only(|run| run.verdict() == Verdict::Late);
        let warned = only(|run| run.warned > 0);
        let escalated = only(|run| !run.steps.is_empty());
        if !(late || warned || escalated) {
            return;
        }
        let cell = self.cell(case, &tracks.get(which).routing.department);
        bump(&mut cell.late, which, late);
        bump(&mut cell.warned, which, warned);
        bump(&mut cell.escalated, which, escalated);
        if late {
            let kind = match which {
                Which::Candidate => ExampleKind::NewlyLate,
                Which::Today => ExampleKind::NoLongerLate,
            };
            self.example(case, kind, run.clock.as_str(), || {
                let of = |run: Option<&Run>| run.map_or_else(String::new, verdict_in_words);
                match which {
                    Which::Candidate => Pair {
                        today: of(twin),
                        candidate: of(Some(run)),
                    },
                    Which::Today => Pair {
                        today: of(Some(run)),
                        candidate: of(twin),
                    },
                }
            });
        }
    }

    fn approvals_differ(&mut self, case: &Case, tracks: &Pair<Track>) {
        let plans = tracks.today.approvals.iter();
        for (today, candidate) in plans.zip(&tracks.candidate.approvals) {
            if today == candidate {
                continue;
            }
            let levels = Pair {
                today: today.clone(),
                candidate: candidate.clone(),
            };
            self.example(case, ExampleKind::Approval, "", || {
                levels.as_ref().map(|levels| listed(levels))
            });
            *self.approvals.entry(levels).or_default() += 1;
            let departments = tracks.as_ref().map(|track| &track.routing.department);
            if candidate.len() >= today.len() {
                self.cell(case, departments.candidate).approvals.more += 1;
            }
            if candidate.len() <= today.len() {
                self.cell(case, departments.today).approvals.less += 1;
            }
        }
    }

    fn held_up_differ(&mut self, case: &Case, tracks: &Pair<Track>) {
        let held = tracks.as_ref().map(|track| &track.held_up);
        if held.agrees() {
            return;
        }
        for which in Which::BOTH {
            let other = match which {
                Which::Today => held.candidate,
                Which::Candidate => held.today,
            };
            for one in held.get(which).iter().filter(|one| !other.contains(one)) {
                let cell = self.cell(case, &tracks.get(which).routing.department);
                bump(&mut cell.held_up, which, true);
                self.example(case, ExampleKind::HeldUp, one.0.as_str(), || {
                    let needs: Vec<String> = one.1.iter().map(ToString::to_string).collect();
                    let mut outcome = Pair::default();
                    *outcome.get_mut(which) = needs.join(", ");
                    outcome
                });
            }
        }
    }

    fn example(
        &mut self,
        case: &Case,
        kind: ExampleKind,
        about: &str,
        outcome: impl FnOnce() -> Pair<String>,
    ) {
        if self.examples.wants(kind, &case.number) {
            self.examples.add(Example {
                kind,
                number: case.number.clone(),
                about: about.to_owned(),
                outcome: outcome(),
            });
        }
    }
}

fn bump(delta: &mut Delta, which: Which, counts: bool) {
    *match which {
        Which::Candidate => &mut delta.more,
        Which::Today => &mut delta.less,
    } += u64::from(counts);
}

fn kind_of(routing: &Routing) -> (&str, &str, &str, bool) {
    (
        routing.category.as_str(),
        routing.urgency.as_str(),
        routing.severity.as_str(),
        routing.wide_impact,
    )
}

/// In which respects two routings differ. Of another department the handler is another one anyway.
fn moves(today: &Routing, candidate: &Routing) -> Vec<Move> {
    let same_department = today.department == candidate.department;
    let respects = [
        (
            Axis::Department,
            today.department.as_str(),
            candidate.department.as_str(),
        ),
        (
            Axis::Category,
            today.category.as_str(),
            candidate.category.as_str(),
        ),
        (
            Axis::Urgency,
            today.urgency.as_str(),
            candidate.urgency.as_str(),
        ),
        (
            Axis::Severity,
            today.severity.as_str(),
            candidate.severity.as_str(),
        ),
        (
            Axis::WideImpact,
            yes_no(today.wide_impact),
            yes_no(candidate.wide_impact),
        ),
        (
            Axis::Handler,
            today.handler.as_str(),
            candidate.handler.as_str(),
        ),
    ];
    respects
        .into_iter()
        .filter(|(axis, from, to)| from != to && (same_department || *axis != Axis::Handler))
        .map(|(axis, from, to)| Move {
            axis,
            from: from.to_owned(),
            to: to.to_owned(),
        })
        .collect()
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn in_words(routing: &Routing) -> String {
    format!(
        "{} / {} / {} / {}",
        routing.department, routing.category, routing.urgency, routing.severity
    )
}

fn verdict_in_words(run: &Run) -> String {
    format!("{}, due {}", run.verdict().name(), run.due_at)
}

fn listed(levels: &[LevelId]) -> String {
    let levels: Vec<&str> = levels.iter().map(AsRef::as_ref).collect();
    levels.join(" > ")
}
