//! Who has to approve a plan, who may answer, and who is asked when nobody does.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_policy::{
    DepartmentId, Level as PolicyLevel, LevelScope, Names, PersonId, PlanFacts, PlannedRedress,
    Policy,
};

use crate::desk::Desk;
use crate::rejection::rejections;
use crate::{ApprovalLevel, Case, Change, CurrentPlan, Missing, Money, Redress, Rejection};

rejections! {
    /// Why somebody may not answer for a plan.
    ApprovalRejection {
        NothingOpen {} => NotAllowedNow "no_level_open"
            "no level has to answer"
            "没有待审批的级别",
        OtherPlan { looked: u32, current: u32 } => Conflict "other_plan"
            "plan {looked} was looked at, plan {current} is up for approval: look at that one"
            "您查看的是方案 {looked},当前待审批的是方案 {current}:请重新查看",
        OtherLevel { level: String, role: String, department: String } => NoRight "other_level"
            "the plan waits for level {level}: only the role {role}{department} may answer"
            "方案正等待 {level} 级审批:仅角色 {role}{department} 可以答复",
        OwnPlan { proposer: PersonId } => NoRight "four_eyes"
            "the plan is {proposer}'s own: nobody approves their own plan, nor a deputy for them"
            "方案由 {proposer} 提出:本人及其代理人不得审批自己的方案",
        Recused { id: PersonId } => NoRight "recused"
            "{id} has stepped back from approving in this case"
            "{id} 已在本案中回避",
        SignedAlready { id: PersonId } => NoRight "signed_already"
            "{id} has approved this plan at another level: each level is another person's"
            "{id} 已在其他级别批准本方案:各级审批须由不同人员作出",
    }
}

/// The plan that is looked at is the one that is up for approval; 0 looks at the current one.
pub(crate) fn same_plan(desk: &Desk<'_>, looked: u32) -> Result<(), ApprovalRejection> {
    let current = desk.case.plan.as_ref().map_or(0, |plan| plan.number);
    if looked == 0 || looked == current {
        return Ok(());
    }
    Err(ApprovalRejection::OtherPlan { looked, current })
}

/// The plan and its open level, if the actor may answer at it; and for whom.
pub(crate) fn turn<'d>(
    desk: &Desk<'d>,
) -> Result<(&'d CurrentPlan, &'d ApprovalLevel, Option<PersonId>), Rejection> {
    let plan = desk
        .case
        .plan
        .as_ref()
        .ok_or(ApprovalRejection::NothingOpen {})?;
    let level = plan.level().ok_or(ApprovalRejection::NothingOpen {})?;
    let asked = &level.asked;
    let actor = desk.cx.actor;
    let department = asked.department.as_ref().map_or("", AsRef::as_ref);
    let known = in_policy(asked, desk.cx.policy);
    let right = desk
        .staff()
        .may_approve(actor.id.as_str(), &known, department, desk.now())
        .ok();
    let right = right.filter(|_| actor.role == asked.role);
    let right = right.ok_or_else(|| other_level(asked))?;
    let deputy_of = right.on_behalf_of.map(|person| person.id.clone());
    for person in [Some(&actor.id), deputy_of.as_ref()].into_iter().flatten() {
        let (id, proposer) = (person.clone(), plan.proposer.clone());
        if *person == plan.proposer {
            return Err(ApprovalRejection::OwnPlan { proposer }.into());
        }
        if desk.case.recused.contains(person) {
            return Err(ApprovalRejection::Recused { id }.into());
        }
        if plan.has_approved(person) {
            return Err(ApprovalRejection::SignedAlready { id }.into());
        }
    }
    Ok((plan, asked, deputy_of))
}

fn other_level(asked: &ApprovalLevel) -> ApprovalRejection {
    let department = asked.department.as_ref();
    ApprovalRejection::OtherLevel {
        level: asked.level.to_string(),
        role: asked.role.to_string(),
        department: department.map_or_else(String::new, |d| format!(" of {d}")),
    }
}

/// The levels that have to approve a plan of the actor, in order.
pub(crate) fn levels(desk: &Desk<'_>, redress: &[Redress]) -> Vec<ApprovalLevel> {
    let mut answer_by = desk.now();
    let policy = desk.cx.policy;
    let planned = planned(redress);
    let needed = policy.approvals().needed(&facts(desk.case, &planned));
    let level = |level: &&PolicyLevel| {
        let asked = ask(level, &desk.case.department, answer_by);
        answer_by = asked.answer_by.unwrap_or(answer_by);
        asked
    };
    needed.levels.iter().map(level).collect()
}

/// The levels that the current plan needs as the case stands now and was not proposed to: its
/// severity may have been corrected since.
pub(crate) fn not_asked(desk: &Desk<'_>) -> Vec<Missing> {
    let Some(plan) = &desk.case.plan else {
        return Vec::new();
    };
    let planned = planned(&plan.redress);
    let needed = desk
        .cx
        .policy
        .approvals()
        .needed(&facts(desk.case, &planned));
    let asked = |level: &PolicyLevel| plan.levels.iter().any(|l| l.level == level.id);
    let open = needed.levels.iter().filter(|level| !asked(level));
    let missing = open.map(|level| {
        let (id, name) = (&level.id, &level.name);
        Missing::new(
            format!(
                "approval at level {id} ({}): propose the plan again",
                name.en
            ),
            format!("{id} 级审批({}):请重新提出方案", name.zh),
        )
    });
    missing.collect()
}

/// What approval rules look at in a plan for the case.
pub(crate) fn facts<'f>(case: &'f Case, redress: &'f [PlannedRedress<'f>]) -> PlanFacts<'f> {
    PlanFacts {
        severity: case.triage.severity.as_str(),
        department: case.department.as_str(),
        redress,
    }
}

/// The redress of a plan as approval rules look at it.
pub(crate) fn planned(redress: &[Redress]) -> Vec<PlannedRedress<'_>> {
    let mut planned = Vec::with_capacity(redress.len());
    for redress in redress {
        planned.push(PlannedRedress {
            kind: redress.kind.as_str(),
            minor_units: redress.amount.as_ref().map_or(0, Money::minor_units),
        });
    }
    planned
}

/// Who is asked instead of a level where nobody answers: the level above; at the top, everybody
/// in the house who has the role, without a time.
pub(crate) fn instead_of(
    asked: &ApprovalLevel,
    case: &Case,
    policy: &Policy,
    now: Timestamp,
) -> ApprovalLevel {
    let approvals = policy.approvals();
    let above = approvals
        .levels
        .get(&asked.level)
        .and_then(|level| approvals.escalation(level));
    match above {
        Some(above) => ask(above, &case.department, now),
        None => ApprovalLevel {
            department: None,
            answer_by: None,
            ..asked.clone()
        },
    }
}

/// Levels where nobody is left to answer are not waited for: the levels above are asked at once.
/// `plan` and `recused` as they are after the changes that this follows.
pub(crate) fn pass_over(
    mut plan: CurrentPlan,
    recused: &BTreeSet<PersonId>,
    case: &Case,
    policy: &Policy,
    now: Timestamp,
) -> Vec<Change> {
    let mut changes = Vec::new();
    // A level is asked once at most, so there are no more turns than levels.
    for _ in 0..=policy.approvals().levels.len() {
        let Some(asked) = plan.level().map(|level| level.asked.clone()) else {
            break;
        };
        let to = instead_of(&asked, case, policy, now);
        if to == asked || somebody_can_answer(&plan, &asked, recused, policy, now) {
            break;
        }
        plan.escalate(&asked.level, &to, now);
        changes.push(Change::ApprovalEscalated {
            plan: plan.number,
            level: asked.level,
            to,
        });
    }
    changes
}

fn somebody_can_answer(
    plan: &CurrentPlan,
    asked: &ApprovalLevel,
    recused: &BTreeSet<PersonId>,
    policy: &Policy,
    now: Timestamp,
) -> bool {
    let department = asked.department.as_ref().map_or("", AsRef::as_ref);
    let approvers = policy
        .staff()
        .approvers(&in_policy(asked, policy), department, now);
    let free =
        |id: &PersonId| *id != plan.proposer && !recused.contains(id) && !plan.has_approved(id);
    let able = |approver: &redress_policy::Approver<'_>| {
        free(&approver.person.id) && approver.on_behalf_of.is_none_or(|person| free(&person.id))
    };
    approvers.iter().any(able)
}

/// A level of the policy as it is asked from an instant on.
pub(crate) fn ask(
    level: &PolicyLevel,
    department: &DepartmentId,
    from: Timestamp,
) -> ApprovalLevel {
    let within = level.answer_within;
    ApprovalLevel {
        level: level.id.clone(),
        role: level.role.clone(),
        department: (level.scope == LevelScope::Department).then(|| department.clone()),
        answer_by: within.and_then(|within| from.checked_add(within).ok()),
    }
}

/// A level as it was asked: the policy may have changed since.
pub(crate) fn in_policy(asked: &ApprovalLevel, policy: &Policy) -> PolicyLevel {
    let scope = match asked.department {
        Some(_) => LevelScope::Department,
        None => LevelScope::House,
    };
    let known = policy.approvals().levels.get(&asked.level);
    PolicyLevel {
        id: asked.level.clone(),
        name: known.map_or_else(Names::default, |level| level.name.clone()),
        role: asked.role.clone(),
        scope,
        answer_within: None,
        escalates_to: known.and_then(|level| level.escalates_to.clone()),
    }
}
