//! Facts of a case's life as router records them.

use redress_wire::{
    Payload,
    customer::SealedText,
    log::Event,
    router::{
        Actor, ApprovalLevel, CaseEvent, Money, PlanProposed, PlanStep, Redress, case_event::Change,
    },
    sla_monitor::{ClockEscalated, ClockMoved},
};

use super::{NINE, NUMBER, WITH_HOOK, at};

/// Who has the case.
pub(crate) const HANDLER: &str = "after-sales-tech-1";

pub(crate) fn text(words: &str) -> SealedText {
    SealedText {
        key_id: String::new(),
        payload: words.as_bytes().to_vec(),
    }
}

/// A fact of the case, which is with the department that has a webhook.
pub(crate) fn fact(version: u64, change: Change) -> Event {
    fact_of(NUMBER, version, change)
}

pub(crate) fn fact_of(number: &str, version: u64, change: Change) -> Event {
    let fact = CaseEvent {
        number: number.to_owned(),
        version,
        actor: Some(Actor {
            id: HANDLER.to_owned(),
            role: "handler".to_owned(),
        }),
        state: "accepted".to_owned(),
        department: WITH_HOOK.to_owned(),
        handler: HANDLER.to_owned(),
        category: "product_quality".to_owned(),
        urgency: "urgent".to_owned(),
        severity: "ordinary".to_owned(),
        change: Some(change),
        ..CaseEvent::default()
    };
    at(number, NINE, Payload::CaseEvent(fact))
}

/// A level of the shipped policy; its role has the same name.
pub(crate) fn level(id: &str, department: &str) -> ApprovalLevel {
    ApprovalLevel {
        level: id.to_owned(),
        role: id.to_owned(),
        department: department.to_owned(),
        answer_by_us: 0,
    }
}

/// A refund of 120.50 yuan, done by nine.
pub(crate) fn plan(number: u32, levels: Vec<ApprovalLevel>) -> Change {
    let refund = Redress {
        kind: "refund".to_owned(),
        amount: Some(Money {
            minor_units: 12_050,
            currency: "CNY".to_owned(),
        }),
    };
    Change::PlanProposed(PlanProposed {
        plan: number,
        steps: vec![PlanStep {
            due_at_us: NINE,
            ..PlanStep::default()
        }],
        redress: vec![refund],
        levels,
        ..PlanProposed::default()
    })
}

pub(crate) fn moved(clock: &str, cause: &str, due_at_us: i64) -> Event {
    let moved = ClockMoved {
        number: NUMBER.to_owned(),
        clock: clock.to_owned(),
        cause: cause.to_owned(),
        due_at_us,
        ..ClockMoved::default()
    };
    at(NUMBER, NINE, Payload::ClockMoved(moved))
}

pub(crate) fn escalated(clock: &str, step: &str, point: u32, to: &[&str]) -> Event {
    let escalated = ClockEscalated {
        number: NUMBER.to_owned(),
        clock: clock.to_owned(),
        step: step.to_owned(),
        point,
        due_at_us: NINE,
        department: WITH_HOOK.to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        to: to.iter().map(ToString::to_string).collect(),
        ..ClockEscalated::default()
    };
    at(NUMBER, NINE, Payload::ClockEscalated(escalated))
}
