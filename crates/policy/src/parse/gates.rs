//! Reads the gates of a procedure, and finds those that no case can pass.

use std::collections::BTreeSet;

use crate::error::{ProcedureFault, Reason};
use crate::ids::MeasureId;
use crate::model::command::CommandName;
use crate::model::need::Need;
use crate::model::procedure::Gate;
use crate::model::staff::Staff;
use crate::parse::context::Ids;
use crate::parse::declared::no_repeats;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place};

pub(crate) fn read(procedure: &mut Fields<'_, '_>, ids: &Ids, staff: Option<&Staff>) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    let mut places: Vec<(Place, Vec<Place>)> = Vec::new();
    for mut fields in procedure.tables("gate") {
        let before = fields.req::<CommandName>("before");
        let needs = needs(&mut fields, ids);
        for need in &needs {
            check_filled(&fields, need, staff);
        }
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
    let mut circles = Vec::new();
    for (gate, (_, places)) in gates.iter().zip(&places) {
        for (need, &place) in gate.needs.iter().zip(places) {
            check_circle(procedure, &gates, (gate.before, need), place, &mut circles);
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

/// Somebody may do what fills the need; measures say themselves who records them.
fn check_filled(fields: &Fields<'_, '_>, need: &At<Need>, staff: Option<&Staff>) {
    let Some(staff) = staff else {
        return;
    };
    let command = need.value.met_by();
    let able = staff.roles().iter().filter(|role| role.may(command));
    let mut held = able.filter(|role| role.id != *Staff::SYSTEM);
    if !held.any(|role| staff.holders(role.id.as_str()).next().is_some()) {
        let fault = ProcedureFault::NobodyFills {
            need: need.value.to_string(),
            command: command.as_str(),
        };
        fields.report.fault(need.place, fault.into());
    }
}

/// Reports a gate that only opens after its own command; each circle once.
fn check_circle(
    procedure: &Fields<'_, '_>,
    gates: &[Gate],
    (before, need): (CommandName, &Need),
    place: Place,
    circles: &mut Vec<BTreeSet<CommandName>>,
) {
    let Some(path) = circle(gates, before, need) else {
        return;
    };
    let commands: BTreeSet<_> = path.iter().copied().collect();
    if circles.contains(&commands) {
        return;
    }
    circles.push(commands);
    let names: Vec<_> = path.iter().map(|command| command.as_str()).collect();
    let fault = ProcedureFault::GateCircle {
        before: before.as_str(),
        need: need.to_string(),
        circle: names.join(" ← "),
    };
    procedure.report.fault(place, fault.into());
}

/// The way from a command that waits for a need back to that command, if what fills the need only
/// comes after it.
///
/// What comes before the command in every case is not at fault, whatever stands in its own gate.
fn circle(gates: &[Gate], before: CommandName, need: &Need) -> Option<Vec<CommandName>> {
    let mut line = std::iter::successors(before.comes_after(), |command| command.comes_after());
    if is_brought_along(before, need) || line.any(|command| command == need.met_by()) {
        return None;
    }
    let mut way = Way {
        gates,
        to: before,
        seen: BTreeSet::new(),
        path: vec![before],
    };
    way.leads_back(need.met_by()).then_some(way.path)
}

/// The closing command brings its answers along.
fn is_brought_along(command: CommandName, need: &Need) -> bool {
    command == CommandName::Close && *need == Need::WrittenAnswers
}

/// A search along what commands wait for.
struct Way<'a> {
    gates: &'a [Gate],
    to: CommandName,
    seen: BTreeSet<CommandName>,
    path: Vec<CommandName>,
}

impl Way<'_> {
    fn leads_back(&mut self, command: CommandName) -> bool {
        self.path.push(command);
        if command == self.to {
            return true;
        }
        if self.seen.insert(command) {
            for next in self.waits_for(command) {
                if self.leads_back(next) {
                    return true;
                }
            }
        }
        self.path.pop();
        false
    }

    fn waits_for(&self, command: CommandName) -> Vec<CommandName> {
        let gates = self.gates.iter().filter(|gate| gate.before == command);
        let needs = gates.flat_map(|gate| &gate.needs);
        needs
            .filter(|need| !is_brought_along(command, need))
            .map(Need::met_by)
            .chain(command.comes_after())
            .collect()
    }
}
