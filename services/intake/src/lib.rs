//! Takes complaints in: checks them, registers each once with a number of its own, links likely
//! repeats.
//!
//! Three doors lead in, with the same checks behind them ([`door`]): NATS requests, the inbox
//! stream for adapters that do not wait, and gRPC. Behind the doors stands the [`IntakeCore`],
//! pure, one for each partition: the same submission is one complaint however often and however
//! much later it comes; numbers of a day follow each other and are never given twice. After the
//! commit, [`repeats`] compares each complaint with earlier ones of the same customer.
//!
//! Intake reads no other service's events and knows nothing of categories, departments or
//! deadlines other than the preliminary reply that the answer promises. It keeps no personal data
//! but in the log: rows hold hashes, answers are masked.

mod core;
mod customers;
pub mod door;
mod evolve;
mod link;
mod number;
mod query;
mod register;
pub mod repeats;
mod reserve;
mod revive;
mod rows;
mod rules;
mod seen;
mod start;

pub use self::{
    core::{IntakeCore, LookForRepeats},
    rules::IntakeRules,
    start::{IntakeArgs, doors, pace},
};
