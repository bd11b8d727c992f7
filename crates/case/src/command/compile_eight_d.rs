//! Compiles the 8D report from what the record holds.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Discipline, Rejection};

/// Compiles the 8D report from what the record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileEightD;

impl Step for CompileEightD {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let filled = |discipline: &Discipline| discipline.is_complete(desk.case);
        let (complete, missing) = Discipline::ALL.iter().partition(|d| filled(d));
        Ok(vec![Change::EightDCompiled { complete, missing }])
    }
}
