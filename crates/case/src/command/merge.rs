//! A repeat: the handling goes on in another case.

use crate::OtherCase;
use crate::command::Step;
use crate::stage::Stages;

/// A repeat: the handling goes on in another case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The case that goes on.
    pub into: OtherCase,
}

impl Step for Merge {
    const STAGES: Stages = Stages::OPEN;
    const WHILE_HELD: bool = true;
}
