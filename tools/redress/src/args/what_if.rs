//! What `policy simulate` and `policy shadow` understand.

use std::path::PathBuf;

use clap::Args;

/// `redress policy simulate`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress policy simulate --since 90d --policy new/
  redress policy simulate --since 2026-05-01 --until 2026-06-01 --policy new/ --html may.html
  redress policy simulate --since 90d --pack cn-telecom
  redress policy simulate --from-file servicenow incidents.csv.gz

Times: 2026-05-01T09:30+08:00, 2026-05-01T09:30 or 2026-05-01 (in the house's zone), or how long
ago: 90d, 12h. Reads only: nothing is written to the broker, no service notices.")]
pub(crate) struct SimulateArgs {
    /// The candidate: a directory like the one of the policy in force
    #[arg(long, value_name = "DIR", required_unless_present_any = ["from_file", "pack"])]
    pub(crate) policy: Option<PathBuf>,
    /// As if the candidate named this regulator's pack too; without --policy: today's policy with it
    #[arg(long, value_name = "ID")]
    pub(crate) pack: Vec<String>,
    /// Today's policy, to compare with [default: REDRESS_POLICY_DIR, else policy]
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Option<PathBuf>,
    /// Complaints registered from then on [default: all]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Complaints registered, and what happened, before then [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// A page with charts, in one file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// History that is not in the log: what kind (servicenow) and which file
    #[arg(long, num_args = 2, value_names = ["KIND", "FILE"], conflicts_with_all = ["since", "until"])]
    pub(crate) from_file: Option<Vec<String>>,
    /// With --from-file: the clock that decides whether a case made its deadline [default: all]
    #[arg(long, value_name = "ID", requires = "from_file")]
    pub(crate) clock: Option<String>,
    /// Partitions read at once [default: one for each processor]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) workers: Option<usize>,
}

/// `redress policy shadow`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress policy shadow --policy new/                  differences as they come up, from now on
  redress policy shadow --policy new/ --since 7d       with the last week first
  redress policy shadow --policy new/ | tee new.jsonl

One JSON object a line for each difference; totals every minute and at the end (Ctrl-C) on standard
error, or as a last line with --json. Reads only: nothing is written to the broker.")]
pub(crate) struct ShadowArgs {
    /// The candidate: a directory like the one of the policy in force
    #[arg(long, value_name = "DIR")]
    pub(crate) policy: PathBuf,
    /// Today's policy, to compare with
    #[arg(
        long,
        value_name = "DIR",
        env = "REDRESS_POLICY_DIR",
        default_value = "policy"
    )]
    pub(crate) against: PathBuf,
    /// Complaints registered from then on [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Seconds between totals; 0: only at the end
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) totals: u64,
    /// Cases followed at once; later ones are counted and not followed
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub(crate) most_cases: usize,
    /// Ends by itself after so long [default: never]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<u64>,
}
