//! Where the schemas meet the types that decide: the only room that knows both.
//!
//! | room      | from             | to                |
//! |-----------|------------------|-------------------|
//! | `command` | `CaseCommand`    | `Command`         |
//! | `change`  | `Change`         | oneof of `CaseEvent`, and back |
//! | `fact`    | `Fact`           | `CaseEvent`, and back |
//! | `value`   | what these are made of, both ways |

pub(crate) mod change;
pub(crate) mod command;
mod fact;
mod fault;
mod value;

pub(crate) use fact::{fact_of, opening_of, recorded};
pub(crate) use fault::Fault;
pub(crate) use value::redress_to;
