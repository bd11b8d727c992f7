//! `redress calendar check`: due times of other systems.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::judge::{Verdict, judge};
use super::vector::Vector;
use crate::{commands::Ending, output::Output};

/// How many vectors had which verdict.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    vectors: usize,
    agree: usize,
    within_tolerance: usize,
    at_boundary: usize,
    differ: usize,
    differ_clear: usize,
}

pub(super) fn run(file: &Path, out: &Output) -> anyhow::Result<Ending> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
    let vectors: Vec<Value> = serde_json::from_str(&text)
        .with_context(|| format!("{} is no JSON list of vectors", file.display()))?;
    let mut tally = Tally::default();
    for vector in &vectors {
        tally.vectors += 1;
        let (verdict, note) = verdict(vector);
        // A vector that does not say otherwise means what it says.
        let clear = vector["semantics"].as_str() != Some("unclear");
        tally.count(&verdict, clear);
        show(vector, &verdict, clear, note.as_deref(), out)?;
    }
    out.object(&json!({
        "vectors": tally.vectors,
        "agree": tally.agree,
        "differ": tally.differ,
        "differ_clear": tally.differ_clear,
        "agree_within_tolerance": tally.within_tolerance,
        "agree_at_boundary": tally.at_boundary,
    }))?;
    Ok(if tally.differ_clear == 0 {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

fn verdict(vector: &Value) -> (Verdict, Option<String>) {
    match serde_json::from_value::<Vector>(vector.clone()) {
        Ok(vector) => (judge(&vector), vector.note),
        // What cannot even be read is refused, as it should be.
        Err(_) if vector["kind"] == "error" => (Verdict::Same, None),
        Err(error) => {
            let (ours, theirs) = (format!("not understood: {error}"), "an answer".to_owned());
            (Verdict::Differs { ours, theirs }, None)
        }
    }
}

impl Tally {
    fn count(&mut self, verdict: &Verdict, clear: bool) {
        match verdict {
            Verdict::Differs { .. } => {
                self.differ += 1;
                self.differ_clear += usize::from(clear);
                return;
            }
            Verdict::Same => {}
            Verdict::Within => self.within_tolerance += 1,
            Verdict::Boundary { .. } => self.at_boundary += 1,
        }
        self.agree += 1;
    }
}

fn show(
    vector: &Value,
    verdict: &Verdict,
    clear: bool,
    note: Option<&str>,
    out: &Output,
) -> anyhow::Result<()> {
    let (word, ours, theirs) = match verdict {
        Verdict::Same | Verdict::Within => return Ok(()),
        Verdict::Boundary { ours, theirs } => ("same working moment", ours, theirs),
        Verdict::Differs { ours, theirs } if clear => ("DIFFERS", ours, theirs),
        Verdict::Differs { ours, theirs } => ("differs, unclear", ours, theirs),
    };
    let id = vector["id"].as_str().unwrap_or("?");
    let kind = vector["kind"].as_str().unwrap_or("?");
    if out.json {
        out.object(&json!({
            "id": id, "kind": kind, "verdict": word, "ours": ours, "expected": theirs, "note": note,
        }))?;
        return Ok(());
    }
    out.line(&format!(
        "{word}: {id} ({kind}): ours {ours}, expected {theirs}"
    ))?;
    if let Some(note) = note {
        out.line(&format!("    {note}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    /// A vector over a week of nine to five, with a lunch break on Fridays.
    fn vector(fields: &Value) -> Value {
        let day = json!([["09:00", "17:00"]]);
        let mut vector = json!({
            "id": "test-001",
            "calendar": {
                "tz": "Europe/Berlin",
                "weekly": {
                    "mon": day, "tue": day, "wed": day, "thu": day,
                    "fri": [["09:00", "12:00"], ["13:00", "17:00"]],
                },
                "holidays": ["05-01", "2026-05-14"],
                "day_overrides": {"2026-05-13": [["10:00", "11:00"]], "2026-05-12": []},
            },
            "pauses": [],
            "semantics": "clear",
        });
        for (key, value) in fields.as_object().expect("fields") {
            vector[key] = value.clone();
        }
        vector
    }

    fn judged(fields: &Value) -> Verdict {
        verdict(&vector(fields)).0
    }

    #[test]
    fn work_is_added_and_taken_away_over_holidays_and_special_days() {
        let cases = [
            (
                "add",
                "2026-05-11T16:00:00+02:00",
                3600 * 3,
                "2026-05-15T10:00:00+02:00",
            ),
            (
                "add",
                "2026-04-30T16:30:00+02:00",
                3600,
                "2026-05-04T09:30:00+02:00",
            ),
            (
                "add",
                "2026-05-12T10:00:00Z",
                0,
                "2026-05-13T10:00:00+02:00",
            ),
            (
                "subtract",
                "2026-05-15T09:00:00+02:00",
                1800,
                "2026-05-13T10:30:00+02:00",
            ),
            (
                "subtract",
                "2026-05-12T10:00:00Z",
                0,
                "2026-05-11T17:00:00+02:00",
            ),
        ];
        for (kind, start, seconds, due) in cases {
            let verdict = judged(&json!({
                "kind": kind, "start": start, "working_seconds": seconds, "expected_due": due,
            }));
            assert_eq!(verdict, Verdict::Same, "{kind} {start} {seconds}");
        }
    }

    #[test]
    fn pauses_stop_the_clock_in_working_time_only() {
        let pause = json!([
            {"from": "2026-05-08T11:30:00+02:00", "to": "2026-05-08T13:30:00+02:00"},
            {"from": "2026-05-08T12:00:00+02:00", "to": "2026-05-08T13:15:00+02:00"},
        ]);
        let verdict = judged(&json!({
            "kind": "add", "start": "2026-05-08T11:00:00+02:00", "working_seconds": 3600,
            "expected_due": "2026-05-08T14:00:00+02:00", "pauses": pause,
        }));
        assert_eq!(verdict, Verdict::Same);
        let verdict = judged(&json!({
            "kind": "subtract", "start": "2026-05-08T14:00:00+02:00", "working_seconds": 3600,
            "expected_due": "2026-05-08T11:00:00+02:00", "pauses": pause,
        }));
        assert_eq!(verdict, Verdict::Same);
        let verdict = judged(&json!({
            "kind": "between", "start": "2026-05-08T11:00:00+02:00",
            "end": "2026-05-08T14:00:00+02:00", "expected_working_seconds": 3600, "pauses": pause,
        }));
        assert_eq!(verdict, Verdict::Same);
    }

    #[test]
    fn a_list_that_is_null_says_that_there_is_nothing() {
        let mut vector = vector(&json!({
            "kind": "add", "start": "2026-05-08T10:00:00+02:00", "working_seconds": 3600,
            "expected_due": "2026-05-08T11:00:00+02:00", "pauses": null,
        }));
        vector["calendar"]["holidays"] = Value::Null;
        vector["calendar"]["day_overrides"] = Value::Null;
        assert_eq!(verdict(&vector).0, Verdict::Same);
    }

    #[test]
    fn days_are_stepped_in_four_ways() {
        let cases = [
            ("add_days", 1, "2026-05-08T12:30:00+02:00"),
            ("add_days", 2, "2026-05-11T12:30:00+02:00"),
            ("add_days_date", 1, "2026-05-08T12:30:00+02:00"),
            ("add_days_date", -1, "2026-05-06T12:30:00+02:00"),
            ("add_days_date_only", 1, "2026-05-08T23:00:00+02:00"),
            ("add_days_eod", 1, "2026-05-08T17:00:00+02:00"),
        ];
        for (kind, days, due) in cases {
            // Friday at 12:30 is lunch: only `add_days` rolls on.
            let due = match (kind, days) {
                ("add_days", 1) => "2026-05-08T13:00:00+02:00",
                _ => due,
            };
            let verdict = judged(&json!({
                "kind": kind, "start": "2026-05-07T12:30:00+02:00", "working_days": days,
                "expected_due": due,
            }));
            assert_eq!(verdict, Verdict::Same, "{kind} {days}");
        }
    }

    #[test]
    fn an_end_before_its_start_is_negative_nothing_or_the_distance() {
        let between = |seconds: i64| {
            judged(&json!({
                "kind": "between", "start": "2026-05-08T14:00:00+02:00",
                "end": "2026-05-08T11:00:00+02:00", "expected_working_seconds": seconds,
            }))
        };
        assert_eq!(between(-7200), Verdict::Same);
        assert_eq!(between(0), Verdict::Same);
        assert_eq!(between(7200), Verdict::Same);
        assert!(matches!(between(3600), Verdict::Differs { .. }));
        let days = |days: i64| {
            judged(&json!({
                "kind": "workdays_between", "start": "2026-05-08T14:00:00+02:00",
                "end": "2026-05-15T11:00:00+02:00", "expected_working_days": days,
            }))
        };
        assert_eq!(days(4), Verdict::Same);
        assert!(matches!(days(5), Verdict::Differs { .. }));
    }

    #[test]
    fn closing_time_and_the_next_opening_are_one_working_moment() {
        let ends = |kind: &str, start: &str, seconds: u64, due: &str| {
            judged(&json!({
                "kind": kind, "start": start, "working_seconds": seconds, "expected_due": due,
            }))
        };
        let friday = "2026-05-08T16:00:00+02:00";
        let next = ends("add", friday, 3600, "2026-05-11T09:00:00+02:00");
        assert!(matches!(next, Verdict::Boundary { .. }), "{next:?}");
        assert_eq!(
            ends("add", friday, 3600, "2026-05-08T17:00:00+02:00"),
            Verdict::Same
        );
        let beyond = ends("add", friday, 3600, "2026-05-11T09:00:01+02:00");
        assert!(matches!(beyond, Verdict::Differs { .. }), "{beyond:?}");
        // Where no work at all rolls to is not a matter of taste.
        let unmoved = ends(
            "add",
            "2026-05-08T17:00:00+02:00",
            0,
            "2026-05-08T17:00:00+02:00",
        );
        assert!(matches!(unmoved, Verdict::Differs { .. }), "{unmoved:?}");
    }

    #[test]
    fn what_must_be_refused_is_refused() {
        let refused = |fields: Value| judged(&fields) == Verdict::Same;
        let start = "2026-05-08T16:00:00+02:00";
        assert!(refused(
            json!({"kind": "error", "start": start, "working_seconds": 0})
        ));
        assert!(refused(
            json!({"kind": "error", "start": start, "working_seconds": -60})
        ));
        assert!(!refused(
            json!({"kind": "error", "start": start, "working_seconds": 60})
        ));
        for (day, open, close) in [
            ("mon", "25:00", "26:00"),
            ("mon", "09:00", "18:60"),
            ("mon", "18:00", "09:00"),
            ("mon", "9am", "17:00"),
            ("someday", "09:00", "17:00"),
        ] {
            let calendar = json!({"tz": "UTC", "weekly": {day: [[open, close]]}, "holidays": []});
            let fields = json!({
                "kind": "error", "start": start, "working_seconds": 60, "calendar": calendar,
            });
            assert!(refused(fields), "{day} {open} {close}");
        }
        for calendar in [
            json!({"tz": "Europe/Nowhere", "weekly": {"mon": [["09:00", "17:00"]]}}),
            json!({"tz": "UTC", "weekly": {}}),
        ] {
            let fields = json!({
                "kind": "error", "start": start, "working_seconds": 60, "calendar": calendar,
            });
            assert!(refused(fields), "{calendar}");
        }
    }

    #[test]
    fn a_refusal_needs_something_to_refuse() {
        let start = "2026-05-08T16:00:00+02:00";
        let bare = judged(&json!({"kind": "error", "start": start}));
        assert!(matches!(bare, Verdict::Differs { .. }), "{bare:?}");
        let days = judged(&json!({"kind": "error", "start": start, "working_days": 2}));
        assert!(matches!(days, Verdict::Differs { .. }), "{days:?}");
        for wrong in [
            json!({"kind": "error", "start": "yesterday", "working_seconds": 60}),
            json!({"kind": "error", "start": start, "working_seconds": 60, "calendar": 3}),
            json!({"kind": "error", "start": start, "end": "never"}),
            json!({"kind": "error", "start": start, "working_days": -1}),
        ] {
            assert_eq!(judged(&wrong), Verdict::Same, "{wrong}");
        }
    }

    #[test]
    fn only_a_difference_whose_meaning_is_clear_is_a_problem() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vectors.json");
        let check = |vectors: Value| {
            std::fs::write(&file, vectors.to_string()).expect("written");
            run(&file, &Output::plain(Lang::En)).expect("it is a list")
        };
        let right = vector(&json!({
            "kind": "is_working_time", "start": "2026-05-08T10:00:00Z", "expected_bool": false,
        }));
        let mut wrong = right.clone();
        wrong["expected_bool"] = json!(true);
        let mut unclear = wrong.clone();
        unclear["semantics"] = json!("unclear");
        assert_eq!(check(json!([right, unclear])), Ending::Fine);
        assert_eq!(check(json!([right, wrong])), Ending::Problems);
        assert_eq!(check(json!([{"id": "x", "kind": "new"}])), Ending::Problems);
        std::fs::write(&file, "{}").expect("written");
        assert!(run(&file, &Output::plain(Lang::En)).is_err(), "not a list");
    }
}
