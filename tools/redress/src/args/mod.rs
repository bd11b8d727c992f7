//! The command line as it is typed.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

mod calendar;
mod feed;
mod keep;
mod look;
mod places;
mod run;
mod trim;
mod what_if;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::lang::Lang;

pub(crate) use calendar::{
    CalendarAction, CalendarArgs, CheckArgs, CountingRule, DueArgs, ShowCalendarArgs, WhichCalendar,
};
pub(crate) use feed::{ReplayArgs, SubmitArgs, Via};
pub(crate) use keep::{CompletionArgs, DoctorArgs, PolicyAction, PolicyArgs};
pub(crate) use look::{
    AsideAction, AsideArgs, ClockArgs, DeliveryArgs, ListArgs, Order, PageArgs, ShowArgs,
    StatusArgs, WatchArgs,
};
pub(crate) use places::{Addresses, NatsArgs, profile};
pub(crate) use run::{ProvisionArgs, UpArgs};
pub(crate) use trim::{LogAction, LogArgs, TrimArgs};
pub(crate) use what_if::{ShadowArgs, SimulateArgs};

const AFTER: &str = "\
First steps:
  redress up --samples samples/          run everything here, sample complaints going in
  redress list                           where they went, most urgent first
  redress show CF20260501001             all about one case
  redress case next CF20260501001        what may be done next with it
  redress submit --channel web --text \"水壶漏电，请尽快处理\" --product 水壶
  redress doctor                         what is wrong, and what to do

Exit codes: 0 fine, 1 problems found or complaints refused, 2 wrong usage.";

/// Redress, the complaint platform (投诉处理平台): run it, feed it, look into it
#[derive(Debug, Parser)]
#[command(name = "redress", version, after_help = AFTER, max_term_width = 100)]
#[command(propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// One JSON object per line instead of tables
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Colours; `auto` means on a terminal without NO_COLOR
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN"
    )]
    pub(crate) color: Colour,
    /// Language of labels [default: by LANG]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) at: Addresses,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything on this machine: the broker and the five services (一键启动)
    Up(UpArgs),
    /// Hand complaints in: from flags, a JSON file, JSON lines or CSV (提交投诉)
    Submit(SubmitArgs),
    /// All about one case: where it went and why, its clocks, who was told (案件详情)
    Show(ShowArgs),
    /// Work on a case: accept, investigate, propose, approve, close, and ask about it (案件办理)
    Case(crate::case::CaseArgs),
    /// Cases, most urgent first (案件列表)
    List(ListArgs),
    /// Running clocks, the next to end first (即将到期)
    Due(ClockArgs),
    /// Clocks past their end that still run (已超时)
    Late(ClockArgs),
    /// Why a deadline is what it is; acknowledge an escalation (时限说明)
    Sla(crate::commands::sla::SlaArgs),
    /// Who was told what, and what failed (通知记录)
    Deliveries(DeliveryArgs),
    /// Inputs that were set aside because they could not be processed (搁置)
    Aside(AsideArgs),
    /// Owners and positions of every partition (分区状态)
    Status(StatusArgs),
    /// Live figures (实时统计)
    Watch(WatchArgs),
    /// Send a data file through the system and say where everything went (数据回放)
    Replay(ReplayArgs),
    /// Make the streams and buckets on the broker (初始化)
    Provision(ProvisionArgs),
    /// Look after the log: take old blocks off it (日志维护)
    Log(LogArgs),
    /// Check policy files, and try them on the past (规则检查与试算)
    Policy(PolicyArgs),
    /// Look into business calendars, and compare them with facts from elsewhere (工作日历)
    Calendar(CalendarArgs),
    /// What is wrong with this installation, and what to do (诊断)
    Doctor(DoctorArgs),
    /// Measure this machine with a broker and services of its own (性能测试)
    Bench(crate::bench::BenchArgs),
    /// Completions for a shell
    Completions(CompletionArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use redress_wire::Service;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn services_are_looked_for_at_the_ports_of_the_contract() {
        let at = Addresses::default();
        assert_eq!(at.grpc(Service::Intake), "127.0.0.1:50051");
        assert_eq!(at.grpc(Service::Analytics), "127.0.0.1:50055");
        assert_eq!(at.admin(Service::SlaMonitor), "127.0.0.1:9103");
    }
}
