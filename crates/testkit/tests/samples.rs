//! The samples that ship are fit to be sent in, and name nobody.

use std::collections::BTreeSet;

use redress_testkit::workspace_root;
use serde_json::Value;

const CHANNELS: [&str; 9] = [
    "phone", "email", "chat", "social", "web", "app", "shop", "letter", "partner",
];

fn samples() -> Vec<Value> {
    ["complaints.en.jsonl", "complaints.zh.jsonl"]
        .iter()
        .map(|name| workspace_root().join("samples").join(name))
        .map(|path| std::fs::read_to_string(path).expect("the samples are there"))
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|line| serde_json::from_str(&line).expect("each line is one JSON object"))
        .collect()
}

fn text<'a>(sample: &'a Value, field: &str) -> &'a str {
    sample["submission"][field].as_str().unwrap_or_default()
}

#[test]
fn every_sample_has_a_request_id_of_its_own() {
    let samples = samples();
    let ids: BTreeSet<&str> = samples
        .iter()
        .map(|sample| text(sample, "requestId"))
        .collect();
    assert_eq!(ids.len(), samples.len());
    assert!(!ids.contains(""));
}

#[test]
fn all_channels_are_used_and_no_other() {
    let samples = samples();
    let used: BTreeSet<_> = samples
        .iter()
        .filter_map(|sample| sample["channel"].as_str())
        .collect();
    assert_eq!(used, BTreeSet::from(CHANNELS));
}

#[test]
fn descriptions_are_neither_empty_nor_endless() {
    for sample in samples() {
        let length = text(&sample, "description").chars().count();
        assert!((5..=2000).contains(&length), "{sample}");
    }
}

#[test]
fn phones_and_mail_addresses_belong_to_nobody() {
    for sample in samples() {
        let customer = &sample["submission"]["customer"];
        if let Some(phone) = customer["phone"].as_str() {
            let reserved = phone.starts_with("138 0000 ") || phone.contains(" 555 01");
            assert!(reserved, "{phone}");
        }
        if let Some(email) = customer["email"].as_str() {
            let domain = email.rsplit('@').next().expect("a split gives something");
            assert!(
                ["example.com", "example.org", "example.net"].contains(&domain),
                "{email}"
            );
        }
        assert!(
            customer["phone"].is_string() || customer["email"].is_string(),
            "{sample}"
        );
    }
}
