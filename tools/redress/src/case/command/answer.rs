//! What is settled with the customer, and how a case ends.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::Of;
use crate::case::value::Words;

/// Offers, consent, endings.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Answer {
    /// The plan was put to the customer (征询客户)
    #[command(
        name = "offer",
        after_help = "Example:
  redress case offer CF20260501001 --means phone --text \"换新并退运费，是否同意？\""
    )]
    OfferPlan {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// phone, email, sms, chat, in_person, letter
        #[arg(long, value_name = "MEANS")]
        means: String,
        /// What was said
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// The customer agreed (客户同意)
    #[command(
        name = "consent",
        after_help = "Example:
  redress case consent CF20260501001 --means phone --proof recordings/20260501-77.wav"
    )]
    RecordConsent {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// phone, email, sms, chat, in_person, letter
        #[arg(long, value_name = "MEANS")]
        means: String,
        /// Object of the proof, such as a recording
        #[arg(long, value_name = "OBJECT")]
        proof: Option<String>,
    },
    /// The customer did not agree: adjust the plan (客户不同意)
    #[command(
        name = "refusal",
        after_help = "Example:
  redress case refusal CF20260501001 --reason \"要求全额退款\""
    )]
    RecordRefusal {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// The customer confirmed the result (客户确认)
    #[command(
        name = "confirm",
        after_help = "Example:
  redress case confirm CF20260501001 --means phone --text \"新水壶已收到\""
    )]
    ConfirmResult {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// phone, email, sms, chat, in_person, letter
        #[arg(long, value_name = "MEANS")]
        means: String,
        /// What was said
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// How satisfied the customer is; dissatisfied leads to second processing (满意度)
    #[command(
        name = "satisfaction",
        after_help = "Examples:
  redress case satisfaction CF20260501001 satisfied
  redress case satisfaction CF20260501001 不满意 --text \"等了两周\""
    )]
    RecordSatisfaction {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// How
        #[arg(value_enum, value_name = "HOW")]
        satisfaction: Degree,
        /// In the customer's words
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Close with a written notice that answers every item (结案)
    #[command(after_help = "Example:
  redress case close CF20260501001 --means email --text @notice.txt \\
      --answer \"水壶：已换新\" --answer \"运费：已退 18 元\"")]
    Close {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// How the notice goes: email, sms, letter, phone
        #[arg(long, value_name = "MEANS")]
        means: Option<String>,
        /// The answer to an item, several times
        #[arg(long = "answer", value_name = "TEXT")]
        answers: Vec<Words>,
        /// The notice
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Process it again: second processing (二次处理)
    #[command(after_help = "Example:
  redress case reopen CF20260501001 --reason \"客户对结果不满意\"")]
    Reopen {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// The customer withdrew it (撤诉)
    #[command(after_help = "Example:
  redress case withdraw CF20260501001 --reason \"客户来电撤回\"")]
    Withdraw {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// Reject it as unfounded, telling the reason and how to appeal (不予支持)
    #[command(after_help = "Example:
  redress case reject CF20260501001 --reason \"非本公司产品\" --appeal \"可于 15 日内书面申诉\"")]
    Reject {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
        /// How the customer may appeal
        #[arg(long, value_name = "TEXT")]
        appeal: Words,
    },
    /// Put the closed case into the archive (归档)
    #[command(after_help = "Example:
  redress case archive CF20260501001")]
    Archive(Of),
}

/// How satisfied a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
pub(crate) enum Degree {
    /// 满意
    #[value(alias = "满意")]
    #[serde(rename = "SATISFACTION_SATISFIED")]
    Satisfied,
    /// 基本满意
    #[value(alias = "基本满意")]
    #[serde(rename = "SATISFACTION_MOSTLY_SATISFIED")]
    Mostly,
    /// 不满意
    #[value(alias = "不满意")]
    #[serde(rename = "SATISFACTION_DISSATISFIED")]
    Dissatisfied,
}
