//! What an event means to those who may be told of it.
//!
//! A new occasion needs one arm here, or in `cases/facts.rs` if it is a fact of the case's life.

use redress_policy::Occasion;
use redress_wire::{
    Payload,
    notifier::{CaseRow, PlanTold},
    router::{ApprovalLevel, CaseEvent, case_event::Change},
    sla_monitor::ClockMoved,
};

use crate::cases::{occasion, told_extension, told_plan};

/// Something that people may be told of.
pub(super) struct Happening<'a> {
    pub(super) on: Occasion,
    pub(super) number: &'a str,
    /// Who has the case; what the event says goes before what the case says.
    pub(super) department: &'a str,
    pub(super) handler: &'a str,
    pub(super) clock: Option<ClockPoint<'a>>,
    /// The end or time that is told, where it is not the clock's.
    pub(super) due_at_us: Option<i64>,
    /// Version of the case's fact; 0: it is none.
    pub(super) version: u64,
    pub(super) plan: u32,
    /// Who is asked, or refused.
    pub(super) level: Option<&'a ApprovalLevel>,
    /// Departments that join in, or who up the line is told.
    pub(super) others: &'a [String],
    /// Who asked for the extension that was answered.
    pub(super) requester: &'a str,
    /// Who does not decide, whatever their role.
    pub(super) not_asked: &'a [String],
    /// What somebody asks for: which clock, empty for every running one, and by how much.
    pub(super) extension: Option<(&'a str, &'a str)>,
    /// Number of the case that leads the recall which the case was taken into.
    pub(super) recall: &'a str,
}

#[derive(Default)]
pub(super) struct ClockPoint<'a> {
    pub(super) clock: &'a str,
    pub(super) due_at_us: i64,
    /// Which warning or step.
    pub(super) point: Option<u32>,
    /// Step of the ladder.
    pub(super) step: &'a str,
}

/// The case that an event is about, if people may be told of it.
pub(super) fn number_of(payload: &Payload) -> Option<&str> {
    Some(match payload {
        Payload::ComplaintRegistered(e) => &e.number,
        Payload::CaseRouted(e) => &e.number,
        Payload::CaseEvent(e) => &e.number,
        Payload::ClockWarned(e) => &e.number,
        Payload::ClockBreached(e) => &e.number,
        Payload::ClockEscalated(e) => &e.number,
        Payload::ClockMoved(e) => &e.number,
        _ => return None,
    })
}

/// What happened to the case.
pub(super) fn of<'a>(payload: &'a Payload, case: &'a CaseRow) -> Vec<Happening<'a>> {
    let number = number_of(payload).unwrap_or_default();
    let of_clock = |on, department: &'a str, handler: &'a str, clock| Happening {
        department,
        handler,
        clock: Some(clock),
        ..Happening::new(on, number)
    };
    let happening = match payload {
        Payload::ComplaintRegistered(_) => Happening::new(Occasion::Registered, number),
        Payload::CaseRouted(e) => Happening {
            department: &e.department,
            handler: &e.handler,
            ..Happening::new(Occasion::Routed, number)
        },
        Payload::ClockWarned(e) => {
            let clock = ClockPoint {
                point: Some(e.point),
                ..ClockPoint::new(&e.clock, e.due_at_us)
            };
            of_clock(Occasion::ClockWarned, &e.department, &e.handler, clock)
        }
        Payload::ClockBreached(e) => {
            let clock = ClockPoint::new(&e.clock, e.due_at_us);
            of_clock(Occasion::ClockBreached, &e.department, &e.handler, clock)
        }
        Payload::ClockEscalated(e) if e.quiet.is_empty() => {
            let clock = ClockPoint {
                point: Some(e.point),
                step: &e.step,
                ..ClockPoint::new(&e.clock, e.due_at_us)
            };
            Happening {
                others: &e.to,
                ..of_clock(Occasion::ClockEscalated, &e.department, &e.handler, clock)
            }
        }
        Payload::ClockMoved(e) => moved(e, case),
        Payload::CaseEvent(fact) => return of_fact(fact, case),
        // Including escalations that stay quiet.
        _ => return Vec::new(),
    };
    vec![happening]
}

/// An extension is told when the clock has its new end, with the reason that was given for it.
fn moved<'a>(moved: &'a ClockMoved, case: &'a CaseRow) -> Happening<'a> {
    let extended = Occasion::Extended.as_str();
    let (on, version) = if moved.cause == "extension" {
        let reason = case.matters.iter().rfind(|m| m.occasion == extended);
        (
            Occasion::Extended,
            reason.map_or(0, |matter| matter.version),
        )
    } else {
        (Occasion::ClockMoved, 0)
    };
    Happening {
        clock: Some(ClockPoint::new(&moved.clock, moved.due_at_us)),
        version,
        ..Happening::new(on, &moved.number)
    }
}

fn of_fact<'a>(fact: &'a CaseEvent, case: &'a CaseRow) -> Vec<Happening<'a>> {
    let of = |on| Happening {
        department: &fact.department,
        handler: &fact.handler,
        version: fact.version,
        ..Happening::new(on, &fact.number)
    };
    let Some(change) = &fact.change else {
        return Vec::new();
    };
    let told = occasion(change).filter(|on| *on != Occasion::Extended);
    let mut happened: Vec<_> = told
        .map(|on| with_details(of(on), change, case))
        .into_iter()
        .collect();
    if let Some((plan, level)) = asked(change, case) {
        happened.push(Happening {
            plan,
            level: Some(level),
            due_at_us: time(level.answer_by_us),
            not_asked: case.plan.as_ref().map_or(&[][..], |plan| &plan.not_asked),
            ..of(Occasion::ApprovalWanted)
        });
    }
    happened.extend(extension_wanted(
        change,
        case,
        of(Occasion::ExtensionWanted),
    ));
    if matches!(change, Change::Closed(_)) && is_satisfaction_wanted(fact.version, case) {
        happened.push(of(Occasion::SatisfactionWanted));
    }
    happened
}

fn with_details<'a>(
    happening: Happening<'a>,
    change: &'a Change,
    case: &'a CaseRow,
) -> Happening<'a> {
    let (plan, due_at_us) = match change {
        Change::PlanProposed(c) => (c.plan, None),
        Change::ApprovalRefused(c) => (c.plan, None),
        Change::PlanApproved(c) => (c.plan, None),
        Change::PlanOffered(c) => (c.plan, told_plan(case, c.plan).map(|p| p.due_at_us)),
        Change::ConsentGiven(c) => (c.plan, None),
        Change::ConsentRefused(c) => (c.plan, None),
        Change::PlanExecuted(c) => (c.plan, None),
        // What was not carried out is not told as the result.
        Change::Closed(_) => (executed(case), None),
        Change::Held(c) => (0, Some(c.until_us)),
        _ => (0, None),
    };
    let level = match change {
        Change::ApprovalRefused(c) => level_of(case, c.plan, &c.level),
        _ => None,
    };
    let recall = match change {
        Change::RecallJoined(c) => &*c.recall_number,
        _ => "",
    };
    let (requester, extension) = answered(change, case).unwrap_or_default();
    let others = match change {
        Change::JointHandlingStarted(c) => &c.supporting_departments[..],
        _ => &[],
    };
    Happening {
        plan,
        due_at_us: due_at_us.and_then(time),
        level,
        others,
        requester,
        recall,
        extension,
        ..happening
    }
}

/// Who asked for the extension that is answered, and what for: which clock, and by how much.
fn answered<'a>(
    change: &'a Change,
    case: &'a CaseRow,
) -> Option<(&'a str, Option<(&'a str, &'a str)>)> {
    let (requester, request) = match change {
        Change::ExtensionApproved(c) => (&*c.requester, c.request),
        Change::ExtensionRefused(c) => (&*c.requester, c.request),
        _ => return None,
    };
    let asked = told_extension(case, request);
    Some((requester, asked.map(|asked| (&*asked.clock, &*asked.by))))
}

/// Which level is asked to approve which plan because of this change.
fn asked<'a>(change: &'a Change, case: &'a CaseRow) -> Option<(u32, &'a ApprovalLevel)> {
    match change {
        Change::PlanProposed(c) => Some((c.plan, c.levels.first()?)),
        Change::ApprovalEscalated(c) => Some((c.plan, c.to.as_ref()?)),
        Change::ApprovalGiven(c) => {
            let levels = &plan_of(case, c.plan)?.levels;
            let given = levels.iter().position(|l| l.level == c.level)?;
            Some((c.plan, levels.get(given + 1)?))
        }
        _ => None,
    }
}

/// Which level is asked to approve an extension because of this change.
fn extension_wanted<'a>(
    change: &'a Change,
    case: &'a CaseRow,
    happening: Happening<'a>,
) -> Option<Happening<'a>> {
    let (level, not_asked, request) = match change {
        Change::ExtensionRequested(c) => (c.asked.as_ref()?, &c.not_asked, c.request),
        Change::ExtensionEscalated(c) => (c.to.as_ref()?, &c.not_asked, c.request),
        _ => return None,
    };
    let asked = told_extension(case, request)?;
    Some(Happening {
        level: Some(level),
        due_at_us: time(level.answer_by_us),
        not_asked,
        extension: Some((&asked.clock, &asked.by)),
        ..happening
    })
}

/// Unless they said so in this round of the handling, or it has been opened again by now.
fn is_satisfaction_wanted(closed: u64, case: &CaseRow) -> bool {
    case.reopened_version < closed && case.satisfaction_version <= case.reopened_version
}

/// The plan, if it is still the one proposed last.
fn plan_of(case: &CaseRow, number: u32) -> Option<&PlanTold> {
    case.plan.as_ref().filter(|plan| plan.plan == number)
}

fn level_of<'a>(case: &'a CaseRow, plan: u32, level: &str) -> Option<&'a ApprovalLevel> {
    let mut levels = told_plan(case, plan)?.levels.iter();
    levels.find(|l| l.level == level)
}

fn executed(case: &CaseRow) -> u32 {
    let plan = case.plan.as_ref().filter(|plan| plan.executed);
    plan.map_or(0, |plan| plan.plan)
}

fn time(micros: i64) -> Option<i64> {
    (micros != 0).then_some(micros)
}

impl<'a> Happening<'a> {
    fn new(on: Occasion, number: &'a str) -> Self {
        Self {
            on,
            number,
            department: "",
            handler: "",
            clock: None,
            due_at_us: None,
            version: 0,
            plan: 0,
            level: None,
            others: &[],
            requester: "",
            not_asked: &[],
            extension: None,
            recall: "",
        }
    }
}

impl<'a> ClockPoint<'a> {
    fn new(clock: &'a str, due_at_us: i64) -> Self {
        Self {
            clock,
            due_at_us,
            ..Self::default()
        }
    }
}
