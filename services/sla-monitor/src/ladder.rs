//! Steps of ladders (催办, 督办, 通报) as they are reached: who is told, and who is spared.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use redress_policy::{ClockRules, EscalationStep, Person, Staff};
use redress_wire::sla_monitor::{
    CaseClocks, ClockEscalated, ClockRow, EscalationAcknowledged, StepRow, ToldPerson,
};

/// For how long a case remembers who was told, and how many: more than any house coalesces.
const REMEMBERED_US: i64 = 7 * 86_400 * 1_000_000;
const MOST_REMEMBERED: usize = 64;

/// Somebody who was told of an escalation of a case just now, beyond what its row knows.
pub(crate) type ToldNow = Vec<String>;

/// The event of a step that has been reached.
pub(crate) fn escalate(
    rules: &ClockRules,
    staff: &Staff,
    row: &CaseClocks,
    (clock, index): (&ClockRow, usize),
    now: Timestamp,
    told: &mut ToldNow,
) -> Option<ClockEscalated> {
    let step = clock.steps.get(index)?;
    let policy = rules.clocks().get(&clock.clock);
    let known = policy.and_then(|c| c.ladder.iter().find(|s| s.id.as_str() == step.step));
    let mut quiet = quiet(clock, index, known, now).unwrap_or_default();
    let mut to = Vec::new();
    if quiet.is_empty() {
        to = spare(rules, row, people(staff, row, known, now), now, told);
        quiet = if to.is_empty() { "coalesced" } else { "" };
    }
    told.extend(to.iter().cloned());
    Some(ClockEscalated {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        step: step.step.clone(),
        point: index as u32,
        escalate_at_us: step.at_us,
        due_at_us: clock.due_at_us,
        department: row.department.clone(),
        handler: row.handler.clone(),
        to,
        quiet: quiet.to_owned(),
    })
}

/// Why a step tells nobody.
fn quiet(
    clock: &ClockRow,
    index: usize,
    known: Option<&EscalationStep>,
    now: Timestamp,
) -> Option<&'static str> {
    let now_us = now.as_microsecond();
    let step = &clock.steps[index];
    let later = clock
        .steps
        .get(index + 1)
        .is_some_and(|next| next.at_us <= now_us);
    let before_the_end = step.at_us < clock.due_at_us;
    if later || before_the_end && clock.due_at_us <= now_us {
        return Some("overtaken");
    }
    let seen = clock.steps[..index]
        .iter()
        .any(|step| !step.acknowledged_by.is_empty());
    (seen && known.is_some_and(|step| step.quiet_if_acknowledged)).then_some("acknowledged")
}

/// Whom the step goes to, each once. Who handles the case hears of it if the policy's people are
/// not to be found.
fn people(
    staff: &Staff,
    row: &CaseClocks,
    step: Option<&EscalationStep>,
    now: Timestamp,
) -> Vec<String> {
    let recipients = step.map_or(&[][..], |step| &step.to);
    let mut people: Vec<String> = Vec::new();
    for recipient in recipients {
        for person in recipient.people(staff, &row.handler, &row.department, now) {
            let id = person.id.to_string();
            if !people.contains(&id) {
                people.push(id);
            }
        }
    }
    let head = || staff.head(&row.department).map(|head| head.id.to_string());
    if people.is_empty() {
        let handler = (!row.handler.is_empty()).then(|| row.handler.clone());
        people.extend(handler.or_else(head));
    }
    people
}

/// Who may say that an escalation of the clock is seen: whom its ladder tells or has told, who
/// handles the case, and everybody above them and above the department; or who stands in for one
/// of them now. In the policy's order.
pub(crate) fn concerned<'a>(
    rules: &ClockRules,
    staff: &'a Staff,
    row: &CaseClocks,
    clock: &ClockRow,
    now: Timestamp,
) -> Vec<&'a Person> {
    let told = clock.steps.iter().flat_map(|step| &step.to);
    let mut ids: BTreeSet<&str> = told.map(String::as_str).collect();
    let ladder = rules.clocks().get(&clock.clock);
    for recipient in ladder
        .iter()
        .flat_map(|known| &known.ladder)
        .flat_map(|step| &step.to)
    {
        let people = recipient.people(staff, &row.handler, &row.department, now);
        ids.extend(people.into_iter().map(|person| person.id.as_str()));
    }
    ids.insert(&row.handler);
    let above = staff.line(&row.handler).into_iter();
    let above = above.chain(staff.line_of(&row.department));
    ids.extend(above.map(|person| person.id.as_str()));
    let stands_in = |person: &Person| {
        let mut delegations = staff.delegated_to(person.id.as_str(), now);
        delegations.any(|delegation| ids.contains(delegation.from.as_str()))
    };
    let people = staff.people().iter();
    people
        .filter(|person| ids.contains(person.id.as_str()) || stands_in(person))
        .collect()
}

/// Leaves out who was told of an escalation of the case just before.
fn spare(
    rules: &ClockRules,
    row: &CaseClocks,
    people: Vec<String>,
    now: Timestamp,
    told: &ToldNow,
) -> Vec<String> {
    let window = rules.coalesce().unwrap_or(SignedDuration::ZERO);
    if window.is_zero() {
        return people;
    }
    let since = now
        .as_microsecond()
        .saturating_sub(window.as_micros() as i64);
    let recently = |id: &String| {
        row.told
            .iter()
            .any(|told| told.person == *id && told.at_us > since)
    };
    people
        .into_iter()
        .filter(|id| !told.contains(id) && !recently(id))
        .collect()
}

/// Folds a step that was reached.
pub(crate) fn reached(
    row: &mut CaseClocks,
    escalated: &ClockEscalated,
    time_us: i64,
) -> Option<()> {
    let step = step(row, &escalated.clock, &escalated.step)?;
    step.reached_at_us = Some(time_us);
    step.quiet.clone_from(&escalated.quiet);
    step.to.clone_from(&escalated.to);
    let to = &escalated.to;
    row.told
        .retain(|told| !to.contains(&told.person) && told.at_us + REMEMBERED_US > time_us);
    row.told.extend(to.iter().map(|id| ToldPerson {
        person: id.clone(),
        at_us: time_us,
    }));
    let surplus = row.told.len().saturating_sub(MOST_REMEMBERED);
    row.told.drain(..surplus);
    Some(())
}

/// Folds that somebody has seen a step.
pub(crate) fn acknowledged(
    row: &mut CaseClocks,
    seen: &EscalationAcknowledged,
    time_us: i64,
) -> Option<()> {
    let step = step(row, &seen.clock, &seen.step)?;
    step.acknowledged_by.clone_from(&seen.actor);
    step.acknowledged_at_us = time_us;
    step.request_id.clone_from(&seen.request_id);
    Some(())
}

fn step<'a>(row: &'a mut CaseClocks, clock: &str, step: &str) -> Option<&'a mut StepRow> {
    let clock = row.clocks.iter_mut().find(|c| c.clock == clock)?;
    clock.steps.iter_mut().find(|s| s.step == step)
}
