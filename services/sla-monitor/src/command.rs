//! Commands: an escalation is acknowledged, a case comes under the policy in force.

use redress_complaint::ComplaintId;
use redress_policy::{ClockRules, Person};
use redress_runtime::{Context, Draft, Refusal, Violation};
use redress_sla::Cause;
use redress_store::Rows;
use redress_wire::{
    Payload,
    sla_monitor::{
        Acknowledge, AdoptPolicy, Answer, CaseClocks, ClockRow, Command, EscalationAcknowledged,
        StepRow, command,
    },
};

use crate::{
    archive::Archive,
    cases::Cases,
    clock::{facts, set_of},
    ladder,
    record::{payloads, started},
    rulebook::Rulebook,
};

/// What follows from a command.
pub(crate) fn decide(
    cases: &Cases,
    archive: &Archive,
    rows: &Rows,
    command: &Command,
    cx: &Context<'_, Rulebook>,
) -> Result<(Vec<Draft>, Answer), Refusal> {
    let find = |id: &[u8]| {
        let id = ComplaintId::try_from(id).ok();
        let row = id
            .and_then(|id| cases.get(rows, &id))
            .filter(|row| !row.policy.is_empty());
        row.ok_or_else(|| Refusal::not_found("there are no clocks of this case"))
    };
    match &command.command {
        Some(command::Command::Acknowledge(seen)) => {
            let row = find(&seen.complaint_id)?;
            let rules = archive.rules(rows, &row.policy, cx.rules);
            let payload = acknowledge(&row, seen, rules, cx)?;
            Ok((drafts(&row, payload), answer(&row)))
        }
        Some(command::Command::AdoptPolicy(AdoptPolicy { complaint_id, .. })) => {
            let row = find(complaint_id)?;
            let kept = archive
                .to_keep(rows, cx.rules)
                .into_iter()
                .map(Draft::of_partition);
            let moved = drafts(&row, adopt(&row, cx));
            let first = kept.take(if moved.is_empty() { 0 } else { usize::MAX });
            Ok((first.chain(moved).collect(), answer(&row)))
        }
        None => Err(invalid("command", "must be one that this release knows")),
    }
}

fn drafts(row: &CaseClocks, payloads: impl IntoIterator<Item = Payload>) -> Vec<Draft> {
    let about = |payload| Draft::about(row.complaint_id.clone(), payload);
    payloads.into_iter().map(about).collect()
}

fn answer(row: &CaseClocks) -> Answer {
    Answer {
        case: Some(row.clone()),
    }
}

fn invalid(field: &str, description: &str) -> Refusal {
    let violation = Violation {
        field: field.to_owned(),
        description: description.to_owned(),
    };
    Refusal::invalid("the command cannot be carried out", vec![violation])
}

/// The event, unless the step was acknowledged before.
fn acknowledge(
    row: &CaseClocks,
    seen: &Acknowledge,
    rules: &ClockRules,
    cx: &Context<'_, Rulebook>,
) -> Result<Option<Payload>, Refusal> {
    let staff = cx.rules.policy.staff();
    if staff.person(&seen.actor).is_none() {
        return Err(invalid(
            "actor",
            "must be the id of a person in the policy (staff.toml)",
        ));
    }
    let clock = row
        .clocks
        .iter()
        .find(|clock| clock.clock == seen.clock)
        .ok_or_else(|| {
            let known: Vec<&str> = row.clocks.iter().map(|clock| &*clock.clock).collect();
            invalid("clock", &format!("must be one of {}", known.join(", ")))
        })?;
    let concerned = ladder::concerned(rules, staff, row, clock, cx.now);
    if !concerned.iter().any(|one| one.id.as_str() == seen.actor) {
        return Err(not_theirs(&seen.actor, clock, &concerned));
    }
    let step = reached_step(clock, &seen.step)?;
    if !step.acknowledged_by.is_empty() {
        return Ok(None);
    }
    Ok(Some(Payload::EscalationAcknowledged(
        EscalationAcknowledged {
            number: row.number.clone(),
            clock: clock.clock.clone(),
            step: step.step.clone(),
            actor: seen.actor.clone(),
            request_id: seen.request_id.clone(),
        },
    )))
}

/// An escalation is for those whom it calls: somebody else's word would quiet it for them.
fn not_theirs(actor: &str, clock: &ClockRow, concerned: &[&Person]) -> Refusal {
    let ids: Vec<&str> = concerned.iter().map(|one| one.id.as_str()).collect();
    Refusal::new(
        tonic::Code::PermissionDenied,
        format!(
            "{actor} is neither called by the ladder of clock {} nor above who handles the case; \
             one of them has to acknowledge: {}",
            clock.clock,
            ids.join(", ")
        ),
    )
}

/// The step with this id, or the last one that was reached.
fn reached_step<'a>(clock: &'a ClockRow, id: &str) -> Result<&'a StepRow, Refusal> {
    let mut reached = clock
        .steps
        .iter()
        .filter(|step| step.reached_at_us.is_some());
    let step = if id.is_empty() {
        reached.next_back()
    } else {
        reached.find(|step| step.step == id)
    };
    step.ok_or_else(|| {
        let known: Vec<&str> = clock.steps.iter().map(|step| &*step.step).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        Refusal::new(
            tonic::Code::FailedPrecondition,
            format!(
                "this step of clock {} was not reached, so there is nothing to acknowledge; its \
                 steps: {known}",
                clock.clock
            ),
        )
    })
}

/// Puts the running clocks under the policy in force; nothing for a case that is under it.
fn adopt(row: &CaseClocks, cx: &Context<'_, Rulebook>) -> Vec<Payload> {
    let rules = cx.rules.clocks();
    if row.policy == rules.version() {
        return Vec::new();
    }
    let changes = set_of(row, rules).retarget(rules, &facts(row), Cause::Policy, cx.now);
    let mut payloads = payloads(row, rules.version(), &changes);
    let says_so =
        |payload: &Payload| matches!(payload, Payload::ClockMoved(_) | Payload::ClocksStarted(_));
    if !payloads.iter().any(says_so) {
        payloads.push(Payload::ClocksStarted(started(
            row,
            rules.version(),
            Vec::new(),
            &[],
        )));
    }
    payloads
}
