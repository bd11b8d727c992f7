//! Extensions above somebody's own limit: how long they are, and who may answer for them.

mod level;

use redress_calendar::{Span, Unit};
use redress_policy::{CaseDesk, ClockId, CommandName, Person, Role};

use self::level::Wanted;
pub(crate) use self::level::{escalate, not_asked};
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::{ApprovalLevel, AskedExtension, PersonId, Rejection, Text, input};

rejections! {
    /// Why a deadline is not moved.
    ExtensionRejection {
        NoSpan { by: String } => Invalid "not_a_span"
            "`{by}` is no span of time: write such as 2h, 5 working days, 15 calendar days"
            "“{by}”不是时长:请写如 2h、5 working days、15 calendar days",
        Nothing {} => Invalid "nothing_changes"
            "an extension by nothing moves no deadline: say by how much"
            "延期时长为零:请填写延长多久",
        AboveLimit { role: String, most: u32, days: u64, by: String } => NoRight "above_limit"
            "{role} extends by at most {most} days, not by {days}: ask for it with \
             request_extension; {by} may approve it"
            "角色 {role} 最多可延期 {most} 天,不能延期 {days} 天:请提交延期申请(request_extension),\
             可由 {by} 批准",
        NobodyMay { days: u64 } => Invalid "nobody_may_approve"
            "nobody else may approve {days} days for this case: ask for less"
            "没有其他人员可为本案批准延期 {days} 天:请缩短时长",
        NothingAsked {} => NotAllowedNow "no_extension_asked"
            "nobody asks for an extension"
            "没有待审批的延期申请",
        OtherRequest { looked: u32, current: u32 } => Conflict "other_request"
            "request {looked} was looked at, request {current} waits for an answer: look at that one"
            "您查看的是延期申请 {looked},当前待审批的是申请 {current}:请重新查看",
        OwnRequest { requester: PersonId } => NoRight "four_eyes"
            "the request is {requester}'s own: nobody answers for their own request, nor a deputy \
             for them"
            "延期申请由 {requester} 提出:本人及其代理人不得审批自己的申请",
        Recused { id: PersonId } => NoRight "recused"
            "{id} has stepped back from approving in this case"
            "{id} 已在本案中回避",
    }
}

/// What an extension says, whoever wants it; gives its length.
pub(crate) fn check(
    desk: &Desk<'_>,
    clock: Option<&ClockId>,
    by: &str,
    reason: &Text,
    evidence: &str,
) -> Result<Span, Rejection> {
    if let Some(clock) = clock {
        input::entry("clock", clock.as_str(), desk.cx.policy.clocks())?;
    }
    let clipped = input::clip(by);
    let span: Span = by
        .parse()
        .map_err(|_| ExtensionRejection::NoSpan { by: clipped })?;
    if span.amount == 0 {
        return Err(ExtensionRejection::Nothing {}.into());
    }
    input::given("reason", reason)?;
    input::short("evidence", evidence)?;
    Ok(span)
}

/// The actor may move a deadline so far without anybody.
pub(crate) fn within_own_limit(desk: &Desk<'_>, span: Span) -> Result<(), ExtensionRejection> {
    let (days, role) = (days(span), &desk.cx.actor.role);
    let most = desk.staff().role(role).and_then(|role| role.hold_days);
    let Some(most) = most.filter(|most| days > u64::from(*most)) else {
        return Ok(());
    };
    let (role, by) = (role.to_string(), names(&approvers(desk, span)));
    Err(ExtensionRejection::AboveLimit {
        role,
        most,
        days,
        by,
    })
}

/// Who is asked first: a request that nobody may answer would wait for ever.
pub(crate) fn first_level(
    desk: &Desk<'_>,
    span: Span,
) -> Result<ApprovalLevel, ExtensionRejection> {
    let days = days(span);
    let wanted = Wanted {
        case: desk.case,
        requester: &desk.cx.actor.id,
        days,
        policy: desk.cx.policy,
        now: desk.now(),
    };
    let asked = wanted.first_level();
    asked.ok_or(ExtensionRejection::NobodyMay { days })
}

/// The request that waits, if the actor may answer it; and for whom they do. Four eyes: neither
/// who asked nor a deputy for them.
pub(crate) fn turn<'d>(
    desk: &Desk<'d>,
) -> Result<(&'d AskedExtension, Option<PersonId>), Rejection> {
    let asked = desk.case.extension.as_ref();
    let asked = asked.ok_or(ExtensionRejection::NothingAsked {})?;
    let deputy_of = desk.right()?.on_behalf_of.map(|person| person.id.clone());
    let actor = &desk.cx.actor.id;
    for person in [Some(actor), deputy_of.as_ref()].into_iter().flatten() {
        if *person == asked.requester {
            let requester = person.clone();
            return Err(ExtensionRejection::OwnRequest { requester }.into());
        }
        if desk.case.recused.contains(person) {
            let id = person.clone();
            return Err(ExtensionRejection::Recused { id }.into());
        }
    }
    Ok((asked, deputy_of))
}

/// The request that was looked at is the one that waits; 0 looks at the current one.
pub(crate) fn same_request(asked: &AskedExtension, looked: u32) -> Result<(), ExtensionRejection> {
    let current = asked.number;
    if looked == 0 || looked == current {
        return Ok(());
    }
    Err(ExtensionRejection::OtherRequest { looked, current })
}

/// Who may approve so much for the case, apart from the actor and who stepped back.
fn approvers<'d>(desk: &Desk<'d>, span: Span) -> Vec<&'d Person> {
    let departments = desk.case.departments();
    let place = CaseDesk {
        handler: desk.case.handler.as_str(),
        departments: &departments,
    };
    let (staff, days) = (desk.staff(), days(span));
    let able = |person: &Person, role: &Role| {
        let command = CommandName::ApproveExtension;
        let limit = role.hold_days.is_none_or(|most| days <= u64::from(most));
        let (id, role) = (person.id.as_str(), role.id.as_str());
        limit && staff.may(id, role, command, &place, desk.now()).is_ok()
    };
    let other = |person: &&Person| {
        person.id != desk.cx.actor.id
            && person.id.as_str() != crate::SYSTEM
            && !desk.case.recused.contains(&person.id)
    };
    let people = staff.people().iter().filter(other);
    let may = |person: &&Person| staff.roles().iter().any(|role| able(person, role));
    people.filter(may).collect()
}

fn names(people: &[&Person]) -> String {
    let names: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
    names.join(", ")
}

/// In days, begun ones counted whole; working time counts as time.
fn days(span: Span) -> u64 {
    match span.unit {
        Unit::WorkingDays | Unit::CalendarDays => span.amount,
        Unit::Wall | Unit::WorkingTime => span.amount.div_ceil(24 * 3600),
    }
}
