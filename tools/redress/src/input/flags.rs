//! A complaint typed on the command line.

use std::io::Read as _;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::Item;
use crate::{args::SubmitArgs, commands::Usage};

/// The complaint of the flags; `--text -` reads standard input.
pub(crate) fn from_flags(args: &SubmitArgs, text: &str) -> anyhow::Result<Item> {
    let channel = args.channel.clone();
    let channel =
        channel.ok_or_else(|| Usage::new("which channel? Give --channel, such as web or phone"))?;
    let mut description = text.to_owned();
    if text == "-" {
        description.clear();
        std::io::stdin()
            .read_to_string(&mut description)
            .context("standard input cannot be read as text")?;
    }
    let fields = [
        ("requestId", &args.request_id),
        ("kind", &args.kind),
        ("product", &args.product),
        ("model", &args.model),
        ("orderNo", &args.order_no),
        ("batchNo", &args.batch_no),
        ("wish", &args.wish),
        ("place", &args.place),
        ("occurredAt", &args.occurred_at),
    ];
    let customer = [
        ("name", &args.name),
        ("phone", &args.phone),
        ("email", &args.email),
        ("locale", &args.locale),
        ("tier", &args.tier),
    ];
    let mut submission = object(&fields);
    submission.insert("description".to_owned(), description.into());
    let customer = object(&customer);
    if !customer.is_empty() {
        submission.insert("customer".to_owned(), Value::Object(customer));
    }
    Ok(Item {
        channel,
        submission,
        place: "--text".to_owned(),
    })
}

fn object(fields: &[(&str, &Option<String>)]) -> Map<String, Value> {
    let given = fields
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_ref()?.clone())));
    given
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect()
}
