//! From a wish to facts.

use redress_case::{Actor, Case, Change, Circumstances, Command, Rejection};
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Draft};
use redress_store::Rows;
use redress_triage::Triage;
use redress_wire::{
    Payload,
    router::{self as router, Answer, CaseCommand, CaseRow, CaseWish},
};

use super::{answer, next};
use crate::{
    RouterCore, rows,
    wire::{self, Fault},
};

/// Ids that callers choose are some words long at most.
const LONGEST_ID: usize = 200;
/// Cases that change by themselves at once; the rest follow with the next round.
const AT_ONCE: usize = 500;

/// Decides a wish. A refusal is an answer: a right that is missing is recorded as well.
pub(crate) fn decide(
    core: &RouterCore,
    rows: &Rows,
    wish: &CaseWish,
    cx: &Context<'_, Triage>,
) -> (Vec<Draft>, Answer) {
    match read(rows, wish) {
        Ok(wanted) => core.lives.look(rows, &wanted.id, &wanted.row, |case| {
            wanted.decide(rows, case, cx)
        }),
        Err(fault) => (Vec::new(), answer::faulty(fault)),
    }
}

/// What has happened to cases by themselves by now.
pub(crate) fn expire(core: &RouterCore, rows: &Rows, cx: &Context<'_, Triage>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for id in core.agenda.due(cx.now.as_microsecond(), AT_ONCE) {
        let Some(row) = rows::routed_case(rows, &id) else {
            core.agenda.leave(&id);
            continue;
        };
        let policy = cx.rules.policy();
        let changes = core.lives.look(rows, &id, &row, |case| {
            let changes = redress_case::expire(case, cx.now, policy);
            let system = Circumstances {
                actor: &Actor::system(),
                now: cx.now,
                policy,
                request_id: "",
                expected_version: None,
            };
            record(case, changes, &system).1
        });
        if changes.is_empty() {
            core.agenda.leave(&id);
        }
        drafts.extend(changes);
    }
    drafts
}

struct Wanted<'a> {
    id: ComplaintId,
    row: CaseRow,
    command: Command,
    actor: Actor,
    asked: &'a CaseCommand,
}

fn read<'a>(rows: &Rows, wish: &'a CaseWish) -> Result<Wanted<'a>, Fault> {
    let asked = wish.command.as_ref();
    let asked = asked.ok_or_else(|| Fault::missing("command"))?;
    let id = ComplaintId::try_from(&wish.complaint_id[..]).ok();
    let found = id.and_then(|id| Some((id, rows::routed_case(rows, &id)?)));
    let (id, row) = found.ok_or_else(|| Fault::no_case("name", asked.name.trim()))?;
    let actor = asked.actor.as_ref().map(|actor| (&*actor.id, &*actor.role));
    let (person, role) = actor.unwrap_or_default();
    let (person, role) = (person.trim(), role.trim());
    if person.is_empty() || role.is_empty() {
        return Err(Fault::missing("actor"));
    }
    for (field, word) in [
        ("actor.id", person),
        ("actor.role", role),
        ("request_id", &asked.request_id),
    ] {
        if word.len() > LONGEST_ID {
            return Err(Fault::too_long(field, LONGEST_ID));
        }
    }
    Ok(Wanted {
        id,
        row,
        command: wire::command::from_wire(wish)?,
        actor: Actor::new(person, role),
        asked,
    })
}

impl Wanted<'_> {
    fn decide(&self, rows: &Rows, case: &Case, cx: &Context<'_, Triage>) -> (Vec<Draft>, Answer) {
        let around = Circumstances {
            actor: &self.actor,
            now: cx.now,
            policy: cx.rules.policy(),
            request_id: &self.asked.request_id,
            expected_version: self.asked.expected_version,
        };
        match redress_case::decide(case, &self.command, &around) {
            Ok(changes) if changes.is_empty() => (Vec::new(), self.answered_before(rows, case)),
            Ok(changes) => {
                let (after, drafts) = record(case, changes, &around);
                let missing = next::missing(&after, &around);
                let done = answer::done(&after.number, after.version, after.state(), missing);
                (drafts, done)
            }
            Err(rejection) => self.refuse(case, &rejection, &around),
        }
    }

    fn refuse(
        &self,
        case: &Case,
        rejection: &Rejection,
        around: &Circumstances<'_>,
    ) -> (Vec<Draft>, Answer) {
        let attempt = rejection.record.iter().map(|change| (**change).clone());
        let (after, drafts) = record(case, attempt.collect(), around);
        let answer = answer::rejected(&after, self.command.kind(), rejection);
        (drafts, answer)
    }

    /// The same request again: the answer is how the case stood after the first.
    fn answered_before(&self, rows: &Rows, case: &Case) -> Answer {
        let version = case.answered(&self.asked.request_id);
        let version = version.unwrap_or(case.version);
        let fact = rows::fact(rows, &self.id, version).and_then(|fact| fact.event);
        let state = fact.map_or_else(|| case.state().to_owned(), |event| event.state);
        answer::done(&case.number, version, &state, Vec::new())
    }
}

/// The facts of changes, to be recorded, and the case that they lead to. The case itself is folded
/// when they are.
fn record(case: &Case, changes: Vec<Change>, around: &Circumstances<'_>) -> (Case, Vec<Draft>) {
    let mut after = case.clone();
    let facts = redress_case::record(&mut after, changes, around);
    let events = facts.iter().map(|fact| wire::recorded(fact, &after));
    let draft =
        |event: router::CaseEvent| Draft::about(*after.id.as_bytes(), Payload::CaseEvent(event));
    let drafts = events.map(draft).collect();
    (after, drafts)
}
