//! The plan of the current round, and how far it has come.

use jiff::{SignedDuration, Timestamp};

use crate::change::Plan;
use crate::{ApprovalLevel, Case, Change, LevelId, PersonId, Redress, Stage};

/// The plan of the current round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentPlan {
    /// Counts the plans of the case from 1.
    pub number: u32,
    /// Who proposed it.
    pub proposer: PersonId,
    /// Its steps in order.
    pub steps: Vec<PlannedStep>,
    /// What the customer gets.
    pub redress: Vec<Redress>,
    /// Who has to approve, in order.
    pub levels: Vec<Level>,
    /// How far it has come.
    pub progress: Progress,
}

/// How far a plan has come; what is further has what is before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// A level refused it.
    Refused,
    /// The customer refused it.
    Declined,
    /// It waits for approval.
    Proposed,
    /// Everybody who had to approve did.
    Approved,
    /// The customer was told.
    Offered,
    /// The customer agreed.
    Agreed,
    /// Every step is done.
    Executed,
}

/// A step of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// Its word.
    pub step: String,
    /// Who carries it out.
    pub owner: String,
    /// Whether it is done.
    pub done: bool,
}

/// A level of approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The level that the plan needs.
    pub level: LevelId,
    /// Who is asked: that level, or another in its place.
    pub asked: ApprovalLevel,
    /// Who has approved at it.
    pub approved_by: Option<PersonId>,
    /// Nobody answered: a level after it answers in its place.
    pub passed_over: bool,
    /// When the level above is asked instead; known since it was its turn.
    pub due_at: Option<Timestamp>,
    /// How long it has once it is its turn.
    window: Option<SignedDuration>,
}

impl CurrentPlan {
    /// The plan as it was proposed.
    pub(crate) fn proposed(plan: &Plan, by: &PersonId, at: Timestamp) -> Self {
        let steps = plan.steps.iter().map(|step| PlannedStep {
            step: step.step.clone(),
            owner: step.owner.clone(),
            done: false,
        });
        let mut current = Self {
            number: plan.number,
            proposer: by.clone(),
            steps: steps.collect(),
            redress: plan.redress.clone(),
            levels: levels(&plan.levels, at),
            progress: Progress::Proposed,
        };
        current.begin_turn(at);
        current
    }

    /// The level that has to answer now.
    pub fn level(&self) -> Option<&Level> {
        self.levels.iter().find(|level| level.is_open())
    }

    /// The levels that have to answer after that one.
    pub fn levels_after(&self) -> impl Iterator<Item = &Level> {
        self.levels.iter().filter(|level| level.is_open()).skip(1)
    }

    /// Whether this person has approved it at some level.
    pub fn has_approved(&self, person: &PersonId) -> bool {
        let by = |level: &Level| level.approved_by.as_ref() == Some(person);
        self.levels.iter().any(by)
    }

    /// A level has approved: the next one has its turn.
    pub(crate) fn approve(&mut self, level: &LevelId, by: &PersonId, at: Timestamp) {
        if let Some(index) = self.open(level) {
            self.levels[index].approved_by = Some(by.clone());
            self.begin_turn(at);
        }
    }

    /// Somebody else is asked. If that level has its turn later anyway, this one is passed over.
    pub(crate) fn escalate(&mut self, level: &LevelId, to: &ApprovalLevel, at: Timestamp) {
        let Some(index) = self.open(level) else {
            return;
        };
        let later = |l: &Level| l.is_open() && l.asked.level == to.level;
        let comes_later = self.levels[index + 1..].iter().any(later);
        let level = &mut self.levels[index];
        if comes_later {
            level.passed_over = true;
        } else {
            (level.due_at, level.window) = (to.answer_by, None);
            level.asked = to.clone();
        }
        self.begin_turn(at);
    }

    /// While the case was on hold, nobody could answer.
    pub(super) fn postpone(&mut self, held: SignedDuration) {
        let open = self.levels.iter_mut().find(|level| level.is_open());
        if let Some(due_at) = open.and_then(|level| level.due_at.as_mut()) {
            *due_at = due_at.saturating_add(held).unwrap_or(Timestamp::MAX);
        }
    }

    fn begin_turn(&mut self, at: Timestamp) {
        let open = self.levels.iter_mut().find(|level| level.is_open());
        if let Some(level) = open
            && let Some(window) = level.window.take()
        {
            level.due_at = Some(at.saturating_add(window).unwrap_or(Timestamp::MAX));
        }
    }

    fn open(&self, level: &LevelId) -> Option<usize> {
        let open = |l: &Level| l.is_open() && l.asked.level == *level;
        self.levels.iter().position(open)
    }
}

/// The plan says when each level has answered at the latest, if all before take their time; a
/// level's own time is what lies between.
fn levels(asked: &[ApprovalLevel], at: Timestamp) -> Vec<Level> {
    let mut before = at;
    let level = |asked: &ApprovalLevel| {
        let window = asked.answer_by.map(|answer_by| {
            let window = answer_by.duration_since(before);
            before = answer_by;
            window.max(SignedDuration::ZERO)
        });
        Level {
            level: asked.level.clone(),
            asked: asked.clone(),
            approved_by: None,
            passed_over: false,
            due_at: None,
            window,
        }
    };
    asked.iter().map(level).collect()
}

impl Level {
    /// Whether it still has to answer.
    pub fn is_open(&self) -> bool {
        self.approved_by.is_none() && !self.passed_over
    }
}

impl Case {
    /// What becomes of the plan, and with it of the case.
    pub(super) fn apply_to_plan(&mut self, change: &Change, actor: &PersonId, at: Timestamp) {
        #[rustfmt::skip]
        let (number, stage, progress) = match change {
            Change::PlanProposed(plan) => {
                self.plans = self.plans.max(plan.number);
                self.plan = Some(CurrentPlan::proposed(plan, actor, at));
                (plan.number, Stage::PlanProposed, Progress::Proposed)
            }
            Change::ApprovalRefused { plan, .. } => {
                (*plan, Stage::Investigated, Progress::Refused)
            }
            Change::PlanApproved { plan } => (*plan, Stage::PlanApproved, Progress::Approved),
            Change::PlanOffered { plan, .. } => (*plan, Stage::Offered, Progress::Offered),
            Change::ConsentRefused { plan, .. } => {
                (*plan, Stage::ConsentRefused, Progress::Declined)
            }
            Change::ConsentGiven { plan, .. } => (*plan, Stage::CustomerAgreed, Progress::Agreed),
            Change::StepExecuted { plan, .. } => (*plan, Stage::Executing, Progress::Agreed),
            Change::PlanExecuted { plan } => (*plan, Stage::Executed, Progress::Executed),
            other => return self.apply_to_levels(other, actor, at),
        };
        let Some(plan) = self.plan.as_mut().filter(|plan| plan.number == number) else {
            return;
        };
        if let Change::StepExecuted { step, .. } = change
            && let Some(step) = plan.steps.get_mut(*step as usize)
        {
            step.done = true;
        }
        plan.progress = progress;
        self.stage = stage;
    }

    fn apply_to_levels(&mut self, change: &Change, actor: &PersonId, at: Timestamp) {
        let current = self.plan.as_mut();
        #[rustfmt::skip]
        match (change, current) {
            (Change::ApprovalGiven { plan, level, .. }, Some(current))
                if current.number == *plan => current.approve(level, actor, at),
            (Change::ApprovalEscalated { plan, level, to }, Some(current))
                if current.number == *plan => current.escalate(level, to, at),
            (Change::ApproverRecused { .. }, _) => {
                self.recused.insert(actor.clone());
            }
            _ => {}
        };
    }
}
