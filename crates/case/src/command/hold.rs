//! Puts the case on hold.

use jiff::Timestamp;
use redress_policy::PauseId;

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Puts the case on hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// For which reason of the policy.
    pub pause: PauseId,
    /// Why, in words.
    pub reason: Text,
    /// Object of the evidence; empty if none.
    pub evidence: String,
    /// When it resumes by itself; `None`: when told, or when the longest pause is over.
    pub until: Option<Timestamp>,
}

impl Step for Hold {
    const STAGES: Stages = Stages::WITH_HANDLER;
}
