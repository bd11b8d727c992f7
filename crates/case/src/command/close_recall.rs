//! Ends the recall that this case leads.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

/// Ends the recall that this case leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseRecall {
    /// The closing report.
    pub report: Text,
    /// Cases of the batch, this one not counted; as found by the caller.
    pub affected: u64,
    /// Of them ended.
    pub finished: u64,
}

impl Step for CloseRecall {
    const STAGES: Stages = Stages::ALL.without(&[Stage::Archived]);
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        if desk.case.recall.as_ref().is_none_or(|recall| recall.closed) {
            return Err(desk.instead(CloseRecallRejection::None {}));
        }
        Ok(())
    }

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("report", &self.report)?;
        let (affected, finished) = (self.affected, self.finished);
        if finished < affected {
            return Err(CloseRecallRejection::Unfinished { affected, finished }.into());
        }
        Ok(vec![Change::RecallClosed {
            report: self.report.clone(),
            affected,
            finished,
        }])
    }
}

rejections! {
    /// Why a recall is not closed.
    CloseRecallRejection {
        None {} => NotAllowedNow "no_recall"
            "the case leads no open recall"
            "本案没有牵头进行中的召回",
        Unfinished { affected: u64, finished: u64 } => NotAllowedNow "recall_unfinished"
            "{finished} of {affected} cases of the recall have ended: bring the others to an end"
            "召回涉及的 {affected} 件案件中仅 {finished} 件已结束:请先处理其余案件",
    }
}
