//! From a wish to facts.

use std::collections::BTreeMap;

use redress_case::{Actor, Case, Change, Circumstances, Command};
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Draft};
use redress_store::Rows;
use redress_triage::Triage;
use redress_wire::{
    Payload,
    router::{self as router, Answer, CaseCommand, CaseDone, CaseRow, CaseWish},
};

use super::{acting, answer, late, next};
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
    let mut ahead = Ahead::default();
    let answer = ahead.decide(core, rows, wish, cx);
    (ahead.drafts, answer)
}

/// Decides wishes one after the other, each on what those before it led to.
pub(crate) fn decide_all(
    core: &RouterCore,
    rows: &Rows,
    wishes: &[CaseWish],
    cx: &Context<'_, Triage>,
) -> (Vec<Draft>, Vec<Answer>) {
    let mut ahead = Ahead::default();
    let decided = wishes.iter().map(|wish| ahead.decide(core, rows, wish, cx));
    let answers = decided.collect();
    (ahead.drafts, answers)
}

/// What was decided just now and is not folded yet: facts, and the cases that they lead to.
#[derive(Default)]
struct Ahead {
    cases: BTreeMap<ComplaintId, Case>,
    drafts: Vec<Draft>,
}

impl Ahead {
    fn decide(
        &mut self,
        core: &RouterCore,
        rows: &Rows,
        wish: &CaseWish,
        cx: &Context<'_, Triage>,
    ) -> Answer {
        let wanted = match read(rows, wish, cx) {
            Ok(wanted) => wanted,
            Err(fault) => return answer::faulty(fault),
        };
        let case = self
            .cases
            .entry(wanted.id)
            .or_insert_with(|| core.lives.look(rows, &wanted.id, &wanted.row, Case::clone));
        wanted.decide(rows, case, &mut self.drafts, cx)
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
        let before = drafts.len();
        core.lives.look(rows, &id, &row, |case| {
            let changes = redress_case::expire(case, cx.now, policy);
            let system = Circumstances {
                actor: &Actor::system(),
                now: cx.now,
                policy,
                request_id: "",
                expected_version: None,
            };
            record(&mut case.clone(), changes, &system, &mut drafts);
        });
        if drafts.len() == before {
            core.agenda.leave(&id);
        }
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

fn read<'a>(
    rows: &Rows,
    wish: &'a CaseWish,
    cx: &Context<'_, Triage>,
) -> Result<Wanted<'a>, Fault> {
    let asked = wish.command.as_ref();
    let asked = asked.ok_or_else(|| Fault::missing("command"))?;
    let id = ComplaintId::try_from(&wish.complaint_id[..]).ok();
    let found = id.and_then(|id| Some((id, rows::routed_case(rows, &id)?)));
    let (id, row) = found.ok_or_else(|| Fault::no_case("name", asked.name.trim()))?;
    let said = asked.actor.as_ref();
    let (person, role) = said.map_or(("", ""), |said| (&*said.id, &*said.role));
    for (field, word) in [
        ("actor.id", person),
        ("actor.role", role),
        ("request_id", &asked.request_id),
    ] {
        if word.trim().len() > LONGEST_ID {
            return Err(Fault::too_long(field, LONGEST_ID));
        }
    }
    let actor = acting::actor(said, cx.rules.policy(), cx.now)?;
    Ok(Wanted {
        id,
        row,
        command: wire::command::from_wire(wish)?,
        actor,
        asked,
    })
}

impl Wanted<'_> {
    /// Decides the wish on the case as it stands; it and the facts go on.
    fn decide(
        &self,
        rows: &Rows,
        case: &mut Case,
        drafts: &mut Vec<Draft>,
        cx: &Context<'_, Triage>,
    ) -> Answer {
        let around = Circumstances {
            actor: &self.actor,
            now: cx.now,
            policy: cx.rules.policy(),
            request_id: &self.asked.request_id,
            expected_version: self.asked.expected_version,
        };
        match redress_case::decide(case, &self.command, &around) {
            Ok(changes) if changes.is_empty() => self.answered_before(rows, case, drafts),
            Ok(changes) => {
                let mut notes = late::notes(&self.command, case, &self.row, &around);
                notes.extend(changes.iter().flat_map(answer::report_lacks));
                record(case, changes, &around, drafts);
                answer::of_one(CaseDone {
                    missing: next::missing(case, &around),
                    notes,
                    ..answer::done(&case.number, case.version, case.state())
                })
            }
            Err(rejection) => {
                let attempt = rejection.record.iter().map(|change| (**change).clone());
                record(case, attempt.collect(), &around, drafts);
                answer::rejected(case, self.command.kind(), &rejection)
            }
        }
    }

    /// The same request again: the answer is how the case stood after the first.
    fn answered_before(&self, rows: &Rows, case: &Case, drafts: &[Draft]) -> Answer {
        let version = case.answered(&self.asked.request_id);
        let version = version.unwrap_or(case.version);
        let just_now = |draft: &Draft| match &draft.payload {
            Payload::CaseEvent(event) if event.version == version => {
                (draft.complaint_id == self.id.as_bytes()).then(|| event.state.clone())
            }
            _ => None,
        };
        let state = drafts.iter().find_map(just_now).or_else(|| {
            let fact = rows::fact(rows, &self.id, version)?;
            fact.event.map(|event| event.state)
        });
        let state = state.unwrap_or_else(|| case.state().to_owned());
        answer::of_one(answer::done(&case.number, version, &state))
    }
}

/// Makes facts of changes, to be recorded, and takes the case to where they lead. What the core
/// knows of it changes only when they are folded.
fn record(
    case: &mut Case,
    changes: Vec<Change>,
    around: &Circumstances<'_>,
    drafts: &mut Vec<Draft>,
) {
    let facts = redress_case::record(case, changes, around);
    let events = facts.iter().map(|fact| wire::recorded(fact, case));
    let draft =
        |event: router::CaseEvent| Draft::about(*case.id.as_bytes(), Payload::CaseEvent(event));
    drafts.extend(events.map(draft));
}
