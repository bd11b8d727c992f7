//! `redress case …`: work on one case from the terminal.

mod command;
mod execute;
pub(crate) mod many;
mod names;
mod query;
mod recall;
mod script;
mod story;
mod value;

use clap::{Args, Subcommand};

use crate::{
    args::Global,
    clients::Clients,
    commands::{Ending, Usage},
    output::Output,
};
use command::{Act, Wish};
use query::Ask;
use recall::RecallAction;
use script::ScriptArgs;
pub(crate) use value::Person;

const AFTER: &str = "\
The usual way of an ordinary case (一般), each step by who has the right to it:
  export REDRESS_ACTOR=after-sales-tech-1:handler
  redress case next CF20260501001                    what may I do, what is missing
  redress case accept CF20260501001
  redress case verify CF20260501001 --authentic yes --reasonable yes
  redress case finding CF20260501001 --text \"底座触点烧蚀\" --evidence photos/1.jpg
  redress case 5w1h CF20260501001 --who 客户本人 --what 冒火花 --when 2026-05-01 --where 家中 \\
      --why 触点氧化 --how-many 1
  redress case responsibility CF20260501001 --party supplier
  redress case complete-investigation CF20260501001
  redress case propose CF20260501001 --redress refund=120.50CNY --step refund@finance-1/3d
  redress case offer CF20260501001 --means phone
  redress case consent CF20260501001 --means phone
  redress case execute CF20260501001 --step 1
  redress case confirm CF20260501001 --means phone
  redress case satisfaction CF20260501001 satisfied
  redress case close CF20260501001 --means email --answer \"已退款120.50元\" --text @notice.txt
  redress case archive CF20260501001
  redress case timeline CF20260501001 --lang zh      the whole story

Who acts is said by --as PERSON:ROLE or REDRESS_ACTOR; who has one role only may leave it out. With
--expect VERSION a command is refused if somebody was faster. A failure that leaves open whether it
was done prints a --request-id: the same command with it is done once, however often it is sent.";

/// `redress case`.
#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER, subcommand_value_name = "WHAT")]
pub(crate) struct CaseArgs {
    /// Who acts, and as what: PERSON or PERSON:ROLE (经办人)
    #[arg(
        long = "as",
        global = true,
        env = "REDRESS_ACTOR",
        value_name = "PERSON[:ROLE]"
    )]
    actor: Option<Person>,
    /// The id of this wish: the same one again gives the first answer [default: a new UUID]
    #[arg(long, global = true, value_name = "ID")]
    request_id: Option<String>,
    /// Only if the case is still at this version
    #[arg(long, global = true, value_name = "VERSION")]
    expect: Option<u64>,
    #[command(subcommand)]
    action: CaseAction,
}

/// What to do with a case, or to ask about it.
#[derive(Clone, Debug, Subcommand)]
enum CaseAction {
    #[command(flatten)]
    Act(Act),
    #[command(flatten)]
    Ask(Ask),
    /// Recall a batch: lead it, tell the customers of all its cases, follow it, close it (召回)
    Recall {
        #[command(subcommand)]
        action: RecallAction,
    },
    /// Carry out many commands from a file of JSON lines, in order for each case (批量执行)
    Run(ScriptArgs),
}

pub(crate) async fn run(args: &CaseArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    match &args.action {
        CaseAction::Act(act) => execute::run(&clients, args.wish()?.command(act)?, out).await,
        CaseAction::Ask(ask) => query::run(&clients, ask, args.actor.as_ref(), out).await,
        CaseAction::Recall { action } => recall::run(&clients, action, args, out).await,
        CaseAction::Run(file) => script::run(&clients, file, args.actor.as_ref(), out).await,
    }
}

impl CaseArgs {
    /// Who wants it, under which id.
    fn wish(&self) -> anyhow::Result<Wish> {
        let actor = self.actor.clone().ok_or_else(|| {
            Usage::new("who acts? Give --as PERSON:ROLE, such as wang:handler, or REDRESS_ACTOR")
        })?;
        let given = self.request_id.clone().filter(|id| !id.is_empty());
        Ok(Wish {
            actor,
            request_id: given.unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
            expected_version: self.expect,
        })
    }
}
