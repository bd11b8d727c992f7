//! A report as one JSON object.

use redress_policy::LevelId;
use redress_what_if::{
    Agreement, Cell, ClockCounts, Counts, Delta, Example, Pair, Recorded, Report,
};
use serde_json::{Map, Value, json};

use crate::simulate::subject::Subject;

/// All of a report.
pub(crate) fn json(subject: &Subject) -> Value {
    let report = &subject.report;
    json!({
        "history": subject.history,
        "since": subject.window.since.to_string(),
        "until": subject.window.until.to_string(),
        "policies": {
            "today": {"dir": subject.dirs.today, "version": subject.version(|it| &it.today)},
            "candidate": {
                "dir": subject.dirs.candidate, "version": subject.version(|it| &it.candidate),
            },
        },
        "cases": report.cases,
        "events": subject.events,
        "seconds": round(subject.seconds),
        "eventsPerSecond": subject.per_second().round(),
        "differs": report.has_differences(),
        "total": cell(&report.total()),
        "weeks": cells(report),
        "clocks": clocks(report),
        "steps": steps(report),
        "routing": moves(report),
        "approvals": approvals(report),
        "procedures": gates(report),
        "corrections": {
            "made": report.corrections.made,
            "sparedToday": report.corrections.spared_today,
            "sparedByCandidate": report.corrections.spared_by_candidate,
        },
        "faults": faults(report),
        "recorded": recorded(&report.recorded),
        "examples": report.examples().map(example).collect::<Value>(),
        "notCounted": {
            "outsideOfTheWindow": report.skipped,
            "notYetRouted": report.unrouted,
            "wordsUnreadable": report.unreadable,
        },
    })
}

fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

fn both<T>(pair: Pair<T>, show: impl Fn(T) -> Value) -> Value {
    let [today, candidate] = pair.into_array().map(show);
    json!({"today": today, "candidate": candidate})
}

/// The figures of both policies, and what comes and goes.
pub(crate) fn cell(cell: &Cell) -> Value {
    let changed: Map<String, Value> = cell
        .deltas()
        .into_iter()
        .map(|(name, delta)| (camel(name), change(delta)))
        .collect();
    json!({
        "today": counts(&cell.counts.today),
        "candidate": counts(&cell.counts.candidate),
        "changed": changed,
        "reclassified": cell.reclassified,
    })
}

fn counts(counts: &Counts) -> Value {
    let figures = counts.figures().into_iter();
    let mut shown: Map<String, Value> = figures
        .map(|(name, count)| (camel(name), json!(count)))
        .collect();
    shown.insert("onTimeRate".to_owned(), json!(counts.on_time_rate()));
    Value::Object(shown)
}

fn change(delta: Delta) -> Value {
    json!({"more": delta.more, "less": delta.less})
}

fn cells(report: &Report) -> Value {
    let cells = report.cells.iter().map(|((week, department), of)| {
        let mut shown = cell(of);
        shown["week"] = json!(week.to_string());
        shown["department"] = json!(department.as_str());
        shown
    });
    cells.collect()
}

fn clocks(report: &Report) -> Value {
    let clock = |counts: ClockCounts| {
        json!({
            "started": counts.started, "onTime": counts.on_time, "late": counts.late,
            "open": counts.open, "cancelled": counts.cancelled, "warnings": counts.warnings,
            "breached": counts.breached,
        })
    };
    let clocks = report.clocks.iter().map(|(id, counts)| {
        let mut shown = both(*counts, clock);
        shown["clock"] = json!(id.as_str());
        shown
    });
    clocks.collect()
}

fn steps(report: &Report) -> Value {
    let steps = report.steps.iter().map(|((clock, step), counts)| {
        let mut shown = both(*counts, Value::from);
        shown["clock"] = json!(clock.as_str());
        shown["step"] = json!(step.as_str());
        shown
    });
    steps.collect()
}

fn moves(report: &Report) -> Value {
    let moves = report.moves.iter().map(
        |(it, count)| json!({"axis": it.axis.name(), "from": it.from, "to": it.to, "cases": count}),
    );
    moves.collect()
}

fn approvals(report: &Report) -> Value {
    let approvals = report.approvals.iter().map(|(levels, count)| {
        let ids = |levels: &Vec<LevelId>| -> Value { levels.iter().map(LevelId::as_str).collect() };
        let mut shown = both(levels.as_ref(), ids);
        shown["plans"] = json!(count);
        shown
    });
    approvals.collect()
}

fn gates(report: &Report) -> Value {
    let gates = report.held_up.iter().map(|((command, need), counts)| {
        let mut shown = both(*counts, Value::from);
        shown["before"] = json!(command.as_str());
        shown["missing"] = json!(need.to_string());
        shown
    });
    gates.collect()
}

fn faults(report: &Report) -> Value {
    let faults = report.faults.iter().map(|(clock, faults)| {
        let mut shown = both(faults.count, Value::from);
        shown["clock"] = json!(clock.as_str());
        shown["example"] = json!(faults.example);
        shown
    });
    faults.collect()
}

fn recorded(recorded: &Recorded) -> Value {
    let agreement = |it: Agreement| json!({"agree": it.agree, "differ": it.differ});
    json!({
        "routings": agreement(recorded.routings),
        "clocks": agreement(recorded.clocks),
        "approvals": agreement(recorded.approvals),
        "routedUnderOtherVersions": recorded.other_version,
        "clocksStarted": recorded.clocks_started,
        "onTime": recorded.on_time,
        "late": recorded.late,
        "warnings": recorded.warnings,
        "breaches": recorded.breaches,
        "escalations": recorded.escalations,
    })
}

fn example(example: &Example) -> Value {
    json!({
        "kind": example.kind.name(), "number": &*example.number, "about": example.about,
        "today": example.outcome.today, "candidate": example.outcome.candidate,
    })
}

/// `on_time` as JSON writes it: `onTime`.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (head, tail) = word.split_at(usize::from(!word.is_empty()));
        name.push_str(&head.to_uppercase());
        name.push_str(tail);
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_json_writes_them() {
        assert_eq!(camel("on_time"), "onTime");
        assert_eq!(camel("late"), "late");
        assert_eq!(camel("to_approve"), "toApprove");
    }
}
