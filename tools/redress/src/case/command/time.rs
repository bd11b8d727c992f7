//! Holding a case and giving it more time.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

use clap::Subcommand;
use serde::Serialize;

use super::Of;
use crate::case::value::{Moment, Words};

/// Time that does not count, and time that is added.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Time {
    /// Hold the case: its clocks pause (暂停)
    #[command(after_help = "Examples:
  redress case hold CF20260501001 --pause waiting_for_customer --reason \"待客户寄回\" --until 3d
  redress case hold CF20260501001 --pause outside_cooperation --reason \"待检测\" --evidence o/1.pdf")]
    Hold {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Id of a pause of the policy: waiting_for_customer, outside_cooperation, force_majeure
        #[arg(long, value_name = "ID")]
        pause: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
        /// Object of the evidence, where the pause demands it
        #[arg(long, value_name = "OBJECT")]
        evidence: Option<String>,
        /// When it resumes by itself: 2026-05-03T18:00, 2026-05-03, 3d, 2h30m
        #[arg(long, value_name = "TIME")]
        until: Option<Moment>,
    },
    /// Go on with a case that was held (恢复)
    #[command(after_help = "Example:
  redress case resume CF20260501001")]
    Resume(Of),
    /// Give it more time; the customer is told before the end (延期)
    #[command(after_help = "Example:
  redress case extend CF20260501001 --by \"5 working days\" --reason \"等待供应商复检\"")]
    Extend {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// By how much, as in policy files: 4h, 2d, 5 working days
        #[arg(long, value_name = "SPAN")]
        by: String,
        /// Which clock (时限) [default: every running one]
        #[arg(long, value_name = "ID")]
        clock: Option<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
        /// Object of the evidence
        #[arg(long, value_name = "OBJECT")]
        evidence: Option<String>,
        /// Who approved it, above your limit
        #[arg(long, value_name = "PERSON")]
        approved_by: Option<String>,
    },
}
