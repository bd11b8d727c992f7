//! Closes the case with a written notice that answers every item.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

/// Closes the case with a written notice that answers every item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// By email, sms, letter, phone.
    pub means: String,
    /// One for each item of the complaint.
    pub answers: Vec<Text>,
    /// The notice.
    pub text: Text,
}

impl Step for Close {
    const STAGES: Stages = Stages::of(&[
        Stage::CustomerConfirmed,
        Stage::Withdrawn,
        Stage::Rejected,
        Stage::Unmeetable,
    ]);

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::one_of("means", &self.means, &WRITTEN)?;
        input::given("text", &self.text)?;
        input::texts("answers", &self.answers)?;
        let (answers, items) = (self.answers.len(), desk.case.items);
        if answers < items as usize {
            return Err(CloseRejection::Unanswered { answers, items }.into());
        }
        Ok(vec![Change::Closed {
            means: self.means.clone(),
            answers: self.answers.clone(),
            text: self.text.clone(),
        }])
    }
}

/// How a written notice goes; who asked for the phone is read it.
const WRITTEN: [&str; 4] = ["email", "sms", "letter", "phone"];

rejections! {
    /// Why a case is not closed.
    CloseRejection {
        Unanswered { answers: usize, items: u32 } => Invalid "items_unanswered"
            "the notice answers {answers} of {items} items of the complaint: answer every one"
            "书面答复只回复了 {items} 项诉求中的 {answers} 项:请逐项答复",
    }
}
