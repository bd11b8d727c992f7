//! A case under one policy.

use jiff::Timestamp;
use redress_calendar::Span;
use redress_policy::{
    CaseFacts, CategoryId, ClockId, CommandName, DepartmentId, Kind, LevelId, Milestone, Moment,
    Need, PauseId, PlanFacts, SeverityId, UrgencyId,
};
use redress_sla::{Cause, Change, Clock, ClockFault, ClockSet, Point};

use super::difference::{Fired, FiredPoint};
use super::record::Record;
use super::run::{End, Run};
use crate::happening::{Correction, Planned};
use crate::side::{Routing, Side};

/// What is the same under both policies.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) channel: &'a str,
    pub(crate) kind: Kind,
    pub(crate) tier: &'a str,
}

/// A case under one policy: where it went, its clocks, its plans.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    /// As the rules said at the beginning.
    pub(crate) routing: Routing,
    /// As it stands, after people's corrections.
    category: CategoryId,
    urgency: UrgencyId,
    severity: SeverityId,
    department: DepartmentId,
    clocks: ClockSet,
    pub(crate) runs: Vec<Run>,
    /// Of each plan the levels that approve it.
    pub(crate) approvals: Vec<Vec<LevelId>>,
    /// Commands that were given and that a gate would have held up, with what it misses.
    pub(crate) held_up: Vec<(CommandName, Vec<Need>)>,
    /// Clocks that have no end, and the like, in words.
    pub(crate) faults: Vec<(ClockId, String)>,
}

impl Track {
    /// Routed, with the clocks of its life so far.
    pub(crate) fn begin(
        side: &Side,
        given: Given<'_>,
        routing: Routing,
        life: &[(Milestone, Timestamp)],
    ) -> Self {
        let facts = CaseFacts {
            channel: given.channel,
            kind: given.kind,
            urgency: routing.urgency.as_str(),
            severity: routing.severity.as_str(),
            category: routing.category.as_str(),
            tier: given.tier,
        };
        let life = life.iter().map(|(what, at)| (Moment::from(*what), *at));
        let (clocks, begun) = ClockSet::begin(side.policy().clock_rules(), &facts, life);
        Self {
            category: routing.category.clone(),
            urgency: routing.urgency.clone(),
            severity: routing.severity.clone(),
            department: routing.department.clone(),
            routing,
            clocks,
            runs: begun.clocks.iter().map(|clock| Run::of(clock, 0)).collect(),
            approvals: Vec::new(),
            held_up: Vec::new(),
            faults: begun.faults.iter().map(told).collect(),
        }
    }

    /// Lets everything fire whose time comes before an instant; with `inclusive` also at it.
    pub(crate) fn advance(&mut self, to: Timestamp, inclusive: bool, fired: &mut Vec<Fired>) {
        let due = |clock: &Clock| {
            let (point, at) = clock.next_point()?;
            (at < to || inclusive && at == to).then_some((point, at))
        };
        for index in 0..self.clocks.clocks().len() {
            while let Some((point, at)) = due(&self.clocks.clocks()[index]) {
                let clock = &self.clocks.clocks()[index];
                let (id, due_at) = (clock.id.clone(), clock.due_at);
                let step = match point {
                    Point::Escalation(step) => clock.steps.get(usize::from(step)),
                    _ => None,
                };
                let point_fired = match (point, step) {
                    (Point::Escalation(_), Some(step)) => FiredPoint::Escalated(step.id.clone()),
                    (Point::Warning(_), _) => FiredPoint::Warned,
                    _ => FiredPoint::Breached,
                };
                let Some(clock) = self.clocks.get_mut(&id) else {
                    break;
                };
                clock.fired(point);
                self.take(&id, &point_fired);
                fired.push(Fired {
                    clock: id,
                    point: point_fired,
                    at,
                    due_at,
                });
            }
        }
    }

    /// When the next point fires.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let points = self.clocks.clocks().iter().filter_map(Clock::next_point);
        points.map(|(_, at)| at).min()
    }

    fn take(&mut self, clock: &ClockId, point: &FiredPoint) {
        if let Some(run) = self.run(clock) {
            match point {
                FiredPoint::Warned => run.warned = run.warned.saturating_add(1),
                FiredPoint::Breached => run.breached = true,
                FiredPoint::Escalated(step) => run.steps.push(step.clone()),
            }
        }
    }

    /// The last run of a clock.
    fn run(&mut self, clock: &ClockId) -> Option<&mut Run> {
        self.runs.iter_mut().rfind(|run| run.clock == *clock)
    }

    pub(crate) fn reach(&mut self, side: &Side, given: Given<'_>, what: &Moment, at: Timestamp) {
        let changes = self.on_clocks(given, |clocks, facts| {
            clocks.reach(side.policy().clock_rules(), facts, what, at)
        });
        self.follow(&changes);
    }

    pub(crate) fn hold(&mut self, side: &Side, reason: &PauseId, at: Timestamp) {
        let changes = self.clocks.hold(side.policy().clock_rules(), reason, at);
        self.follow(&changes);
    }

    pub(crate) fn resume(&mut self, side: &Side, given: Given<'_>, at: Timestamp) {
        let changes = self.on_clocks(given, |clocks, facts| {
            clocks.resume(side.policy().clock_rules(), facts, at)
        });
        self.follow(&changes);
    }

    pub(crate) fn extend(
        &mut self,
        side: &Side,
        given: Given<'_>,
        (clock, by): (Option<&ClockId>, Span),
        at: Timestamp,
    ) {
        let changes = self.on_clocks(given, |clocks, facts| {
            clocks.extend(side.policy().clock_rules(), facts, clock, by, at)
        });
        self.follow(&changes);
    }

    /// Whether it stands already as people corrected it.
    pub(crate) fn is(&self, correction: &Correction<'_>) -> bool {
        correction.category.is_none_or(|it| self.category == *it)
            && correction.urgency.is_none_or(|it| self.urgency == *it)
            && correction.severity.is_none_or(|it| self.severity == *it)
    }

    pub(crate) fn correct(
        &mut self,
        side: &Side,
        given: Given<'_>,
        to: &Correction<'_>,
        at: Timestamp,
    ) {
        if let Some(category) = to.category {
            self.category = CategoryId::new(category);
        }
        if let Some(urgency) = to.urgency {
            self.urgency = UrgencyId::new(urgency);
        }
        if let Some(severity) = to.severity {
            self.severity = SeverityId::new(severity);
        }
        let changes = self.on_clocks(given, |clocks, facts| {
            let rules = side.policy().clock_rules();
            clocks.retarget(rules, facts, Cause::TriageCorrected, at)
        });
        self.follow(&changes);
    }

    pub(crate) fn hand_to(&mut self, department: &str) {
        self.department = DepartmentId::new(department);
    }

    /// Who approves a plan.
    pub(crate) fn propose(&mut self, side: &Side, plan: &Planned<'_>) -> &[LevelId] {
        let facts = PlanFacts {
            severity: self.severity.as_str(),
            department: self.department.as_str(),
            redress: plan.redress,
        };
        let needed = side.policy().approvals().needed(&facts);
        let levels = needed.levels.iter().map(|level| level.id.clone()).collect();
        if !needed.missing_steps(plan.steps.iter().copied()).is_empty() {
            self.held_up
                .push((CommandName::ProposePlan, vec![Need::Plan]));
        }
        self.approvals.push(levels);
        self.approvals.last().map_or(&[], Vec::as_slice)
    }

    /// What the gate before a command misses.
    pub(crate) fn ask(&mut self, side: &Side, command: CommandName, record: &Record) -> Vec<Need> {
        if !record.is_gated(command) {
            return Vec::new();
        }
        let needs = side
            .policy()
            .procedures()
            .needs_before(&self.severity, command);
        let missing = needs.iter().filter(|need| !record.has(need));
        let missing: Vec<Need> = missing.cloned().collect();
        if !missing.is_empty() {
            self.held_up.push((command, missing.clone()));
        }
        missing
    }

    /// The clock as it stands.
    pub(crate) fn clock(&self, id: &ClockId) -> Option<&Clock> {
        self.clocks.get(id)
    }

    fn on_clocks(
        &mut self,
        given: Given<'_>,
        act: impl FnOnce(&mut ClockSet, &CaseFacts<'_>) -> Vec<Change>,
    ) -> Vec<Change> {
        let facts = CaseFacts {
            channel: given.channel,
            kind: given.kind,
            urgency: self.urgency.as_str(),
            severity: self.severity.as_str(),
            category: self.category.as_str(),
            tier: given.tier,
        };
        act(&mut self.clocks, &facts)
    }

    fn follow(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Started(clock) => {
                    let before = self.runs.iter().filter(|run| run.clock == clock.id);
                    let nth = before.count() as u16;
                    self.runs.push(Run::of(clock, nth));
                }
                Change::Stopped(stopped) => {
                    let met = stopped.stop == redress_sla::Stop::Met;
                    if let Some(run) = self.run(&stopped.clock) {
                        run.end = if met {
                            End::Met {
                                on_time: stopped.on_time,
                            }
                        } else {
                            End::Cancelled
                        };
                    }
                }
                Change::Paused { .. } => {}
                Change::Resumed { clock, .. } => self.moved(clock),
                Change::Moved(moved) => self.moved(&moved.clock),
                Change::Fault(fault) => self.faults.push(told(fault)),
            }
        }
    }

    fn moved(&mut self, clock: &Clock) {
        if let Some(run) = self.run(&clock.id) {
            run.due_at = clock.due_at;
        }
    }
}

fn told(fault: &ClockFault) -> (ClockId, String) {
    (fault.clock.clone(), fault.to_string())
}
