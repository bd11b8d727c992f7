//! What `redress log` understands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `redress log`.
#[derive(Clone, Debug, Args)]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    pub(crate) action: LogAction,
}

/// What to do with the log.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum LogAction {
    /// Move old blocks of archived cases from the log into files (日志裁剪)
    Trim(TrimArgs),
}

/// `redress log trim`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Has the services make snapshots, and says what could go and what stays and why. \
Nothing is taken off without --yes.

Examples:
  redress log trim                                     what could go
  redress log trim --archive /backup/redress --yes     archive it, then take it off"
)]
pub(crate) struct TrimArgs {
    /// Keep what was recorded in the last N days
    #[arg(long, value_name = "N", default_value_t = 365)]
    pub(crate) keep_days: u32,
    /// Where what is taken off is written first; keep it as long as the cases
    #[arg(long, value_name = "DIR", required_if_eq("yes", "true"))]
    pub(crate) archive: Option<PathBuf>,
    /// Do it
    #[arg(long)]
    pub(crate) yes: bool,
    /// Seconds to wait for the snapshots
    #[arg(long, value_name = "S", default_value_t = 600)]
    pub(crate) wait: u64,
}
