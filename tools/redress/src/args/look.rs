//! What the commands understand that show something.

use clap::{Args, Subcommand, ValueEnum};
use redress_wire::Service;

/// `redress show`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  redress show CF20260501001\n  redress show CF20260501001 --lang zh"
)]
pub(crate) struct ShowArgs {
    /// Case number or complaint id
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// How much of a list to show.
#[derive(Clone, Debug, Args)]
pub(crate) struct PageArgs {
    /// How many at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 30)]
    pub(crate) limit: usize,
    /// All of them
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
}

/// `redress list`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress list                                      most urgent and widest impact first
  redress list --department quality --urgency urgent
  redress list --order due -n 10 | redress list --all --json")]
pub(crate) struct ListArgs {
    /// Of this department (部门)
    #[arg(long, value_name = "ID")]
    pub(crate) department: Option<String>,
    /// Of this handler (处理人)
    #[arg(long, value_name = "ID")]
    pub(crate) handler: Option<String>,
    /// In this state (状态)
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// Of this urgency (紧急程度)
    #[arg(long, value_name = "ID")]
    pub(crate) urgency: Option<String>,
    /// Of this category (分类)
    #[arg(long, value_name = "ID")]
    pub(crate) category: Option<String>,
    /// In which order
    #[arg(long, value_enum, default_value = "work")]
    pub(crate) order: Order,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

/// Order of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// Urgent and wide impact first, then by due time.
    Work,
    /// The next to be due first.
    Due,
    /// The newest first.
    Newest,
}

/// `redress due` and `redress late`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ClockArgs {
    /// Of this department (部门)
    #[arg(long, value_name = "ID")]
    pub(crate) department: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

/// `redress deliveries`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress deliveries --state given_up
  redress deliveries CF20260501001
  redress deliveries --retry CF20260501001-acknowledgement-customer")]
pub(crate) struct DeliveryArgs {
    /// Of this case
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// planned, delivered, given_up, unreachable
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// Send this given-up notification after all
    #[arg(long, value_name = "ID", conflicts_with_all = ["name", "state"])]
    pub(crate) retry: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

/// `redress aside`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  redress aside\n  redress aside redrive 5f1c… --service router"
)]
pub(crate) struct AsideArgs {
    #[command(subcommand)]
    pub(crate) action: Option<AsideAction>,
}

/// What to do with what was set aside.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AsideAction {
    /// Process it again
    Redrive {
        /// Id from the list
        id: String,
        /// Which service set it aside [default: the one that knows the id]
        #[arg(long, value_parser = service)]
        service: Option<Service>,
    },
}

fn service(name: &str) -> Result<Service, String> {
    name.parse::<Service>().map_err(|error| error.to_string())
}

/// `redress status`.
#[derive(Clone, Debug, Args)]
pub(crate) struct StatusArgs {
    /// Also the hash over all rows of each partition; reads all of them
    #[arg(long)]
    pub(crate) hash: bool,
    /// Of one service
    #[arg(long, value_parser = service)]
    pub(crate) service: Option<Service>,
}

/// `redress watch`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "On a terminal a table that refreshes; otherwise, or with --json, one JSON object per change."
)]
pub(crate) struct WatchArgs {
    /// Milliseconds between two looks at least
    #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..))]
    pub(crate) interval: u32,
    /// First day, yyyymmdd
    #[arg(
        long,
        value_name = "DAY",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) from: u32,
    /// Last day, yyyymmdd
    #[arg(
        long,
        value_name = "DAY",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) to: u32,
    /// Show the figures once and end
    #[arg(long)]
    pub(crate) once: bool,
}
