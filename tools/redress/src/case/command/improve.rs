//! What is learnt: corrective actions, measures of the procedure, the 8D report, recalls.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

use clap::{ArgAction, Subcommand, builder::BoolishValueParser};
use serde::Serialize;

use super::Of;
use crate::case::value::{Evidence, Moment, Words};

/// Corrective actions, measures, 8D.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Improve {
    /// Record a corrective or preventive action (纠正与预防措施)
    #[command(
        name = "capa",
        after_help = "Example:
  redress case capa CF20260501001 --text \"来料加测镀层\" --owner li --due 30d --preventive"
    )]
    RecordCorrectiveAction {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// What is to be done
        #[arg(long, short, value_name = "TEXT")]
        text: Words,
        /// Who does it
        #[arg(long, value_name = "PERSON")]
        owner: String,
        /// By when
        #[arg(long, value_name = "TIME")]
        #[serde(rename = "dueAt")]
        due: Option<Moment>,
        /// Prevents others of its kind (预防), instead of correcting this one (纠正)
        #[arg(long)]
        preventive: bool,
    },
    /// Record whether a corrective action worked (验证措施效果)
    #[command(
        name = "capa-verify",
        after_help = "Example:
  redress case capa-verify CF20260501001 --action 1 --effective yes --text \"三批无不良\""
    )]
    VerifyCorrectiveAction {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Which, counted from 1
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        action: u32,
        /// Did it work: yes or no
        #[arg(long, value_name = "YES|NO", action = ArgAction::Set, hide_possible_values = true,
              value_parser = BoolishValueParser::new())]
        effective: bool,
        /// How that was seen
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Record a measure of the severity's procedure (程序措施)
    #[command(
        name = "measure",
        after_help = "Example:
  redress case measure CF20260501001 task_force --person li --person zhao --text \"专项小组成立\""
    )]
    RecordMeasure {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Id in the policy: task_force, containment, executive_report, post_mortem …
        #[arg(value_name = "MEASURE")]
        measure: String,
        /// What was done
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
        /// Who took part, several times
        #[arg(long = "person", value_name = "PERSON", value_delimiter = ',')]
        people: Vec<String>,
        /// What proves it, several times
        #[arg(long, value_name = "OBJECT[=WHAT IT SHOWS][@WHO CONFIRMED IT]")]
        evidence: Vec<Evidence>,
    },
    /// Compile the 8D report, D0 to D8, and say what is missing in it (8D 报告)
    #[command(
        name = "8d",
        after_help = "Example:
  redress case 8d CF20260501001"
    )]
    CompileEightD(Of),
}

/// The part of a recall that is one case's own.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(
    clippy::enum_variant_names,
    reason = "these are the names of the schema"
)]
pub(crate) enum Part {
    /// Let this case lead the recall of a batch, telling no other customers yet
    #[command(
        name = "lead",
        after_help = "Example:
  redress case recall lead CF20260501001 --batch B2404 --text \"停售，请勿使用\""
    )]
    OpenRecall {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Batch (批号) [default: the case's own]
        #[arg(long = "batch", value_name = "NO")]
        batch_no: Option<String>,
        /// What it is about
        #[arg(long, short, value_name = "TEXT")]
        text: Words,
    },
    /// Take this one case into a recall: its customer is told first
    #[command(
        name = "join",
        after_help = "Example:
  redress case recall join CF20260502007 --recall CF20260501001 --text \"请停止使用\""
    )]
    JoinRecall {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The case that leads the recall
        #[arg(long, value_name = "CASE")]
        recall: String,
        /// Batch (批号) [default: the case's own, or else the recall's]
        #[arg(long = "batch", value_name = "NO")]
        batch_no: Option<String>,
        /// What the customer is told
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// End the recall with its report (结束召回)
    #[command(
        name = "close",
        after_help = "Example:
  redress case recall close CF20260501001 --report @recall-report.txt"
    )]
    CloseRecall {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The closing report
        #[arg(long, value_name = "TEXT")]
        report: Words,
    },
}
