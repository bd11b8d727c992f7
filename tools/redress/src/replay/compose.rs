//! One row as a submission.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{channel, columns::Columns, date};
use crate::input::Item;

/// What holds for all rows of a file.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Stands before every id.
    pub(super) prefix: String,
    /// For rows that name none.
    pub(super) channel: String,
    /// Where those who write Chinese are: their times without a zone are its. Others' are UTC.
    pub(super) china: TimeZone,
    pub(super) columns: Columns,
}

/// Larger values of further fields are not worth keeping: replies, resolutions.
const LONGEST_EXTRA_BYTES: usize = 1000;
/// The longest product or place that is kept.
const LONGEST_FIELD_CHARS: usize = 400;

impl Setting {
    /// The submission of a row; `None` for a row that says nothing at all.
    pub(super) fn item(&self, row: &[String], line: u64, place: String) -> Option<Item> {
        let columns = &self.columns;
        let get = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim());
        let description = self.description(row)?;
        let (locale, zone) = if description.chars().any(is_han) {
            ("zh-CN", &self.china)
        } else {
            ("en-US", &TimeZone::UTC)
        };
        let id = match get(columns.id) {
            "" => line.to_string(),
            id => id.to_owned(),
        };
        let mut submission = Map::new();
        let mut put = |key: &str, value: &str| {
            if !value.is_empty() {
                let value: String = value.chars().filter(|c| !c.is_control()).collect();
                let value: String = value.chars().take(LONGEST_FIELD_CHARS).collect();
                submission.insert(key.to_owned(), value.into());
            }
        };
        put("requestId", &format!("{}-{id}", self.prefix));
        put("kind", channel::kind(get(columns.kind)));
        put("product", get(columns.product));
        put("model", get(columns.model));
        put("place", get(columns.place));
        if let Some(time) = date::time(get(columns.date), zone) {
            put("occurredAt", &time);
        }
        submission.insert("description".to_owned(), description.into());
        submission.insert(
            "customer".to_owned(),
            serde_json::json!({ "locale": locale }),
        );
        submission.insert("extra".to_owned(), Value::Object(self.extra(row)));
        let by = channel::channel(get(columns.channel)).unwrap_or(&self.channel);
        Some(Item {
            channel: by.to_owned(),
            submission,
            place,
        })
    }

    /// Title and text; without a text the labels in one sentence.
    fn description(&self, row: &[String]) -> Option<String> {
        let columns = &self.columns;
        let get = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim());
        let (title, text) = (clean(get(columns.title)), clean(get(columns.text)));
        let text = if columns.is_segmented() {
            joined(&text)
        } else {
            text
        };
        let written = match (title.is_empty(), text.is_empty()) {
            (true, true) => self.labels(row),
            (true, false) => text,
            (false, true) => title,
            (false, false) if text.starts_with(&title) => text,
            (false, false) => format!("{title}\n{text}"),
        };
        (!written.is_empty()).then_some(written)
    }

    fn labels(&self, row: &[String]) -> String {
        let mut labels: Vec<&str> = Vec::new();
        for at in &self.columns.labels {
            let label = row.get(*at).map_or("", |cell| cell.trim());
            if !label.is_empty() && !labels.contains(&label) {
                labels.push(label);
            }
        }
        clean(
            &labels.join(if labels.iter().any(|it| it.chars().any(is_han)) {
                "，"
            } else {
                ": "
            }),
        )
    }

    /// Columns that are used for nothing else, as further fields of the channel.
    fn extra(&self, row: &[String]) -> Map<String, Value> {
        let cells = self.columns.names.iter().zip(row).enumerate();
        cells
            .filter(|(at, (_, cell))| {
                let text = cell.trim();
                !self.columns.is_used(*at) && !text.is_empty() && text.len() <= LONGEST_EXTRA_BYTES
            })
            .map(|(_, (name, cell))| (name.clone(), clean(cell.trim()).replace('\n', " ").into()))
            .collect()
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// Without the control characters that a door refuses.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// Segmented Chinese as it is written: no space between characters.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        out.push_str(word);
        let ends_plain = word
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        let starts_plain = words
            .peek()
            .and_then(|next| next.chars().next())
            .is_some_and(|c| c.is_ascii_alphanumeric());
        if ends_plain && starts_plain {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(header: &str, row: &[&str]) -> Item {
        let columns = Columns::find(header.split(',')).expect("a header");
        let setting = Setting {
            prefix: "set".to_owned(),
            channel: "web".to_owned(),
            china: TimeZone::UTC,
            columns,
        };
        let row: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
        setting
            .item(&row, 7, "f:7".to_owned())
            .expect("the row says something")
    }

    #[test]
    fn a_narrative_becomes_the_description() {
        let header = "row_id,date_received,product,submitted_via,narrative,timely";
        let item = item(
            header,
            &[
                "c-1",
                "2024-09-03",
                "Mortgage",
                "Referral",
                "They lost it",
                "Yes",
            ],
        );
        assert_eq!(item.channel, "partner");
        assert_eq!(item.submission["requestId"], "set-c-1");
        assert_eq!(item.submission["description"], "They lost it");
        assert_eq!(item.submission["occurredAt"], "2024-09-03T12:00:00+00:00");
        assert_eq!(item.submission["customer"]["locale"], "en-US");
        assert_eq!(item.submission["extra"]["timely"], "Yes");
    }

    #[test]
    fn title_and_body_stand_one_after_the_other() {
        let header = "row_id,type,channel,title,body";
        let item = item(header, &["fz-1", "建议", "微信", "关于内河", "水很臭"]);
        assert_eq!(item.submission["description"], "关于内河\n水很臭");
        assert_eq!(item.submission["kind"], "SUGGESTION");
        assert_eq!(item.channel, "social");
        assert_eq!(item.submission["customer"]["locale"], "zh-CN");
    }

    #[test]
    fn a_row_without_a_text_gets_one_of_its_labels() {
        let item = item(
            "row_id,created,complaint_type,borough",
            &["n-1", "", "Food Poisoning", "BRONX"],
        );
        assert_eq!(item.submission["description"], "Food Poisoning");
        assert_eq!(item.submission["place"], "BRONX");
        let header = "row_id,level1,level2,level3";
        let item = self::item(header, &["t-1", "城乡建设", "安全生产", "事故处理"]);
        assert_eq!(
            item.submission["description"],
            "城乡建设，安全生产，事故处理"
        );
    }

    #[test]
    fn segmented_words_are_joined() {
        assert_eq!(
            joined("西湖 建筑 集团 A3 区 low price 好"),
            "西湖建筑集团A3区low price好"
        );
    }

    #[test]
    fn what_a_door_refuses_is_left_out() {
        let item = item("row_id,text,note", &["1", "a\u{0}b\u{7}c", "x\u{1}\ny"]);
        assert_eq!(item.submission["description"], "abc");
        assert_eq!(item.submission["extra"]["note"], "x y");
    }

    #[test]
    fn a_row_without_an_id_is_named_by_its_line() {
        assert_eq!(item("text", &["x"]).submission["requestId"], "set-7");
    }
}
