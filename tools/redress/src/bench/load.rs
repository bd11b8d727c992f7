//! Complaints without an end, made of real texts at little cost.

use std::{fs, path::Path};

use bytes::{BufMut as _, Bytes, BytesMut};
use serde_json::{Value, json};

use crate::{door::Job, input};

/// Stand where each complaint differs from the others.
const ID: &str = "@@ID@@";
const CUSTOMER: &str = "@@CUSTOMER@@";
/// So many different people complain, far apart from each other, as in a big house.
const PEOPLE: u64 = 1_000_003;
const STRIDE: u64 = 7_919;

/// A text and what stands around it, encoded but for the places that differ.
#[derive(Clone, Debug)]
pub(super) struct Text {
    channel: String,
    /// Pieces between the places; `true` before a request id, `false` before a customer.
    pieces: Vec<(Bytes, Option<bool>)>,
}

/// Reads the texts: a file of JSON lines, or a folder of them.
pub(super) fn texts(path: &Path) -> anyhow::Result<Vec<Text>> {
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = fs::read_dir(path)?.flatten().map(|entry| entry.path());
        files = entries
            .filter(|it| it.extension().is_some_and(|end| end == "jsonl"))
            .collect();
        files.sort();
    }
    let mut texts = Vec::new();
    for file in &files {
        for item in input::open(file, Some("web"))? {
            texts.push(text(item?));
        }
    }
    anyhow::ensure!(!texts.is_empty(), "{} holds no complaint", path.display());
    Ok(texts)
}

fn text(item: input::Item) -> Text {
    let mut submission = Value::Object(item.submission);
    submission["requestId"] = json!(ID);
    let customer = &mut submission["customer"];
    if !customer.is_object() {
        *customer = json!({});
    }
    customer["email"] = json!(format!("{CUSTOMER}@example.org"));
    customer["phone"] = Value::Null;
    customer["customerNo"] = json!(CUSTOMER);
    let whole = submission.to_string();
    let mut pieces = Vec::new();
    let mut rest = whole.as_str();
    loop {
        let next = [
            (rest.find(ID), ID, true),
            (rest.find(CUSTOMER), CUSTOMER, false),
        ];
        let next = next
            .into_iter()
            .filter_map(|(at, mark, id)| Some((at?, mark, id)))
            .min();
        let Some((at, mark, id)) = next else { break };
        pieces.push((Bytes::copy_from_slice(&rest.as_bytes()[..at]), Some(id)));
        rest = &rest[at + mark.len()..];
    }
    pieces.push((Bytes::copy_from_slice(rest.as_bytes()), None));
    Text {
        channel: item.channel,
        pieces,
    }
}

/// Complaints one after the other; no request id comes twice.
pub(super) struct Load<'a> {
    texts: &'a [Text],
    run: String,
    pub(super) made: u64,
}

impl<'a> Load<'a> {
    pub(super) fn new(texts: &'a [Text]) -> Self {
        let run = uuid::Uuid::now_v7().simple().to_string();
        Self {
            texts,
            run: run[..13].to_owned(),
            made: 0,
        }
    }

    pub(super) fn next(&mut self) -> Job {
        let number = self.made;
        self.made += 1;
        let text = &self.texts[(number % self.texts.len() as u64) as usize];
        let request_id = format!("bench-{}-{number}", self.run);
        let customer = format!("c{:07}", number * STRIDE % PEOPLE);
        let mut body = BytesMut::with_capacity(2048);
        for (piece, place) in &text.pieces {
            body.put_slice(piece);
            match place {
                Some(true) => body.put_slice(request_id.as_bytes()),
                Some(false) => body.put_slice(customer.as_bytes()),
                None => {}
            }
        }
        Job {
            request_id,
            generated: false,
            channel: text.channel.clone(),
            body: body.freeze(),
            place: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_complaint_has_an_id_and_a_customer_of_its_own() {
        let dir = tempfile::tempdir().expect("a folder");
        let line =
            r#"{"channel":"app","submission":{"requestId":"x","description":"水壶 \"漏\"电"}}"#;
        fs::write(dir.path().join("a.jsonl"), line).expect("written");
        let texts = texts(dir.path()).expect("one text");
        let mut load = Load::new(&texts);
        let (one, two) = (load.next(), load.next());
        let read = |job: &Job| serde_json::from_slice::<Value>(&job.body).expect("JSON");
        assert_eq!(read(&one)["requestId"], one.request_id);
        assert_eq!(read(&one)["description"], "水壶 \"漏\"电");
        assert_ne!(read(&one)["requestId"], read(&two)["requestId"]);
        assert_ne!(
            read(&one)["customer"]["email"],
            read(&two)["customer"]["email"]
        );
        assert_eq!(one.channel, "app");
    }
}
