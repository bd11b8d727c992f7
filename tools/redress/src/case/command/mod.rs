//! Every command on a case as it is typed, and as the schema has it.
//!
//! The families derive both: `clap` reads the flags, `serde` writes the standard JSON of the
//! message `CaseCommand`, whose `oneof` is an enumeration with a tag. A variant's name is the
//! field's name in the schema; nothing else connects the two, and a test holds them together.

mod answer;
mod improve;
mod inquire;
mod receive;
mod resolve;
mod time;

use clap::{Args, Subcommand};
use redress_wire::router::CaseCommand;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::value::Person;
use crate::output::message_from_json;
pub(crate) use improve::Part;

/// The case that a command is about.
#[derive(Clone, Debug, Args, Serialize)]
pub(crate) struct Of {
    /// Case number or complaint id (受理编号)
    #[arg(value_name = "CASE")]
    name: String,
}

/// Everything that one can do with a case.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(untagged)]
pub(crate) enum Act {
    #[command(flatten)]
    Receive(receive::Receive),
    #[command(flatten)]
    Inquire(inquire::Inquire),
    #[command(flatten)]
    Resolve(resolve::Resolve),
    #[command(flatten)]
    Answer(answer::Answer),
    #[command(flatten)]
    Time(time::Time),
    #[command(flatten)]
    Improve(improve::Improve),
}

/// Who wants it, and on what they looked.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) actor: Person,
    pub(crate) request_id: String,
    pub(crate) expected_version: Option<u64>,
}

impl Wish {
    /// The command as the schema has it.
    ///
    /// # Errors
    /// A value does not fit the schema; flags were read too loosely.
    pub(crate) fn command(&self, act: &impl Serialize) -> anyhow::Result<CaseCommand> {
        let (tag, mut fields) = split(without_nulls(serde_json::to_value(act)?))?;
        let mut command = Map::new();
        if let Some(name) = fields.remove("name") {
            command.insert("name".to_owned(), name);
        }
        command.insert("requestId".to_owned(), self.request_id.clone().into());
        command.insert("actor".to_owned(), serde_json::to_value(&self.actor)?);
        if let Some(version) = self.expected_version {
            command.insert("expectedVersion".to_owned(), version.into());
        }
        command.insert(tag, Value::Object(fields));
        message_from_json("redress.router.v1.CaseCommand", Value::Object(command))
    }
}

/// What was not given is left out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        plain => plain,
    }
}

/// The tag and the fields of an enumeration's variant.
fn split(act: Value) -> anyhow::Result<(String, Map<String, Value>)> {
    let tagged = match act {
        Value::Object(tagged) => tagged.into_iter().next(),
        _ => None,
    };
    match tagged {
        Some((tag, Value::Object(fields))) => Ok((tag, fields)),
        other => anyhow::bail!("{other:?} is no command"),
    }
}

/// Whom a note is for.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn told<S: Serializer>(customer: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *customer {
        "VISIBILITY_CUSTOMER"
    } else {
        "VISIBILITY_INTERNAL"
    })
}

#[cfg(test)]
mod tests;
