//! The calculation of deadlines, in the words of the house.

use jiff::Timestamp;
use redress_calendar::{DayKind, Unit};
use redress_policy::{Clock as PolicyClock, ClockRules, PauseId};
use redress_sla::explain::{Row, RowKind, explain};
use redress_wire::{
    event::proto_time,
    sla_monitor::{
        CaseClocks, ClockExplanation, ClockRow, Explained, ExplainedSpan, ExplainedStep, StepRow,
    },
};

use crate::{
    clock::{clock_of, counting_name, facts},
    view::{Lacking, clock_state},
};

/// Every clock of a case, or the one asked for.
pub(crate) fn explained(
    row: &CaseClocks,
    rules: &ClockRules,
    clock: &str,
    locale: &str,
) -> Explained {
    let words = Words { rules, locale };
    let asked = |id: &str| clock.is_empty() || id == clock;
    let running = row.clocks.iter().filter(|it| asked(&it.clock));
    let there = |id: &str| row.clocks.iter().any(|clock| clock.clock == id);
    let lacking = row.faults.iter().map(|fault| Lacking::of(fault));
    let lacking = lacking.filter(|it| asked(it.clock) && !there(it.clock));
    Explained {
        complaint_id: row.complaint_id.clone(),
        number: row.number.clone(),
        policy: row.policy.clone(),
        clocks: running
            .map(|clock| one(row, clock, &words))
            .chain(lacking.map(|it| without_end(row, it, &words)))
            .collect(),
    }
}

/// What could not be computed of a clock that has an end: a step, or another end after a pause.
fn recorded(case: &CaseClocks, clock: &str) -> String {
    let faults = case.faults.iter().map(|fault| Lacking::of(fault));
    let faults = faults.filter(|it| it.clock == clock);
    let told = faults.map(|it| match it.step {
        Some(step) => format!("step {step}: {}. ", it.cause),
        None => format!("{}. ", it.cause),
    });
    told.collect()
}

/// A clock that should run and has no end: what it would be, and why it is not.
fn without_end(case: &CaseClocks, lacking: Lacking<'_>, words: &Words<'_>) -> ClockExplanation {
    let policy = words.rules.clocks().get(lacking.clock);
    let target = policy.and_then(|clock| clock.target(&facts(case)));
    let of = target.map(|target| &target.allowance);
    ClockExplanation {
        clock: lacking.clock.to_owned(),
        name: policy
            .map_or(lacking.clock, |c| c.name.in_locale(words.locale))
            .to_owned(),
        state: "no_end".to_owned(),
        allowance: of.map_or_else(String::new, |of| of.span.to_string()),
        counting: of.map_or("", |of| counting_name(of.counting)).to_owned(),
        calendar: of.map_or_else(String::new, |of| of.calendar.to_string()),
        fault: lacking.cause.to_owned(),
        ..ClockExplanation::default()
    }
}

fn one(case: &CaseClocks, row: &ClockRow, words: &Words<'_>) -> ClockExplanation {
    let clock = clock_of(case, row, words.rules);
    let of = &clock.allowance;
    let (spans, counted, fault) = match explain(words.rules, &clock) {
        Ok(found) => {
            let spans = found.rows.iter().map(|row| words.span(row)).collect();
            (spans, found.counted, String::new())
        }
        Err(fault) => (Vec::new(), 0, fault.to_string()),
    };
    let fault = [recorded(case, &row.clock), fault].concat();
    let time = matches!(of.span.unit, Unit::Wall | Unit::WorkingTime);
    let calendar = words.rules.calendar(&of.calendar);
    let zone = calendar.and_then(|calendar| calendar.zone().iana_name());
    let policy = words.rules.clocks().get(&row.clock);
    ClockExplanation {
        clock: row.clock.clone(),
        name: policy
            .map_or(&*row.clock, |c| c.name.in_locale(words.locale))
            .to_owned(),
        state: clock_state(row).to_owned(),
        started_at: Some(proto_time(row.started_at_us)),
        due_at: Some(proto_time(row.due_at_us)),
        stopped_at: row.stopped_at_us.map(proto_time),
        allowance: of.span.to_string(),
        counting: counting_name(of.counting).to_owned(),
        calendar: of.calendar.to_string(),
        zone: zone.unwrap_or_default().to_owned(),
        spans,
        counted,
        counted_in: if time { "seconds" } else { "days" }.to_owned(),
        fault,
        ladder: row
            .steps
            .iter()
            .map(|step| words.step(step, policy))
            .collect(),
    }
}

/// A step as it is shown, without its name.
pub(crate) fn step_view(step: &StepRow) -> ExplainedStep {
    let seen = !step.acknowledged_by.is_empty();
    ExplainedStep {
        step: step.step.clone(),
        name: String::new(),
        at: Some(proto_time(step.at_us)),
        reached_at: step.reached_at_us.map(proto_time),
        to: step.to.clone(),
        quiet: step.quiet.clone(),
        acknowledged_by: step.acknowledged_by.clone(),
        acknowledged_at: seen.then(|| proto_time(step.acknowledged_at_us)),
    }
}

/// The names of the policy in a language.
struct Words<'a> {
    rules: &'a ClockRules,
    locale: &'a str,
}

impl Words<'_> {
    fn pick<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        let chinese = self
            .locale
            .get(..2)
            .is_some_and(|l| l.eq_ignore_ascii_case("zh"));
        if chinese { zh } else { en }
    }

    fn step(&self, step: &StepRow, policy: Option<&PolicyClock>) -> ExplainedStep {
        let known = policy.and_then(|c| c.ladder.iter().find(|s| s.id.as_str() == step.step));
        let name = known.map_or(&*step.step, |known| known.name.in_locale(self.locale));
        ExplainedStep {
            name: name.to_owned(),
            ..step_view(step)
        }
    }

    fn span(&self, row: &Row) -> ExplainedSpan {
        let (kind, text) = self.kind(&row.kind);
        let time = |at: Timestamp| proto_time(at.as_microsecond());
        ExplainedSpan {
            kind: kind.to_owned(),
            from: Some(time(row.from)),
            to: row.to.map(time),
            counted: row.counted,
            text,
        }
    }

    fn kind(&self, kind: &RowKind) -> (&'static str, String) {
        match kind {
            RowKind::Counted { special: None } => {
                ("counted", self.pick("counts", "计入").to_owned())
            }
            RowKind::Counted { special: Some(day) } => {
                let what = match day.kind {
                    DayKind::MakeUp => self.pick("make-up working day", "调休上班"),
                    _ => self.pick("other working hours", "特殊工作时间"),
                };
                ("counted", named(what, day.name.as_deref()))
            }
            RowKind::Off => ("off", self.pick("no working time", "非工作时间").to_owned()),
            RowKind::Holiday { name } => (
                "holiday",
                named(self.pick("holiday", "节假日"), name.as_deref()),
            ),
            RowKind::NotCounted => (
                "not_counted",
                self.pick("does not count", "不计入").to_owned(),
            ),
            RowKind::Paused { reason } => (
                "paused",
                named(self.pick("stands still", "暂停"), Some(self.pause(reason))),
            ),
            RowKind::Extended { by, .. } => (
                "extended",
                format!("{} {by}", self.pick("extended by", "延长")),
            ),
        }
    }

    fn pause<'a>(&'a self, reason: &'a PauseId) -> &'a str {
        let known = self.rules.pauses().get(reason);
        known.map_or(reason.as_str(), |pause| pause.name.in_locale(self.locale))
    }
}

fn named(what: &str, name: Option<&str>) -> String {
    name.map_or_else(|| what.to_owned(), |name| format!("{what}: {name}"))
}
