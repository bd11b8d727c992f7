//! Adds a note.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, Visibility, input};

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

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("text", &self.text)?;
        Ok(vec![Change::NoteAdded {
            visibility: self.visibility,
            text: self.text.clone(),
        }])
    }
}
