//! Who is responsible.

use crate::command::Step;
use crate::stage::Stages;
use crate::{PartyId, Text};

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessResponsibility {
    /// The parties.
    pub parties: Vec<PartyId>,
    /// In words.
    pub text: Text,
}

impl Step for AssessResponsibility {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;
}
