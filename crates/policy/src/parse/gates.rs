//! Reads the gates of a procedure, and finds those that no case can pass.

use crate::error::{ProcedureFault, Reason};
use crate::ids::MeasureId;
use crate::model::command::CommandName;
use crate::model::need::Need;
use crate::model::procedure::Gate;
use crate::parse::context::Ids;
use crate::parse::declared::no_repeats;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place};

pub(crate) fn read(procedure: &mut Fields<'_, '_>, ids: &Ids) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    let mut places: Vec<(Place, Vec<Place>)> = Vec::new();
    for mut fields in procedure.tables("gate") {
        let before = fields.req::<CommandName>("before");
        let needs = needs(&mut fields, ids);
        let Some(before) = before else {
            continue;
        };
        if let Some(at) = gates.iter().position(|gate| gate.before == before.value) {
            let fault = ProcedureFault::SecondGate {
                before: before.value.as_str(),
                first: fields.report.name(places[at].0),
            };
            fields.report.fault(before.place, fault.into());
            continue;
        }
        let (needs, need_places) = needs.into_iter().map(|at| (at.value, at.place)).unzip();
        gates.push(Gate {
            before: before.value,
            needs,
        });
        places.push((fields.place, need_places));
    }
    for (gate, (_, places)) in gates.iter().zip(&places) {
        for (need, &place) in gate.needs.iter().zip(places) {
            if let Some(circle) = circle(&gates, gate.before, need) {
                let fault = ProcedureFault::GateCircle {
                    before: gate.before.as_str(),
                    need: need.to_string(),
                    circle,
                };
                procedure.report.fault(place, fault.into());
            }
        }
    }
    gates
}

fn needs(fields: &mut Fields<'_, '_>, ids: &Ids) -> Vec<At<Need>> {
    if !fields.has("needs") {
        fields.fault(Reason::MissingKey {
            key: "needs".to_owned(),
        });
    }
    let words = fields.list::<String>("needs");
    no_repeats(fields.report, "needs", &words);
    words
        .into_iter()
        .filter_map(|word| need(fields, ids, word))
        .collect()
}

fn need(fields: &Fields<'_, '_>, ids: &Ids, word: At<String>) -> Option<At<Need>> {
    let place = word.place;
    if let Some(id) = word.value.strip_prefix("measure:") {
        let value = id.to_owned();
        let id: MeasureId = ids.measures.resolve(fields.report, &At { value, place })?;
        let value = Need::Measure(id);
        return Some(At { value, place });
    }
    if let Some(value) = Need::of_word(&word.value) {
        return Some(At { value, place });
    }
    let known: Vec<_> = Need::WORDS.iter().map(|(word, _)| *word).collect();
    let fault = ProcedureFault::UnknownNeed {
        need: word.value,
        known: known.join(", "),
    };
    fields.report.fault(place, fault.into());
    None
}

/// The way from what fills the need back to the command that waits for it, if there is one.
fn circle(gates: &[Gate], before: CommandName, need: &Need) -> Option<String> {
    // The closing command brings the answers along.
    if before == CommandName::Close && *need == Need::WrittenAnswers {
        return None;
    }
    let mut path = vec![before];
    leads_back(gates, need.met_by(), &mut path).then(|| {
        let names: Vec<_> = path.iter().map(|command| command.as_str()).collect();
        names.join(" → ")
    })
}

fn leads_back(gates: &[Gate], command: CommandName, path: &mut Vec<CommandName>) -> bool {
    let start = path[0];
    let seen = path.contains(&command);
    path.push(command);
    if command == start {
        return true;
    }
    let waits_for = |command: CommandName| {
        let own = gates.iter().filter(move |gate| gate.before == command);
        let needs = own.flat_map(|gate| &gate.needs);
        let brought = command == CommandName::Close;
        needs
            .filter(move |need| !(brought && **need == Need::WrittenAnswers))
            .map(Need::met_by)
            .chain(command.comes_after())
    };
    if !seen && waits_for(command).any(|next| leads_back(gates, next, path)) {
        return true;
    }
    path.pop();
    false
}
