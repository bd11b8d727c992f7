//! A repeat: the handling goes on in another case.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, OtherCase, Rejection};

/// A repeat: the handling goes on in another case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The case that goes on.
    pub into: OtherCase,
}

impl Step for Merge {
    const STAGES: Stages = Stages::OPEN;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        if self.into.id == desk.case.id {
            return Err(MergeRejection::Itself {}.into());
        }
        let number = self.into.number.clone();
        if self.into.ended {
            return Err(MergeRejection::Ended { number }.into());
        }
        Ok(vec![Change::Merged {
            into: self.into.id,
            number,
        }])
    }
}

rejections! {
    /// Why a case is not merged.
    MergeRejection {
        Itself {} => Invalid "same_case"
            "a case cannot be merged into itself: name the case that goes on"
            "案件不能并入自身:请指明继续处理的案件",
        Ended { number: String } => NotAllowedNow "other_ended"
            "case {number} has ended and cannot go on for this one: reopen it first"
            "案件 {number} 已结束,不能并入:请先对其启动二次处理",
    }
}
