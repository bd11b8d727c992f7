//! Holding a case and giving it more time.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Of;
use crate::case::value::{Moment, Words};

/// How much more time, for which clock, and why.
#[derive(Clone, Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoreTime {
    /// By how much, as clocks in policy files: 4h, 5 working days, 15 calendar days
    #[arg(long, value_name = "SPAN")]
    by: String,
    /// Which clock (时限) [default: every running one]
    #[arg(long, value_name = "ID")]
    clock: Option<String>,
    /// Why; the customer is told it when the deadline moves
    #[arg(long, value_name = "TEXT")]
    reason: Words,
    /// Object of the evidence
    #[arg(long, value_name = "OBJECT")]
    evidence: Option<String>,
}

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
    /// Give it more time, within your limit; the customer is told before the end (延期)
    #[command(after_help = "Example:
  redress case extend CF20260501001 --by \"5 working days\" --reason \"等待供应商复检\"")]
    Extend {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        #[command(flatten)]
        #[serde(flatten)]
        more: MoreTime,
        /// Who approved it, for the record: above your limit `extend-request` asks them
        #[arg(long, value_name = "PERSON")]
        approved_by: Option<String>,
    },
    /// Ask for more time than you may give; somebody else approves it (申请延期)
    #[command(
        name = "extend-request",
        after_help = "Example:
  redress case extend-request CF20260501001 --clock result --by \"10 working days\" --reason \"等待复检\""
    )]
    RequestExtension {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        #[command(flatten)]
        #[serde(flatten)]
        more: MoreTime,
    },
    /// Approve the extension that somebody else asks for: the deadline moves (批准延期)
    #[command(
        name = "extend-approve",
        after_help = "Examples:
  redress case extend-approve CF20260501001 --as after-sales-tech-head:department_head
  redress case extend-approve CF20260501001 --request 2 --text \"同意\""
    )]
    ApproveExtension {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The request that you looked at [default: the current one]
        #[arg(long, value_name = "N")]
        request: Option<u32>,
        /// Remark
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Refuse the extension that somebody else asks for (驳回延期)
    #[command(
        name = "extend-refuse",
        after_help = "Example:
  redress case extend-refuse CF20260501001 --reason \"供应商明日即可答复\""
    )]
    RefuseExtension {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The request that you looked at [default: the current one]
        #[arg(long, value_name = "N")]
        request: Option<u32>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
}
