//! Opens the recall of a batch, led by this case.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

/// Opens the recall of a batch, led by this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecall {
    /// Which batch; empty: the case's own.
    pub batch_no: String,
    /// What the customers are told.
    pub text: Text,
}

impl Step for OpenRecall {
    const STAGES: Stages = Stages::WITH_HANDLER.and(&[Stage::Closed]);
    const WHILE_HELD: bool = true;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        if let Some(recall) = desk.case.recall.as_ref().filter(|recall| !recall.closed) {
            let batch = recall.batch_no.clone();
            return Err(desk.instead(OpenRecallRejection::Open { batch }));
        }
        Ok(())
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        input::given("text", &self.text)?;
        let batch_no = match self.batch_no.trim() {
            "" => desk.case.batch_no.clone(),
            named => named.to_owned(),
        };
        input::word("batch_no", &batch_no)?;
        Ok(vec![Change::RecallOpened {
            batch_no,
            text: self.text.clone(),
        }])
    }
}

rejections! {
    /// Why a recall is not opened.
    OpenRecallRejection {
        Open { batch: String } => NotAllowedNow "recall_open"
            "the case leads the recall of batch {batch} already"
            "本案已牵头批次 {batch} 的召回",
    }
}
