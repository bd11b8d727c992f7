//! Answers some of the six questions.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, FiveWOneH, Rejection, input};

/// Answers some of the six questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFiveWOneH {
    /// Those that are answered; what is empty stays as it was.
    pub answers: FiveWOneH,
}

impl Step for RecordFiveWOneH {
    const STAGES: Stages = Stages::RECORD;
    const WHILE_HELD: bool = true;

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let answers = &self.answers;
        if *answers == FiveWOneH::default() {
            return Err(FiveWOneHRejection::NoAnswer {}.into());
        }
        input::together(answers.in_order().into_iter())?;
        Ok(vec![Change::FiveWOneHRecorded {
            answers: answers.clone(),
        }])
    }
}

rejections! {
    /// Why answers are not recorded.
    FiveWOneHRejection {
        NoAnswer {} => Invalid "no_answer"
            "none of who, what, when, why, where, how many is answered: answer at least one"
            "何人、何事、何时、何因、何地、数量均未填写:请至少填写一项",
    }
}
