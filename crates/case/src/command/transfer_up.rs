//! Hands the case to the level above, the only way the first responsible person may.

use crate::Text;
use crate::command::Step;
use crate::stage::Stages;

/// Hands the case to the level above, the only way the first responsible person may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferUp {
    /// Why.
    pub reason: Text,
}

impl Step for TransferUp {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;
}
