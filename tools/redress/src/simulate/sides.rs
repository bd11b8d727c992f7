//! The two policies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress_policy::Policy;
use redress_what_if::{Pair, Side};

use crate::commands::policy::{load, load_with};

/// Where the policy in force stands unless something else is said.
const USUAL: &str = "policy";
const POLICY_DIR: &str = "REDRESS_POLICY_DIR";

/// Two policies that were read and checked, with where they came from.
pub(crate) struct Policies {
    pub(crate) sides: Pair<Side>,
    pub(crate) dirs: Pair<String>,
}

impl Policies {
    /// Reads both; all faults of a policy in the error. The candidate has the packs too; without a
    /// directory of its own it is today's policy with them.
    pub(crate) fn read(
        against: Option<&Path>,
        candidate: Option<&Path>,
        packs: &[String],
    ) -> anyhow::Result<Self> {
        let today = against.map_or_else(in_force, Path::to_owned);
        let candidate = candidate.unwrap_or(&today);
        let named = [vec![candidate.display().to_string()], packs.to_vec()].concat();
        Ok(Self::of(
            (load(&today)?, today.display().to_string()),
            (load_with(candidate, packs)?, named.join(" + ")),
        ))
    }

    /// Policies that are read already.
    pub(crate) fn of(today: (Policy, String), candidate: (Policy, String)) -> Self {
        let of_today = Side::new(Arc::new(today.0));
        Self {
            sides: Pair {
                candidate: Side::beside(&of_today, Arc::new(candidate.0)),
                today: of_today,
            },
            dirs: Pair {
                today: today.1,
                candidate: candidate.1,
            },
        }
    }
}

fn in_force() -> PathBuf {
    std::env::var_os(POLICY_DIR)
        .filter(|dir| !dir.is_empty())
        .map_or_else(|| PathBuf::from(USUAL), PathBuf::from)
}
