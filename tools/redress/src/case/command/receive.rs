//! How a case finds who works on it.

use clap::Subcommand;
use serde::Serialize;

use super::{Of, told};
use crate::case::value::Words;

/// Taking on, handing on, triage.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Receive {
    /// Take the case on (受理)
    #[command(after_help = "Example:
  redress case accept CF20260501001 --as after-sales-tech-1:handler")]
    Accept(Of),
    /// Hand it to the level above, the only way for the first responsible person (上报)
    #[command(after_help = "Example:
  redress case transfer-up CF20260501001 --reason \"超出本岗处理权限\"")]
    TransferUp {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// Give it to another department or person; for those who manage (分派)
    #[command(after_help = "Examples:
  redress case assign CF20260501001 --department finance --reason \"涉及退款\" --as sup:supervisor
  redress case assign CF20260501001 --department finance --handler finance-2")]
    Assign {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Department (部门)
        #[arg(long, value_name = "ID", required = true)]
        department: Option<String>,
        /// One of its people [default: as triage would choose]
        #[arg(long, value_name = "ID")]
        handler: Option<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<Words>,
    },
    /// Let departments handle it together: one leads, others support (联合处理)
    #[command(after_help = "Example:
  redress case joint CF20260501001 --with logistics_ops,finance")]
    #[command(name = "joint")]
    StartJointHandling {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Who leads (主责部门) [default: the department that has it]
        #[arg(long, value_name = "ID")]
        #[serde(rename = "leadDepartment")]
        lead: Option<String>,
        /// Who supports (配合部门)
        #[arg(long, value_name = "ID", value_delimiter = ',', required = true)]
        #[serde(rename = "supportingDepartments")]
        with: Vec<String>,
    },
    /// Correct category, urgency or severity (更正分诊)
    #[command(after_help = "Example:
  redress case triage CF20260501001 --severity major --reason \"多地同类事故\"")]
    #[command(name = "triage")]
    CorrectTriage {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Category (问题分类)
        #[arg(long, value_name = "ID")]
        category: Option<String>,
        /// Urgency (紧急程度)
        #[arg(long, value_name = "ID")]
        urgency: Option<String>,
        /// Severity (严重程度), which decides the procedure
        #[arg(long, value_name = "ID")]
        severity: Option<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// Go on in another case of which this is a repeat (并案)
    #[command(after_help = "Example:
  redress case merge CF20260502007 --into CF20260501001")]
    Merge {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The case that goes on
        #[arg(long, value_name = "CASE")]
        into: String,
    },
    /// Add a note, for staff or to the customer (备注)
    #[command(after_help = "Examples:
  redress case note CF20260501001 --text \"客户下午回电\"
  redress case note CF20260501001 --text \"我们已收到您寄回的水壶\" --to-customer")]
    #[command(name = "note")]
    AddNote {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// What; `-` reads standard input, `@FILE` a file
        #[arg(long, short, value_name = "TEXT")]
        text: Words,
        /// Tell the customer
        #[arg(long)]
        #[serde(rename = "visibility", serialize_with = "told")]
        to_customer: bool,
    },
}
