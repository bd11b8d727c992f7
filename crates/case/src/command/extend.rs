//! Moves a deadline.

use redress_calendar::{Span, Unit};
use redress_policy::{ClockId, CommandName, Person, PersonId, Staff};

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Text, input};

/// Moves a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Which clock of the policy; `None`: every running one.
    pub clock: Option<ClockId>,
    /// By how much, as in policy files: `5 working days`.
    pub by: String,
    /// Why.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
    /// Who approved it, if it is above the actor's limit.
    pub approved_by: Option<PersonId>,
}

impl Step for Extend {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        if let Some(clock) = &self.clock {
            input::entry("clock", clock.as_str(), desk.cx.policy.clocks())?;
        }
        let by = input::clip(&self.by);
        let span: Span = self
            .by
            .parse()
            .map_err(|_| ExtendRejection::NoSpan { by })?;
        if span.amount == 0 {
            return Err(ExtendRejection::Nothing {}.into());
        }
        input::given("reason", &self.reason)?;
        input::short("evidence", &self.evidence)?;
        self.check_authority(desk, days(span))?;
        Ok(vec![Change::Extended {
            clock: self.clock.clone(),
            by: span.to_string(),
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            approved_by: self.approved_by.clone(),
        }])
    }
}

impl Extend {
    /// Above the role's limit somebody above the actor, whose own limit is wide enough, has to
    /// have approved it.
    fn check_authority(&self, desk: &Desk<'_>, days: u64) -> Result<(), Rejection> {
        let (staff, actor) = (desk.staff(), desk.cx.actor);
        let approver = self
            .approved_by
            .as_ref()
            .map(|id| input::person(desk, id))
            .transpose()?;
        let own = staff.role(&actor.role).and_then(|role| role.hold_days);
        if own.is_none_or(|most| days <= u64::from(most)) {
            return Ok(());
        }
        let role = actor.role.to_string();
        let line = staff.line(&actor.id);
        let able: Vec<&Person> = line
            .iter()
            .copied()
            .filter(|person| may_grant(staff, person, days))
            .collect();
        let by: Vec<&str> = able.iter().map(|person| person.id.as_str()).collect();
        let (by, most) = (by.join(", "), own.unwrap_or_default());
        match approver {
            Some(person) if able.iter().any(|able| able.id == person.id) => Ok(()),
            Some(person) => {
                let id = person.id.clone();
                Err(ExtendRejection::CannotApprove { id, days, by }.into())
            }
            None => Err(ExtendRejection::AboveLimit {
                role,
                most,
                days,
                by,
            }
            .into()),
        }
    }
}

/// Whether one of a person's roles reaches that far.
fn may_grant(staff: &Staff, person: &Person, days: u64) -> bool {
    let roles = person.roles.iter().filter_map(|id| staff.role(id));
    let mut able = roles.filter(|role| role.may(CommandName::Extend));
    able.any(|role| role.hold_days.is_none_or(|most| days <= u64::from(most)))
}

/// In days, begun ones counted whole; working time counts as time.
fn days(span: Span) -> u64 {
    match span.unit {
        Unit::WorkingDays | Unit::CalendarDays => span.amount,
        Unit::Wall | Unit::WorkingTime => span.amount.div_ceil(24 * 3600),
    }
}

rejections! {
    /// Why a deadline is not moved.
    ExtendRejection {
        NoSpan { by: String } => Invalid "not_a_span"
            "`{by}` is no span of time: write such as 2h, 5 working days, 15 calendar days"
            "“{by}”不是时长:请写如 2h、5 working days、15 calendar days",
        Nothing {} => Invalid "nothing_changes"
            "an extension by nothing moves no deadline: say by how much"
            "延期时长为零:请填写延长多久",
        AboveLimit { role: String, most: u32, days: u64, by: String } => NoRight "above_limit"
            "{role} extends by at most {most} days, not by {days}: have it approved by {by}"
            "角色 {role} 最多可延期 {most} 天,不能延期 {days} 天:请由 {by} 批准",
        CannotApprove { id: PersonId, days: u64, by: String } => NoRight "approver_cannot"
            "{id} cannot approve {days} days for the actor: ask {by}"
            "{id} 不能批准延期 {days} 天:请由 {by} 批准",
    }
}
