//! Takes the case into a recall: its customer is told first.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, OtherCase, Rejection, Text, input};

/// Takes the case into a recall: its customer is told first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRecall {
    /// The case that leads it.
    pub recall: OtherCase,
    /// Which batch.
    pub batch_no: String,
    /// What the customer is told.
    pub text: Text,
}

impl Step for JoinRecall {
    const STAGES: Stages = Stages::ALL;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::word("batch_no", &self.batch_no)?;
        let case = desk.case;
        if self.recall.id == case.id {
            return Err(JoinRecallRejection::Itself {}.into());
        }
        if !case.batch_no.is_empty() && case.batch_no != self.batch_no {
            let (own, batch) = (case.batch_no.clone(), input::clip(&self.batch_no));
            return Err(JoinRecallRejection::OtherBatch { own, batch }.into());
        }
        let number = self.recall.number.clone();
        if case
            .recalls
            .contains(&(self.recall.id, self.batch_no.clone()))
        {
            return Err(JoinRecallRejection::Joined { number }.into());
        }
        Ok(vec![Change::RecallJoined {
            recall: self.recall.id,
            number,
            batch_no: self.batch_no.clone(),
            text: self.text.clone(),
        }])
    }
}

rejections! {
    /// Why a case does not join a recall.
    JoinRecallRejection {
        Itself {} => Invalid "same_case"
            "the case that leads a recall does not join it"
            "牵头召回的案件不能再纳入自身的召回",
        OtherBatch { own: String, batch: String } => Invalid "other_batch"
            "the case is of batch {own}, the recall is of batch {batch}"
            "本案批次为 {own},召回批次为 {batch}",
        Joined { number: String } => NotAllowedNow "joined_already"
            "the case belongs to the recall of case {number} already"
            "本案已纳入案件 {number} 的召回",
    }
}
