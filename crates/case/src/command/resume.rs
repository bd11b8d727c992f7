//! Work goes on.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection};

/// Work goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume;

impl Step for Resume {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let hold = desk.case.hold.iter();
        let resumed = hold.map(|hold| Change::Resumed {
            pause: hold.pause.clone(),
        });
        Ok(resumed.collect())
    }
}
