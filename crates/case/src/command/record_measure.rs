//! A step that the procedure of the case's severity knows.

use crate::command::Step;
use crate::stage::Stages;
use crate::{Evidence, MeasureId, Stage, Text};

/// A step that the procedure of the case's severity knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordMeasure {
    /// Of the policy, such as `task_force`.
    pub measure: MeasureId,
    /// In words.
    pub text: Text,
    /// Who took part.
    pub people: Vec<String>,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

impl Step for RecordMeasure {
    const STAGES: Stages = Stages::WITH_HANDLER.and(&[Stage::Closed]);
    const WHILE_HELD: bool = true;
}
