//! A case's timeline as a story: by days, who did what.

use std::fmt::Write as _;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use redress_wire::router::{Case, TimelineEntry};

use super::names;
use crate::{
    commands::name_or_id,
    lang::Lang,
    output::{Output, message_to_json},
};

const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// Tells entries one after the other; a new day gets a line of its own.
pub(super) struct Story<'a> {
    out: &'a Output,
    zone: TimeZone,
    day: Option<jiff::civil::Date>,
}

impl<'a> Story<'a> {
    pub(super) fn new(out: &'a Output, zone: TimeZone) -> Self {
        Self {
            out,
            zone,
            day: None,
        }
    }

    /// The case in two lines.
    pub(super) fn head(&self, case: &Case, version: u64) -> String {
        let out = self.out;
        let order = case.work_order.clone().unwrap_or_default();
        let words = [
            name_or_id(&case.category_name, &case.category),
            name_or_id(&case.urgency_name, &case.urgency),
            name_or_id(&case.severity_name, &case.severity),
            name_or_id(&case.department_name, &order.department),
            name_or_id(&case.handler_name, &order.handler),
        ];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        format!(
            "{}  {} ({} {version})\n{}",
            out.bold(&case.number),
            names::state(&case.state, out),
            out.pick("version", "版本"),
            words.join(" · ")
        )
    }

    /// One entry, with its day before it where that is new.
    pub(super) fn entry(&mut self, entry: &TimelineEntry) -> String {
        let mut text = String::new();
        let at = entry
            .at
            .as_ref()
            .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
            .map(|at| at.to_zoned(self.zone.clone()));
        let time = at.as_ref().map_or("     ".to_owned(), |at| {
            if self.day.replace(at.date()) != Some(at.date()) {
                let _ = write!(text, "\n{}\n", self.out.bold(&self.day_name(at)));
            }
            at.strftime("%H:%M").to_string()
        });
        // The service's sentences say who acted; an event that it has none for is told by its name.
        let sentence = match entry.sentence.as_str() {
            "" => format!("{}{}", self.who(entry), entry.event.replace('_', " ")),
            sentence => sentence.to_owned(),
        };
        let _ = write!(text, "  {time}  {sentence}");
        for field in entry.fields.iter().filter(|field| !field.value.is_empty()) {
            let value = field.value.replace('\n', "\n           ");
            let _ = write!(text, "\n         {}: {value}", field.name);
        }
        text
    }

    fn day_name(&self, at: &Zoned) -> String {
        match self.out.lang {
            Lang::En => at.strftime("%A, %-d %B %Y").to_string(),
            Lang::Zh => {
                let weekday = WEEKDAYS[at.weekday().to_monday_zero_offset() as usize];
                format!("{} 星期{weekday}", at.strftime("%Y年%-m月%-d日"))
            }
        }
    }

    /// Who acted, and as what.
    fn who(&self, entry: &TimelineEntry) -> String {
        let name = name_or_id(&entry.actor_name, &entry.actor);
        if name.is_empty() {
            return String::new();
        }
        let (name, role) = (self.out.bold(name), entry.role.as_str());
        match (self.out.lang, role) {
            (Lang::Zh, "") => format!("{name}："),
            (Lang::Zh, role) => format!("{name}（{role}）："),
            (Lang::En, "") => format!("{name}: "),
            (Lang::En, role) => format!("{name} ({role}): "),
        }
    }
}

/// An entry for programs.
pub(super) fn json(entry: &TimelineEntry) -> serde_json::Value {
    message_to_json("redress.router.v1.TimelineEntry", entry)
}

#[cfg(test)]
mod tests {
    use redress_wire::router::TimelineField;

    use super::*;

    fn entry(seconds: i64, sentence: &str) -> TimelineEntry {
        TimelineEntry {
            at: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            actor: "wang".to_owned(),
            actor_name: "王丽华".to_owned(),
            role: "handler".to_owned(),
            event: "accepted".to_owned(),
            sentence: sentence.to_owned(),
            ..TimelineEntry::default()
        }
    }

    /// 2026-05-01T01:05:00Z, a Friday.
    const FRIDAY: i64 = 1_777_597_500;

    #[test]
    fn days_stand_above_what_happened_on_them() {
        let out = Output::plain(Lang::En);
        let mut story = Story::new(&out, TimeZone::UTC);
        let first = story.entry(&entry(FRIDAY, ""));
        assert_eq!(
            first,
            "\nFriday, 1 May 2026\n  01:05  王丽华 (handler): accepted"
        );
        let second = story.entry(&entry(FRIDAY + 60, "王丽华 took it on"));
        assert_eq!(second, "  01:06  王丽华 took it on");
        let next_day = story.entry(&entry(FRIDAY + 86_400, ""));
        assert!(
            next_day.starts_with("\nSaturday, 2 May 2026\n"),
            "{next_day}"
        );
    }

    #[test]
    fn the_story_is_told_in_chinese_with_what_was_said() {
        let out = Output::plain(Lang::Zh);
        let mut story = Story::new(&out, TimeZone::UTC);
        let mut entry = entry(FRIDAY, "王丽华受理案件");
        entry.fields = vec![TimelineField {
            name: "备注".to_owned(),
            value: "第一行\n第二行".to_owned(),
        }];
        assert_eq!(
            story.entry(&entry),
            "\n2026年5月1日 星期五\n  01:05  王丽华受理案件\n         \
             备注: 第一行\n           第二行"
        );
    }
}
