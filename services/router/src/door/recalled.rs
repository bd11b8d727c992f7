//! Whether a batch is recalled already: two recalls would tell every customer twice.

use std::collections::BTreeSet;

use redress_complaint::{ComplaintId, batch_key};
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{CaseRow, RunRecallRequest, related_query::Of};
use tonic::Code;

use super::{Caller, Desk};

impl<P: Peers> Desk<P> {
    /// Refuses to recall a batch that another case recalls. Found by the cases of the batch: the
    /// one that leads is one of them, or has taken one of them in.
    pub(super) async fn not_recalled(
        &self,
        asked: &RunRecallRequest,
        caller: &Caller,
    ) -> Result<(), Refusal> {
        let lead = self.find(&asked.name, &caller.policy).await?;
        let batch = match asked.batch_no.trim() {
            "" => &lead.batch_no,
            named => named,
        };
        if batch_key(batch).is_none() || recalls(&lead, batch) {
            return Ok(());
        }
        let mut seen = BTreeSet::from([lead.complaint_id.clone()]);
        let mut after = Vec::new();
        loop {
            let page = self.with_sign(Of::BatchNo(batch.to_owned()), after).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.sort_key.clone();
            for row in &page {
                if row.complaint_id != lead.complaint_id && recalls(row, batch) {
                    return Err(by(row));
                }
                for id in row.recalls.iter().filter(|id| seen.insert((*id).clone())) {
                    self.not_recalled_by(id, batch).await?;
                }
            }
        }
    }

    async fn not_recalled_by(&self, id: &[u8], batch: &str) -> Result<(), Refusal> {
        let Ok(id) = ComplaintId::try_from(id) else {
            return Ok(());
        };
        match self.with_id(&id).await? {
            Some(row) if recalls(&row, batch) => Err(by(&row)),
            _ => Ok(()),
        }
    }
}

/// Whether the case leads the open recall of the batch.
fn recalls(row: &CaseRow, batch: &str) -> bool {
    !row.recall_closed && batch_key(&row.recall_batch_no) == batch_key(batch)
}

fn by(row: &CaseRow) -> Refusal {
    let (number, batch) = (&row.number, &row.recall_batch_no);
    let message = format!(
        "case {number} leads the recall of batch {batch} already: open it again there, and the \
         cases that have come since are taken in"
    );
    Refusal::new(Code::FailedPrecondition, message)
}
