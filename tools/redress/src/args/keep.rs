//! What the commands understand that look after an installation.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::what_if::{ShadowArgs, SimulateArgs};

/// `redress policy`.
#[derive(Clone, Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) action: PolicyAction,
}

/// What to do with a policy.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PolicyAction {
    /// Find every fault: file:line:column: reason
    Check {
        /// Directory of the policy
        #[arg(
            value_name = "DIR",
            env = "REDRESS_POLICY_DIR",
            default_value = "policy"
        )]
        dir: PathBuf,
        /// Check as if house.toml named these packs of regulators too
        #[arg(long, value_name = "ID")]
        pack: Vec<String>,
    },
    /// Try a policy on the past: what would have been routed, late, approved differently (政策试算)
    Simulate(Box<SimulateArgs>),
    /// Let a policy run beside the one in force and only report (影子运行)
    Shadow(ShadowArgs),
}

/// `redress doctor`.
#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The policy to check, if it is on this machine
    #[arg(
        long,
        env = "REDRESS_POLICY_DIR",
        value_name = "DIR",
        default_value = "policy"
    )]
    pub(crate) policy_dir: PathBuf,
    /// The data directory to check, if it is on this machine
    #[arg(
        long,
        env = "REDRESS_DATA_DIR",
        value_name = "DIR",
        default_value = ".redress"
    )]
    pub(crate) data_dir: PathBuf,
}

/// `redress completions`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Example:\n  redress completions bash > ~/.local/share/bash-completion/completions/redress"
)]
pub(crate) struct CompletionArgs {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
