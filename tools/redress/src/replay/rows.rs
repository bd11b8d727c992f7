//! The rows of a data file.

use std::{io::BufRead, path::Path};

use anyhow::{Context as _, bail};
use csv::{Position, StringRecord};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{DataKind, columns::Columns, compose::Setting};
use crate::input::{Format, InputError, Item, format_of, open_text};

/// Rows one after the other; `None` stands for a row that says nothing.
pub(crate) type Rows = Box<dyn Iterator<Item = Result<Option<Item>, InputError>> + Send>;

/// Opens a data file. `channel` is for rows that name none.
pub(crate) fn open(path: &Path, kind: DataKind, channel: &str) -> anyhow::Result<Rows> {
    let text = open_text(path)?;
    let file = path.display().to_string();
    let setting = |columns: Columns| Setting {
        prefix: kind.prefix().map_or_else(|| stem(path), str::to_owned),
        channel: channel.to_owned(),
        china: TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC),
        columns,
    };
    match format_of(path) {
        Some(Format::Csv) => csv_rows(text, file, setting),
        Some(Format::JsonLines) => json_rows(text, file, setting),
        _ => bail!("{file}: its name must end in .csv or .jsonl, also with .gz"),
    }
}

/// `cfpb_narratives` of `…/cfpb_narratives.dev.csv.gz`.
fn stem(path: &Path) -> String {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("data");
    name.split('.').next().unwrap_or("data").to_owned()
}

fn csv_rows(
    text: Box<dyn BufRead + Send>,
    file: String,
    setting: impl FnOnce(Columns) -> Setting,
) -> anyhow::Result<Rows> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header = reader
        .headers()
        .with_context(|| format!("{file}:1: no header"))?
        .clone();
    let setting = setting(columns(header.iter(), &file)?);
    Ok(Box::new(reader.into_records().map(move |record| {
        let record: StringRecord = record.map_err(|error| InputError {
            file: file.clone(),
            line: error.position().map_or(0, Position::line),
            reason: error.to_string(),
        })?;
        let line = record.position().map_or(0, Position::line);
        let row: Vec<String> = record.iter().map(str::to_owned).collect();
        Ok(setting.item(&row, line, format!("{file}:{line}")))
    })))
}

/// Objects on lines; the first one's keys are the columns.
fn json_rows(
    text: Box<dyn BufRead + Send>,
    file: String,
    setting: impl FnOnce(Columns) -> Setting,
) -> anyhow::Result<Rows> {
    let mut lines = text.lines().enumerate().peekable();
    let first = match lines.peek() {
        Some((_, Ok(line))) => object(line, &file, 1)?,
        _ => bail!("{file}: holds no line"),
    };
    let keys: Vec<String> = first.keys().cloned().collect();
    let setting = setting(columns(keys.iter().map(String::as_str), &file)?);
    Ok(Box::new(lines.map(move |(index, line)| {
        let number = index as u64 + 1;
        let line = line.map_err(|error| InputError {
            file: file.clone(),
            line: number,
            reason: error.to_string(),
        })?;
        if line.trim().is_empty() {
            return Ok(None);
        }
        let object = object(&line, &file, number)?;
        let row: Vec<String> = keys.iter().map(|key| cell(object.get(key))).collect();
        Ok(setting.item(&row, number, format!("{file}:{number}")))
    })))
}

fn object(line: &str, file: &str, number: u64) -> Result<Map<String, Value>, InputError> {
    serde_json::from_str(line).map_err(|error| InputError {
        file: file.to_owned(),
        line: number,
        reason: format!("is not a JSON object: {error}"),
    })
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn columns<'a>(header: impl Iterator<Item = &'a str>, file: &str) -> anyhow::Result<Columns> {
    Columns::find(header).with_context(|| {
        format!(
            "{file}:1: no column for the text (narrative, body, content, text, complaint, \
             description, title) and none with labels (issue, complaint_type, category, …)"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn rows(name: &str, bytes: &[u8]) -> anyhow::Result<Vec<Result<Option<Item>, InputError>>> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(open(&path, DataKind::Auto, "web")?.collect())
    }

    #[test]
    fn a_compressed_file_is_read_and_its_name_stands_before_the_ids() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all("row_id,text\r\na-1,\"two\nlines\"\r\n,\r\n".as_bytes())
            .expect("in memory");
        let rows = rows("some_set.dev.csv.gz", &gz.finish().expect("in memory")).expect("a file");
        let item = rows[0]
            .as_ref()
            .expect("a row")
            .as_ref()
            .expect("it says something");
        assert_eq!(item.submission["requestId"], "some_set-a-1");
        assert_eq!(item.submission["description"], "two\nlines");
        assert!(
            rows[1].as_ref().expect("a row").is_none(),
            "an empty row says nothing"
        );
    }

    #[test]
    fn json_lines_are_rows_too() {
        let text = "{\"id\":1,\"text\":\"a\"}\n\n{\"id\":2,\"text\":\"b\",\"more\":3}\n{oops\n";
        let rows = rows("x.jsonl", text.as_bytes()).expect("a file");
        let item = rows[2]
            .as_ref()
            .expect("a row")
            .as_ref()
            .expect("it says something");
        assert_eq!(item.submission["requestId"], "x-2");
        let error = rows[3].as_ref().expect_err("no JSON").to_string();
        assert!(error.contains("x.jsonl:4: is not a JSON object"), "{error}");
    }

    #[test]
    fn a_file_without_a_text_is_refused_with_what_is_looked_for() {
        let error = rows("x.csv", b"case_id,seq\n1,2\n")
            .expect_err("no text")
            .to_string();
        assert!(error.contains("x.csv:1: no column for the text"), "{error}");
    }
}
