//! A report as tables and as JSON.

mod json;
mod more;
mod tables;

pub(crate) use json::{cell as delta_json, json};
pub(crate) use tables::tables;
