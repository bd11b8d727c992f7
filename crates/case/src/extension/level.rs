//! Which level is asked for an extension, and which instead when nobody answers there: the levels
//! of approval of plans, as far as their roles may grant so much time.

use jiff::Timestamp;
use redress_policy::{
    Approver, CaseDesk, CommandName, Level as PolicyLevel, Person, Policy, Reach, Role,
};

use super::days;
use crate::approval::{ask, in_policy, instead_of};
use crate::{ApprovalLevel, AskedExtension, Case, Change, PersonId};

/// How much more time who asks for, and how things stand.
pub(crate) struct Wanted<'a> {
    pub(crate) case: &'a Case,
    pub(crate) requester: &'a PersonId,
    pub(crate) days: u64,
    pub(crate) policy: &'a Policy,
    pub(crate) now: Timestamp,
}

impl Wanted<'_> {
    /// Who is asked first: of the policy's levels, in the order of its file, the first where
    /// somebody may grant so much. If none fits, the first role that may, without a time.
    pub(crate) fn first_level(&self) -> Option<ApprovalLevel> {
        let department = &self.case.department;
        let levels = self.policy.approvals().levels.iter();
        let mut asked = levels.map(|level: &PolicyLevel| ask(level, department, self.now));
        let able = asked.find(|level| self.can_answer(level));
        able.or_else(|| self.first_role())
    }

    fn first_role(&self) -> Option<ApprovalLevel> {
        let departments = self.case.departments();
        let of = |role: &Role| {
            let level = |department| ApprovalLevel {
                level: role.id.as_str().into(),
                role: role.id.clone(),
                department,
                answer_by: None,
            };
            match role.reach {
                Reach::House => vec![level(None)],
                _ => departments
                    .iter()
                    .map(|id| level(Some((*id).into())))
                    .collect(),
            }
        };
        let mut roles = self.policy.staff().roles().iter().flat_map(of);
        roles.find(|level| self.can_answer(level))
    }

    /// Who is asked instead of a level where nobody answers: the nearest above that may grant so
    /// much; at the top, everybody in the house who has its role, without a time.
    fn above(&self, silent: &ApprovalLevel) -> ApprovalLevel {
        let mut to = instead_of(silent, self.case, self.policy, self.now);
        // A level is asked once at most, so there are no more turns than levels.
        for _ in 0..self.policy.approvals().levels.len() {
            let above = instead_of(&to, self.case, self.policy, self.now);
            if above == to || self.can_answer(&to) {
                break;
            }
            to = above;
        }
        to
    }

    /// Somebody of the level may grant so much: not who asked, nor who stepped back, nor a deputy
    /// for one of these.
    fn can_answer(&self, level: &ApprovalLevel) -> bool {
        let staff = self.policy.staff();
        let Some(role) = staff.role(&level.role) else {
            return false;
        };
        let enough = role
            .hold_days
            .is_none_or(|most| self.days <= u64::from(most));
        if !enough || !role.may(CommandName::ApproveExtension) {
            return false;
        }
        let department = level.department.as_ref().map_or("", AsRef::as_ref);
        let known = in_policy(level, self.policy);
        let people = staff.approvers(&known, department, self.now);
        people.iter().any(|approver| self.is_free(approver, role))
    }

    fn is_free(&self, approver: &Approver<'_>, role: &Role) -> bool {
        let free = |person: &Person| {
            person.id != *self.requester
                && person.id.as_str() != crate::SYSTEM
                && !self.case.recused.contains(&person.id)
        };
        let departments = self.case.departments();
        let place = CaseDesk {
            handler: self.case.handler.as_str(),
            departments: &departments,
        };
        let (id, role) = (approver.person.id.as_str(), role.id.as_str());
        let command = CommandName::ApproveExtension;
        let staff = self.policy.staff();
        free(approver.person)
            && approver.on_behalf_of.is_none_or(free)
            && staff.may(id, role, command, &place, self.now).is_ok()
    }
}

/// Who does not answer for the extension, whatever their role: who asked, and who stepped back.
pub(crate) fn not_asked(case: &Case, requester: &PersonId) -> Vec<PersonId> {
    let recused = case.recused.iter().filter(|id| *id != requester);
    std::iter::once(requester).chain(recused).cloned().collect()
}

/// Nobody has answered for the extension in time: the level above is asked instead.
pub(crate) fn escalate(case: &Case, now: Timestamp, policy: &Policy) -> Option<Change> {
    let asked = case.extension.as_ref()?;
    let silent = asked.asked.as_ref()?;
    let wanted = Wanted {
        case,
        requester: &asked.requester,
        days: days_of(asked),
        policy,
        now,
    };
    Some(Change::ExtensionEscalated {
        request: asked.number,
        level: silent.level.clone(),
        to: wanted.above(silent),
        not_asked: not_asked(case, &asked.requester),
    })
}

/// What cannot be read can be granted by who has no limit.
fn days_of(asked: &AskedExtension) -> u64 {
    asked.by.parse().map_or(u64::MAX, days)
}
