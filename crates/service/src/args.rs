use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::WantedEvents;

const EVENTS_HELP: &str = "Events for outside subscribers: usual, all, none, or names such as \
    case_closed; -name takes one out again";

/// Settings of the runtime, beside the host's, and the service's own.
#[derive(Clone, Debug, Args)]
pub struct ServiceArgs<X: Args> {
    /// The runtime's.
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    /// The service's own.
    #[command(flatten)]
    pub own: X,
}

/// Settings of the runtime.
#[derive(Clone, Debug, Args)]
pub struct RuntimeArgs {
    /// How long a replica that vanished keeps its partitions, in seconds
    #[arg(long, value_name = "S", default_value = "6", value_parser = clap::value_parser!(u64).range(1..=300))]
    pub lease_seconds: u64,
    /// Also keep up with the partitions that this replica would get if another one vanished, so that
    /// taking them over needs no long replay; costs about their memory and processor time again
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true",
          action = clap::ArgAction::Set)]
    pub standby: bool,
    /// Where the broker's monitoring answers, to check its sync setting [default: the broker's
    /// host, port 8222]
    #[arg(long, value_name = "URL")]
    pub nats_monitor_url: Option<String>,
    /// Where `redress log trim` has put what it took off the log: read together with it, also for
    /// rows of another version [default: only the log is read]
    #[arg(long, value_name = "DIR")]
    pub log_archive: Option<PathBuf>,
    /// Events for outside subscribers
    #[arg(
        long,
        value_name = "EVENTS",
        default_value = "usual",
        allow_hyphen_values = true,
        help = EVENTS_HELP
    )]
    pub events: WantedEvents,
    /// For the control experiment of the kill test only: `off` appends to the log unfenced
    #[arg(long, hide = true, value_enum, default_value = "on")]
    pub test_fence: Fence,
    /// For the controls of the fault tests only: `off` follows chains of blocks that are broken
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_enum, default_value = "on")]
    pub test_chain: Switch,
    /// For the controls of the fault tests only: `off` claims what is assigned to others as well
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_enum, default_value = "on")]
    pub test_lease: Switch,
    /// For tests of rolling upgrades only: `next` behaves like a release with a new event version
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_enum, default_value = "this")]
    pub test_release: Release,
}

/// Something that a promise rests on, and that a control experiment goes without.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Always, outside of control experiments.
    On,
    /// Shows that the recorder notices.
    Off,
}

/// Which release a process is.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Release {
    /// The one that it is.
    This,
    /// The one after it, as far as events are concerned.
    Next,
}

/// Whether appends to the log are fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fence {
    /// Always, outside of the control experiment.
    On,
    /// Shows that the kill test notices.
    Off,
}
