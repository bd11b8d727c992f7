//! Finding out what happened, why, and who answers for it.

use clap::{ArgAction, Subcommand, builder::BoolishValueParser};
use serde::Serialize;

use super::Of;
use crate::case::value::{Evidence, Words};

/// Verification and investigation.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Inquire {
    /// Is it authentic, is it reasonable? The preliminary verification (核实)
    #[command(after_help = "Example:
  redress case verify CF20260501001 --authentic yes --reasonable yes --text \"与订单相符\"")]
    Verify {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Did it happen (真实): yes or no
        #[arg(long, value_name = "YES|NO", action = ArgAction::Set, hide_possible_values = true,
              value_parser = BoolishValueParser::new())]
        authentic: bool,
        /// Is the wish reasonable (合理): yes or no
        #[arg(long, value_name = "YES|NO", action = ArgAction::Set, hide_possible_values = true,
              value_parser = BoolishValueParser::new())]
        reasonable: bool,
        /// How it was verified
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Record what was found, with evidence (调查发现)
    #[command(after_help = "Example:
  redress case finding CF20260501001 --text \"底座触点烧蚀\" \\
      --evidence photos/1.jpg=烧蚀的触点 --evidence reports/77.pdf=检测报告@SGS")]
    #[command(name = "finding")]
    RecordFinding {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// What was found
        #[arg(long, short, value_name = "TEXT")]
        text: Words,
        /// What proves it, several times
        #[arg(long, value_name = "OBJECT[=WHAT IT SHOWS][@WHO CONFIRMED IT]")]
        evidence: Vec<Evidence>,
    },
    /// Record why it happened and why it was not caught: fishbone and 5 whys (根本原因)
    #[command(after_help = "Example:
  redress case root-cause CF20260501001 --branch material --why \"触点氧化\" --why \"镀层过薄\" \\
      --why \"供应商换料未通知\" --occurrence \"镀层不足 3 微米\" --escape \"来料检验不测镀层\"")]
    #[command(name = "root-cause")]
    RecordRootCause {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Branch of the fishbone (人机料法环测), as in the policy
        #[arg(long, value_name = "ID")]
        branch: String,
        /// A why, the nearest first, several times
        #[arg(long = "why", value_name = "TEXT", required = true)]
        whys: Vec<Words>,
        /// Why it happened (发生原因)
        #[arg(long, value_name = "TEXT")]
        occurrence: Option<Words>,
        /// Why it was not caught (流出原因)
        #[arg(long, value_name = "TEXT")]
        escape: Option<Words>,
    },
    /// Record who, what, when, why, where, how many; each may come alone (5W1H)
    #[command(after_help = "Examples:
  redress case 5w1h CF20260501001 --who 客户本人 --what 漏电 --when 2026-05-01 --where 家中
  redress case 5w1h CF20260501001 --why 触点氧化 --how-many 1")]
    #[command(name = "5w1h")]
    RecordFiveWOneH {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        #[command(flatten)]
        #[serde(flatten)]
        answers: Answers,
    },
    /// Say who answers for it (认定责任)
    #[command(after_help = "Example:
  redress case responsibility CF20260501001 --party supplier --text \"换料未报\"")]
    #[command(name = "responsibility")]
    AssessResponsibility {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Of the policy's parties, such as production, supplier, logistics
        #[arg(
            long = "party",
            value_name = "ID",
            value_delimiter = ',',
            required = true
        )]
        parties: Vec<String>,
        /// Why they
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// The investigation is done; says what is missing if it is not (调查完成)
    #[command(after_help = "Example:
  redress case complete-investigation CF20260501001")]
    CompleteInvestigation(Of),
}

/// Answers of 5W1H.
#[derive(Clone, Debug, clap::Args, Serialize)]
#[serde(rename_all = "camelCase")]
#[group(required = true, multiple = true)]
pub(crate) struct Answers {
    /// 何人
    #[arg(long, value_name = "TEXT")]
    who: Option<Words>,
    /// 何事
    #[arg(long, value_name = "TEXT")]
    what: Option<Words>,
    /// 何时
    #[arg(long, value_name = "TEXT")]
    when: Option<Words>,
    /// 何因
    #[arg(long, value_name = "TEXT")]
    why: Option<Words>,
    /// 何地
    #[arg(long = "where", value_name = "TEXT")]
    r#where: Option<Words>,
    /// 多少
    #[arg(long, value_name = "TEXT")]
    how_many: Option<Words>,
}
