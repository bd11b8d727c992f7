//! Adds a note.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Stage, Text, Visibility};

/// Adds a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddNote {
    /// Who reads it.
    pub visibility: Visibility,
    /// In words.
    pub text: Text,
}

impl Step for AddNote {
    const STAGES: Stages = Stages::ALL.without(&[Stage::Archived]);
    const WHILE_HELD: bool = true;
}
