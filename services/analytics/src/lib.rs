//! Counts: live figures by registration day, on-time rates, latency percentiles.
//!
//! It folds what the other services record and records nothing itself, so it has no say in any
//! case and may lag without harm. Everything it keeps can be added up: the figures of a dashboard
//! are the sum of the figures of all partitions and days asked for, percentiles included.
//!
//! It promises that every event counts exactly once, whatever crashes, and that the figures of a
//! day are the same on every replica that folded the same log. Of a single case it knows how it
//! stands, so that its counts move with it. It does not know customers, texts or the policy: the
//! day of a case is read from the case's number.

mod core;
mod day;
mod figures;
mod fold;
mod grpc;
mod histogram;
mod life;
mod number;
mod rows;
mod stands;

use std::{convert::Infallible, time::Duration};

use redress_host::policy_dir::Files;
use redress_runtime::Pace;

pub use self::{
    core::AnalyticsCore,
    day::{Day, Dimension},
    figures::total,
    grpc::{Door, doors},
    histogram::Histogram,
    number::day_of,
};

/// How rounds are paced: it waits 50 ms for company. Nobody waits for an answer, a dashboard
/// redraws a few times a second at most, and every round writes one row per day and partition
/// that it touched, so fewer and larger rounds are cheaper.
pub const PACE: Pace = Pace {
    linger: Duration::from_millis(50),
    change_linger: Duration::from_millis(50),
    max_changes: 2_000,
    queue: 1_024,
    untold_most: Pace::UNTOLD_MOST,
};

/// Counting needs no rules.
///
/// # Errors
/// None.
pub fn rules(_files: &Files) -> Result<(), Infallible> {
    Ok(())
}
