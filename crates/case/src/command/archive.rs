//! Keeps the case; nobody works on it again.

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage};

/// Keeps the case; nobody works on it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive;

impl Step for Archive {
    const STAGES: Stages = Stages::of(&[Stage::Closed, Stage::Merged]);

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        if let Some(recall) = desk.case.recall.as_ref().filter(|recall| !recall.closed) {
            let batch = recall.batch_no.clone();
            return Err(desk.instead(ArchiveRejection::LeadsRecall { batch }));
        }
        Ok(())
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let (keep, house) = (&desk.procedures().keep, desk.cx.policy.house());
        let keep_until = keep.until(desk.now(), &house.time_zone);
        Ok(vec![Change::Archived { keep_until }])
    }
}

rejections! {
    /// Why a case is not archived.
    ArchiveRejection {
        LeadsRecall { batch: String } => NotAllowedNow "recall_open"
            "the case leads the recall of batch {batch}, which is still open: close_recall first"
            "本案牵头的批次 {batch} 召回尚未结束:请先执行 close_recall",
    }
}
