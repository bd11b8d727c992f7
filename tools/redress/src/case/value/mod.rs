//! What is typed on the command line, read into what the schemas want.

mod amount;
mod evidence;
mod moment;
mod person;
mod plan;
mod words;

pub(crate) use amount::{Redress, shown};
pub(crate) use evidence::Evidence;
pub(crate) use moment::Moment;
pub(crate) use person::Person;
pub(crate) use plan::{PlanFile, Step};
pub(crate) use words::Words;

/// Reads what `FromStr` reads, for files.
fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr<Err = String>,
{
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
