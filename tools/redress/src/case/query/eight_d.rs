//! The 8D report: what the timeline says to each discipline.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use redress_wire::router::TimelineEntry;
use serde_json::{Value, json};

use super::timeline;
use crate::{
    case::story::{self, Story},
    clients::Clients,
    output::Output,
};

const DISCIPLINES: [(&str, &str, &str); 9] = [
    ("D0", "Preparation and emergency response", "应急准备"),
    ("D1", "Team", "成立小组"),
    ("D2", "The problem described", "描述问题"),
    ("D3", "Interim containment", "临时遏制措施"),
    ("D4", "Root cause and escape point", "根本原因与逃逸点"),
    (
        "D5",
        "Permanent corrective action chosen",
        "选定永久纠正措施",
    ),
    ("D6", "Carried out and verified", "实施并验证"),
    ("D7", "Recurrence prevented", "预防再发"),
    ("D8", "Concluded with the customer", "总结与确认"),
];

/// The report of a case.
#[derive(Debug)]
pub(crate) struct Report {
    number: String,
    entries: Vec<TimelineEntry>,
}

/// The report as the case's record has it now.
pub(crate) async fn report(clients: &Clients, name: &str, out: &Output) -> anyhow::Result<Report> {
    Ok(Report {
        number: name.to_owned(),
        entries: timeline::asked(clients, name, out).await?.entries,
    })
}

impl Report {
    pub(crate) fn text(&self, out: &Output) -> String {
        let mut text = format!("\n{} {}", out.pick("8D report", "8D报告"), self.number);
        for (id, en, zh) in DISCIPLINES {
            let _ = write!(
                text,
                "\n\n{}",
                out.bold(&format!("{id} {}", out.pick(en, zh)))
            );
            let mut story = Story::new(out, TimeZone::system());
            let mut entries = self.of(id).peekable();
            if entries.peek().is_none() {
                let nothing = out.pick("nothing recorded", "无记录");
                let _ = write!(text, "\n  {nothing}");
            }
            for entry in entries {
                let _ = write!(text, "\n{}", story.entry(entry).trim_start_matches('\n'));
            }
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let discipline = |(id, en, zh): (&str, &str, &str)| {
            let entries: Vec<Value> = self.of(id).map(story::json).collect();
            json!({"discipline": id, "name": {"en": en, "zh": zh}, "entries": entries})
        };
        DISCIPLINES.into_iter().map(discipline).collect()
    }

    fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a TimelineEntry> {
        let of = move |entry: &&TimelineEntry| entry.eight_d.iter().any(|d| d == id);
        self.entries.iter().filter(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn entry(sentence: &str, eight_d: &[&str]) -> TimelineEntry {
        TimelineEntry {
            sentence: sentence.to_owned(),
            eight_d: eight_d.iter().map(ToString::to_string).collect(),
            ..TimelineEntry::default()
        }
    }

    #[test]
    fn each_discipline_tells_what_was_recorded_for_it() {
        let report = Report {
            number: "CF20260501001".to_owned(),
            entries: vec![
                entry("li set up the task force", &["D1"]),
                entry("li noted something", &[]),
                entry("li held the stock back, with wang", &["D3", "D1"]),
            ],
        };
        let text = report.text(&Output::plain(Lang::En));
        let team = "D1 Team\n         li set up the task force\n         li held the stock back";
        assert!(text.contains(team), "{text}");
        assert!(
            text.contains("D2 The problem described\n  nothing recorded"),
            "{text}"
        );
        assert!(
            text.contains("D3 Interim containment\n         li held"),
            "{text}"
        );
        assert!(!text.contains("noted"), "{text}");
        assert!(
            report
                .text(&Output::plain(Lang::Zh))
                .contains("D2 描述问题\n  无记录")
        );
        let json = report.json();
        assert_eq!(json[1]["entries"].as_array().map(Vec::len), Some(2));
        assert_eq!(json[8]["discipline"], "D8");
    }
}
