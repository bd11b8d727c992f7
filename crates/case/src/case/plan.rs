//! The plan of the current round, and how far it has come.

use redress_policy::DepartmentId;

use crate::change::Plan;
use crate::{ApprovalLevel, Case, Change, LevelId, PersonId, Redress, RoleId, Stage};

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
    /// Who is asked.
    pub asked: ApprovalLevel,
    /// Who has approved at it.
    pub approved_by: Option<PersonId>,
    /// Nobody answered: the level above is asked instead.
    pub passed_over: bool,
}

impl CurrentPlan {
    /// The plan as it was proposed.
    fn proposed(plan: &Plan, proposer: &PersonId) -> Self {
        let steps = plan.steps.iter().map(|step| PlannedStep {
            step: step.step.clone(),
            owner: step.owner.clone(),
            done: false,
        });
        let levels = plan.levels.iter().map(|level| Level {
            asked: level.clone(),
            approved_by: None,
            passed_over: false,
        });
        Self {
            number: plan.number,
            proposer: proposer.clone(),
            steps: steps.collect(),
            redress: plan.redress.clone(),
            levels: levels.collect(),
            progress: Progress::Proposed,
        }
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

    fn approve(&mut self, level: &LevelId, by: &PersonId) {
        if let Some(level) = self.open_mut(level) {
            level.approved_by = Some(by.clone());
        }
    }

    /// The next level takes over; without one above, the same place is asked otherwise.
    fn escalate(&mut self, level: &LevelId, to: &ApprovalLevel) {
        let open = |l: &Level| l.is_open() && l.asked.level == *level;
        let Some(at) = self.levels.iter().position(open) else {
            return;
        };
        match self.levels.get(at + 1) {
            Some(next) if next.asked.level == to.level => {
                self.levels[at].passed_over = true;
                self.levels[at + 1].asked = to.clone();
            }
            _ => self.levels[at].asked = to.clone(),
        }
    }

    fn open_mut(&mut self, level: &LevelId) -> Option<&mut Level> {
        let open = |l: &&mut Level| l.is_open() && l.asked.level == *level;
        self.levels.iter_mut().find(open)
    }
}

impl Level {
    /// Whether it still has to answer.
    pub fn is_open(&self) -> bool {
        self.approved_by.is_none() && !self.passed_over
    }

    /// The role that answers at it.
    pub fn role(&self) -> &RoleId {
        &self.asked.role
    }

    /// The department whose people answer at it; `None`: any.
    pub fn department(&self) -> Option<&DepartmentId> {
        self.asked.department.as_ref()
    }
}

impl Case {
    /// What becomes of the plan, and with it of the case.
    pub(super) fn apply_to_plan(&mut self, change: &Change, actor: &PersonId) {
        #[rustfmt::skip]
        let (number, stage, progress) = match change {
            Change::PlanProposed(plan) => {
                self.plans = self.plans.max(plan.number);
                self.plan = Some(CurrentPlan::proposed(plan, actor));
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
            other => return self.apply_to_levels(other, actor),
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

    fn apply_to_levels(&mut self, change: &Change, actor: &PersonId) {
        let current = self.plan.as_mut();
        #[rustfmt::skip]
        match (change, current) {
            (Change::ApprovalGiven { plan, level, .. }, Some(current))
                if current.number == *plan => current.approve(level, actor),
            (Change::ApprovalEscalated { plan, level, to }, Some(current))
                if current.number == *plan => current.escalate(level, to),
            (Change::ApproverRecused { .. }, _) => {
                self.recused.insert(actor.clone());
            }
            _ => {}
        };
    }
}
