//! Plans: proposed, approved, carried out.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::Of;
use crate::case::value::{Evidence, PlanFile, Redress, Step, Words};

const PROPOSE: &str = "Examples:
  redress case propose CF20260501001 --text \"换新并退运费\" --redress exchange --redress refund=18CNY \\
      --step goods_returned@logistics-ops-1/3d=寄回水壶 --step warehouse_ships@logistics-ops-2/7d
  redress case propose CF20260501001 --file plan.toml

plan.toml:
  text = \"换新并退运费\"
  redress = [\"exchange\", \"refund=18CNY\"]
  similar = [\"CF20260312044\"]
  [[step]]
  step = \"goods_returned\"
  owner = \"logistics-ops-1\"
  due_at = \"3d\"
  text = \"寄回水壶\"";

/// Plans and what is done about them.
#[derive(Clone, Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Resolve {
    /// Propose a plan: steps, owners, times, what the customer gets (提出方案)
    #[command(name = "propose", after_help = PROPOSE)]
    ProposePlan {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        #[command(flatten)]
        #[serde(flatten)]
        plan: Plan,
    },
    /// Propose another plan after the customer refused the last (调整方案)
    #[command(name = "adjust", after_help = PROPOSE)]
    AdjustPlan {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        #[command(flatten)]
        plan: Plan,
    },
    /// Approve the plan at your level; never your own (批准方案)
    #[command(
        name = "approve",
        after_help = "Examples:
  redress case approve CF20260501001 --as li:department_head
  redress case approve CF20260501001 --plan 2 --text \"同意\""
    )]
    ApprovePlan {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The plan that you looked at [default: the current one]
        #[arg(long, value_name = "N")]
        plan: Option<u32>,
        /// Remark
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Refuse the plan at your level (驳回方案)
    #[command(
        name = "refuse",
        after_help = "Example:
  redress case refuse CF20260501001 --reason \"金额与同类案例不符\""
    )]
    RefusePlan {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// The plan that you looked at [default: the current one]
        #[arg(long, value_name = "N")]
        plan: Option<u32>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// Step back from approving, being partial in this case (回避)
    #[command(
        name = "recuse",
        after_help = "Example:
  redress case recuse CF20260501001 --reason \"客户为亲属\""
    )]
    RecuseApprover {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
    },
    /// Say that the wish cannot be met, with reason and apology (无法满足)
    #[command(
        name = "unmeetable",
        after_help = "Example:
  redress case unmeetable CF20260501001 --reason \"已超出退货期限\" --apology \"非常抱歉\""
    )]
    DeclareUnmeetable {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Words,
        /// The apology to the customer
        #[arg(long, value_name = "TEXT")]
        apology: Words,
    },
    /// A step of the plan is done (执行步骤)
    #[command(
        name = "execute",
        after_help = "Example:
  redress case execute CF20260501001 --step 1 --text \"水壶已寄回\""
    )]
    ExecuteStep {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// Which, counted from 1
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        #[serde(serialize_with = "from_zero")]
        step: u32,
        /// What was done
        #[arg(long, short, value_name = "TEXT")]
        text: Option<Words>,
    },
    /// Attach a proof of what was done (附上证明)
    #[command(
        name = "proof",
        after_help = "Example:
  redress case proof CF20260501001 --object receipts/991.pdf=退款回单@招商银行"
    )]
    AttachProof {
        #[command(flatten)]
        #[serde(flatten)]
        of: Of,
        /// What proves it
        #[arg(
            long = "object",
            value_name = "OBJECT[=WHAT IT SHOWS][@WHO CONFIRMED IT]"
        )]
        proof: Evidence,
    },
}

/// What a plan says; a file's steps and redress come before those of the flags.
#[derive(Clone, Debug, Args)]
pub(crate) struct Plan {
    /// A step, several times, in order
    #[arg(long = "step", value_name = "STEP[@OWNER][/WHEN][=TEXT]")]
    steps: Vec<Step>,
    /// KIND or KIND=AMOUNT, several times: apology, refund=120.50CNY
    #[arg(long, value_name = "REDRESS")]
    redress: Vec<Redress>,
    /// The plan in words
    #[arg(long, short, value_name = "TEXT")]
    text: Option<Words>,
    /// A similar closed case that was looked at, several times
    #[arg(long, value_name = "CASE")]
    similar: Vec<String>,
    /// The plan in a .toml or .json file
    #[arg(long, value_name = "FILE", value_parser = file)]
    file: Option<PlanFile>,
}

fn file(path: &str) -> Result<PlanFile, String> {
    PlanFile::read(&PathBuf::from(path)).map_err(|error| format!("{error:#}"))
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let read = self.file.clone().unwrap_or_default();
        let mut plan = serializer.serialize_struct("ProposePlan", 4)?;
        plan.serialize_field("steps", &[read.steps, self.steps.clone()].concat())?;
        plan.serialize_field("redress", &[read.redress, self.redress.clone()].concat())?;
        plan.serialize_field("text", self.text.as_ref().unwrap_or(&read.text))?;
        plan.serialize_field("similar", &[read.similar, self.similar.clone()].concat())?;
        plan.end()
    }
}

/// People count steps from 1, the schema from 0.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn from_zero<S: Serializer>(step: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(step.saturating_sub(1))
}
