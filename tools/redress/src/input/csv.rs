//! CSV whose header names the fields of a submission.

use std::io::BufRead;

use anyhow::bail;
use csv::{Position, StringRecord};
use serde_json::{Map, Value};

use super::{InputError, Item, Items};

const FIELDS: [&str; 11] = [
    "requestId",
    "kind",
    "description",
    "wish",
    "product",
    "model",
    "quantity",
    "batchNo",
    "orderNo",
    "occurredAt",
    "place",
];
const CUSTOMER: [&str; 8] = [
    "name",
    "phone",
    "email",
    "address",
    "customerNo",
    "locale",
    "preferredContact",
    "tier",
];

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Channel,
    Field(&'static str),
    Customer(&'static str),
    Extra(String),
}

/// One complaint for each row.
pub(super) fn rows(
    text: Box<dyn BufRead + Send>,
    file: String,
    channel: Option<String>,
) -> anyhow::Result<Items> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text);
    let header = reader.headers()?.clone();
    let mut columns = Vec::new();
    for name in &header {
        columns.push(column(name).ok_or_else(|| InputError {
            file: file.clone(),
            line: 1,
            reason: format!(
                "{name:?} is no field of a submission; use {}, a customer's field such as name or \
                 customer.phone, channel, or extra.{name}",
                FIELDS.join(", ")
            ),
        })?);
    }
    if !columns.contains(&Column::Field("description")) {
        bail!("{file}:1: there is no column `description`");
    }
    Ok(Box::new(reader.into_records().map(move |record| {
        let record = record.map_err(|error| broken(&file, &error))?;
        let line = record.position().map_or(0, Position::line);
        let place = format!("{file}:{line}");
        item(&columns, &record, channel.as_deref(), place).map_err(|reason| InputError {
            file: file.clone(),
            line,
            reason,
        })
    })))
}

fn broken(file: &str, error: &csv::Error) -> InputError {
    let line = error.position().map_or(0, Position::line);
    InputError {
        file: file.to_owned(),
        line,
        reason: error.to_string(),
    }
}

fn column(name: &str) -> Option<Column> {
    let name = name.trim().trim_start_matches('\u{feff}');
    if let Some(extra) = name.strip_prefix("extra.") {
        return Some(Column::Extra(extra.to_owned()));
    }
    if name.eq_ignore_ascii_case("channel") {
        return Some(Column::Channel);
    }
    let (of_customer, name) = match name.strip_prefix("customer.") {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let find = |fields: &[&'static str]| {
        fields
            .iter()
            .copied()
            .find(|field| plain(field) == plain(name))
    };
    let field = if of_customer {
        None
    } else {
        find(&FIELDS).map(Column::Field)
    };
    field.or_else(|| find(&CUSTOMER).map(Column::Customer))
}

fn item(
    columns: &[Column],
    record: &StringRecord,
    channel: Option<&str>,
    place: String,
) -> Result<Item, String> {
    let mut own = None;
    let (mut submission, mut customer, mut extra) = (Map::new(), Map::new(), Map::new());
    for (column, value) in columns
        .iter()
        .zip(record)
        .filter(|(_, value)| !value.is_empty())
    {
        let value = value.to_owned();
        match column {
            Column::Channel => own = Some(value),
            Column::Field(name) => drop(submission.insert((*name).to_owned(), value.into())),
            Column::Customer(name) => drop(customer.insert((*name).to_owned(), value.into())),
            Column::Extra(name) => drop(extra.insert(name.clone(), value.into())),
        }
    }
    for (name, object) in [("customer", customer), ("extra", extra)] {
        if !object.is_empty() {
            submission.insert(name.to_owned(), Value::Object(object));
        }
    }
    let channel = own.or_else(|| channel.map(str::to_owned));
    let channel = channel.ok_or("names no channel; give one with --channel, such as letter")?;
    Ok(Item {
        channel,
        submission,
        place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> anyhow::Result<Vec<Result<Item, InputError>>> {
        let source = Box::new(text.as_bytes());
        Ok(rows(source, "x.csv".to_owned(), Some("letter".to_owned()))?.collect())
    }

    #[test]
    fn the_header_names_the_fields() {
        let items =
            read("request_id,description,name,customer.phone,extra.shop\n1,坏了,张三,138,东门\n");
        let item = items.expect("a header").remove(0).expect("a row");
        let sent = Value::Object(item.submission);
        assert_eq!(sent["requestId"], "1");
        assert_eq!(sent["customer"]["name"], "张三");
        assert_eq!(sent["customer"]["phone"], "138");
        assert_eq!(sent["extra"]["shop"], "东门");
        assert_eq!(
            (item.channel.as_str(), item.place.as_str()),
            ("letter", "x.csv:2")
        );
    }

    #[test]
    fn an_unknown_column_is_told_with_what_there_is() {
        let Err(error) = read("description,colour\n") else {
            panic!("it is unknown")
        };
        let error = error.to_string();
        assert!(
            error.starts_with("x.csv:1: \"colour\" is no field"),
            "{error}"
        );
        assert!(error.contains("extra.colour"), "{error}");
    }

    #[test]
    fn a_row_with_another_number_of_fields_is_told_with_its_line() {
        let items = read("description,product\na,b\nc\n").expect("a header");
        assert!(items[0].is_ok());
        let error = items[1].as_ref().expect_err("it is short").to_string();
        assert!(error.starts_with("x.csv:3: "), "{error}");
    }
}
