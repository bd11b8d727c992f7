//! Takes the case into a recall: its customer is told first.

use redress_complaint::{ComplaintId, batch_key};

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
    /// Which batch; empty: that of the recall.
    pub batch_no: String,
    /// What the customer is told.
    pub text: Text,
}

impl Step for JoinRecall {
    const STAGES: Stages = Stages::ALL;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let case = desk.case;
        if self.recall.id == case.id {
            return Err(JoinRecallRejection::Itself {}.into());
        }
        let number = self.recall.number.clone();
        let Some(batch) = self.recall.recall.clone() else {
            return Err(JoinRecallRejection::None { number }.into());
        };
        for own in [&self.batch_no, &case.batch_no] {
            input::short("batch_no", own)?;
            if !own.is_empty() && batch_key(own) != batch_key(&batch) {
                let own = own.clone();
                return Err(JoinRecallRejection::OtherBatch { own, batch }.into());
            }
        }
        // As the case spells it, if it does.
        let spelled = [&case.batch_no, &self.batch_no, &batch];
        let spelled = spelled.into_iter().find(|batch_no| !batch_no.is_empty());
        let batch_no = spelled.cloned().unwrap_or_default();
        let joined = |(id, of): &(ComplaintId, String)| {
            *id == self.recall.id && batch_key(of) == batch_key(&batch_no)
        };
        if case.recalls.iter().any(joined) {
            return Err(JoinRecallRejection::Joined { number }.into());
        }
        Ok(vec![Change::RecallJoined {
            recall: self.recall.id,
            number,
            batch_no,
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
        None { number: String } => NotAllowedNow "no_recall"
            "case {number} leads no open recall: open one there first"
            "案件 {number} 没有牵头进行中的召回:请先启动召回",
        Joined { number: String } => NotAllowedNow "joined_already"
            "the case belongs to the recall of case {number} already"
            "本案已纳入案件 {number} 的召回",
    }
}
