//! What the facts of a case's life make of the figures: its counts move from where it stood to
//! where it stands now.

use redress_store::Rows;
use redress_wire::router::{CaseEvent, CaseRouted, Satisfaction, case_event::Change};

use crate::{
    Day, Dimension,
    fold::{ASSIGNED, REGISTERED},
    stands::{Stand, Stands, Word, Words},
};

/// What customers say: 满意, 基本满意, 不满意.
pub(crate) const SATISFACTION: [&str; 3] = ["satisfied", "mostly_satisfied", "dissatisfied"];
const DISSATISFIED: &str = SATISFACTION[2];
const CLOSED: &str = "closed";
const ARCHIVED: &str = "archived";
/// The states that end a case. An archived one keeps how it ended.
const ENDS: [&str; 5] = [CLOSED, "withdrawn", "rejected", "unmeetable", "merged"];

/// The case has its department.
pub(crate) fn routed(day: &mut Day, (stands, rows): (&mut Stands, &Rows), routed: &CaseRouted) {
    let words = &mut stands.words;
    let after = Stand {
        state: words.of(ASSIGNED),
        department: words.of(&routed.department),
        handler: words.of(&routed.handler),
        category: words.of(&routed.category),
        urgency: words.of(&routed.urgency),
        severity: words.of(&routed.severity),
        registered_at_us: routed.registered_at_us,
        ..Stand::default()
    };
    day.add(Dimension::State, REGISTERED, -1);
    count(day, &stands.words, &after, 1);
    if let Some(stand) = stands.get(rows, &routed.number) {
        *stand = after;
    }
}

/// Something was done with the case.
pub(crate) fn went_on(
    day: &mut Day,
    (stands, rows): (&mut Stands, &Rows),
    time_us: i64,
    fact: &CaseEvent,
) {
    add_up(day, fact);
    let Some(before) = stands.get(rows, &fact.number).map(|stand| *stand) else {
        return;
    };
    let after = stand_after(&before, &mut stands.words, time_us, fact);
    if after != before {
        count(day, &stands.words, &before, -1);
        count(day, &stands.words, &after, 1);
    }
    if let Some(stand) = stands.get(rows, &fact.number) {
        *stand = after;
    }
}

/// What only adds up.
fn add_up(day: &mut Day, fact: &CaseEvent) {
    match &fact.change {
        Some(Change::ApprovalGiven(_)) => day.approvals_given += 1,
        Some(Change::ApprovalRefused(_)) => day.approvals_refused += 1,
        Some(Change::ApprovalEscalated(_)) => day.approvals_escalated += 1,
        Some(Change::Extended(_)) => day.extensions += 1,
        Some(Change::Held(_)) => day.holds += 1,
        Some(Change::Reopened(_)) => {
            day.reopenings += 1;
            day.add(Dimension::DepartmentReopened, &fact.department, 1);
        }
        _ => {}
    }
}

fn stand_after(before: &Stand, words: &mut Words, time_us: i64, fact: &CaseEvent) -> Stand {
    let satisfaction = match &fact.change {
        Some(Change::SatisfactionRecorded(said)) => said_word(said.satisfaction()),
        _ => None,
    };
    let outcome = match &*fact.state {
        ARCHIVED => before.outcome,
        state => words.of(if ENDS.contains(&state) { state } else { "" }),
    };
    let resolved_us = match words.text(outcome) {
        CLOSED if before.resolved_us != 0 => before.resolved_us,
        // One microsecond is the least: 0 says that it is not closed.
        CLOSED => time_us.saturating_sub(before.registered_at_us).max(1),
        _ => 0,
    };
    Stand {
        state: words.of(&fact.state),
        department: words.of(&fact.department),
        handler: words.of(&fact.handler),
        category: words.of(&fact.category),
        urgency: words.of(&fact.urgency),
        severity: words.of(&fact.severity),
        satisfaction: satisfaction.map_or(before.satisfaction, |word| words.of(word)),
        outcome,
        registered_at_us: before.registered_at_us,
        resolved_us,
    }
}

fn said_word(said: Satisfaction) -> Option<&'static str> {
    let [satisfied, mostly, not] = SATISFACTION;
    match said {
        Satisfaction::Unspecified => None,
        Satisfaction::Satisfied => Some(satisfied),
        Satisfaction::MostlySatisfied => Some(mostly),
        Satisfaction::Dissatisfied => Some(not),
    }
}

/// Adds a case's counts to the day, or takes them away.
fn count(day: &mut Day, words: &Words, stand: &Stand, by: i64) {
    let mut add = |dimension, word: Word| {
        if word != 0 {
            day.add(dimension, words.text(word), by);
        }
    };
    add(Dimension::State, stand.state);
    add(Dimension::Department, stand.department);
    add(Dimension::Handler, stand.handler);
    add(Dimension::Category, stand.category);
    add(Dimension::Urgency, stand.urgency);
    add(Dimension::Severity, stand.severity);
    add(Dimension::Satisfaction, stand.satisfaction);
    if words.text(stand.satisfaction) == DISSATISFIED {
        add(Dimension::DepartmentDissatisfied, stand.department);
    }
    add(Dimension::Outcome, stand.outcome);
    match words.text(stand.outcome) {
        "" => add(Dimension::DepartmentOpen, stand.department),
        CLOSED => add(Dimension::DepartmentClosed, stand.department),
        _ => {}
    }
    if stand.resolved_us != 0 {
        if by > 0 {
            day.resolution.record(stand.resolved_us);
        } else {
            day.resolution.remove(stand.resolved_us);
        }
    }
}
