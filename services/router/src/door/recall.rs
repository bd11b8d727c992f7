//! The recall of a batch (召回): one case leads it, all cases of the batch join.

use futures::{StreamExt as _, stream};
use redress_case::SYSTEM;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::{
    notifier::{RecallNotices, RecallNoticesQuery},
    router::{
        Actor, CaseCommand, CaseRefused, CaseRow, CaseWish, GetRecallRequest, GetRecallResponse,
        JoinRecall, OpenRecall, RelatedQuery, RunRecallRequest, RunRecallResponse,
        case_command::Command as Wish, query, related_query::Of,
    },
};
use tonic::{Code, Status};

use super::{Caller, Desk, execute::other, id_of_row, notices, refused::status};
use crate::page::merged;

/// Cases that join at once: a round's worth.
const AT_ONCE: usize = 256;
/// Cases of a batch that are listed at once, and asked about at once: no more are answered.
const PAGE: usize = 500;
/// Reasons of the case crate that mean that there is nothing to do any more.
const OPEN_ALREADY: &str = "recall_open";
const JOINED_ALREADY: &str = "joined_already";

impl<P: Peers> Desk<P> {
    /// Opens the recall, unless it is, and takes in all cases of the batch that are not in it.
    pub(super) async fn recall(
        &self,
        asked: RunRecallRequest,
        caller: &Caller,
    ) -> Result<RunRecallResponse, Status> {
        self.not_recalled(&asked, caller).await?;
        let lead = self.opened(&asked, caller).await?;
        let mut run = RunRecallResponse {
            number: lead.number.clone(),
            ..RunRecallResponse::default()
        };
        let mut after = Vec::new();
        loop {
            let batch = Of::BatchNo(lead.recall_batch_no.clone());
            let page = self.with_sign(batch, after).await?;
            let Some(last) = page.last() else {
                return Ok(run);
            };
            after = last.sort_key.clone();
            let mut joining = Vec::new();
            for row in page.iter().filter(|row| row.number != lead.number) {
                run.affected += 1;
                if !row.recalls.contains(&lead.complaint_id) {
                    joining.push(self.join(&asked, &lead, row, caller));
                }
            }
            let mut joined = stream::iter(joining).buffer_unordered(AT_ONCE);
            while let Some(joined) = joined.next().await {
                run.joined += u64::from(joined?);
            }
        }
    }

    /// How far it has come.
    pub(super) async fn recall_progress(
        &self,
        asked: &GetRecallRequest,
        caller: &Caller,
    ) -> Result<GetRecallResponse, Refusal> {
        let lead = self.find(&asked.name, &caller.policy).await?;
        if lead.recall_batch_no.is_empty() {
            let message = format!("case {} leads no recall", lead.number);
            return Err(Refusal::new(Code::FailedPrecondition, message));
        }
        let counts = self.counts_of(&lead).await?;
        let notices = self.notices_of(&lead).await?;
        let told = notices.unwrap_or_default();
        Ok(GetRecallResponse {
            number: lead.number,
            batch_no: lead.recall_batch_no,
            affected: counts.affected,
            told: told.delivered,
            joined: counts.joined,
            finished: counts.finished,
            closed: lead.recall_closed,
            outside: counts.affected - counts.joined,
            telling: told.waiting,
            unreached: told.failed,
            told_unknown: notices.is_none(),
        })
    }

    /// What became of the customers' notices; `None` if notifier does not say.
    async fn notices_of(&self, lead: &CaseRow) -> Result<Option<RecallNotices>, Refusal> {
        let mut notices = Some(RecallNotices::default());
        let mut after = Vec::new();
        while notices.is_some() {
            let of = Of::Recall(lead.complaint_id.clone());
            let page = self.with_sign(of, after).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = last.sort_key.clone();
            let ids = page.into_iter().map(|row| row.complaint_id);
            let asked = RecallNoticesQuery {
                recall: lead.number.clone(),
                complaint_ids: ids.filter(|id| *id != lead.complaint_id).collect(),
            };
            notices = notices::sum(notices, notices::ask(&self.nats, asked).await);
        }
        Ok(notices)
    }

    /// The leading case, once its recall is open. The right to open one is asked for each time.
    async fn opened(&self, asked: &RunRecallRequest, caller: &Caller) -> Result<CaseRow, Status> {
        let open = CaseCommand {
            name: asked.name.clone(),
            request_id: asked.request_id.clone(),
            actor: asked.actor.clone(),
            expected_version: None,
            command: Some(Wish::OpenRecall(OpenRecall {
                batch_no: asked.batch_no.clone(),
                text: asked.text.clone(),
            })),
        };
        let (id, outcome) = Desk::execute(self, open, caller).await?;
        match outcome {
            Ok(_) => {}
            Err(refused) if refused.reason == OPEN_ALREADY => {}
            Err(refused) => return Err(status(&refused, caller.speech)),
        }
        let lead = self.with_id(&id).await?;
        let lead = lead.ok_or_else(|| super::unknown(&asked.name))?;
        let same = |batch: &str| redress_complaint::batch_key(batch);
        let named = asked.batch_no.trim();
        if !named.is_empty() && same(named) != same(&lead.recall_batch_no) {
            let (number, batch) = (&lead.number, &lead.recall_batch_no);
            let message = format!("case {number} leads the recall of batch {batch} already");
            return Err(Refusal::new(Code::FailedPrecondition, message).into());
        }
        Ok(lead)
    }

    /// A page of the cases of a batch or a recall.
    pub(super) async fn with_sign(&self, of: Of, after: Vec<u8>) -> Result<Vec<CaseRow>, Refusal> {
        let found = self
            .ask_all(query::Query::Related(RelatedQuery {
                of: Some(of),
                limit: PAGE as u32,
                after,
            }))
            .await?;
        let found = found.into_iter().map(|found| found.cases);
        Ok(merged(found, PAGE))
    }

    /// Takes a case in; tells whether it was not in before. That follows from the opened recall,
    /// so it is the system that does it.
    async fn join(
        &self,
        asked: &RunRecallRequest,
        lead: &CaseRow,
        row: &CaseRow,
        caller: &Caller,
    ) -> Result<bool, Status> {
        let Some(id) = id_of_row(row) else {
            return Ok(false);
        };
        let join = CaseCommand {
            name: row.number.clone(),
            request_id: request_id(asked, lead),
            actor: Some(Actor {
                id: SYSTEM.to_owned(),
                role: SYSTEM.to_owned(),
            }),
            expected_version: None,
            command: Some(Wish::JoinRecall(JoinRecall {
                recall: lead.number.clone(),
                // As the case spells it; the two are the same batch.
                batch_no: row.batch_no.clone(),
                text: asked.text.clone(),
            })),
        };
        let wish = CaseWish {
            complaint_id: row.complaint_id.clone(),
            command: Some(join),
            other: Some(other(lead)),
            counts: None,
        };
        match self.command(id, wish, caller).await? {
            Ok(_) => Ok(true),
            Err(CaseRefused { reason, .. }) if reason == JOINED_ALREADY => Ok(false),
            Err(refused) => Err(status(&refused, caller.speech)),
        }
    }
}

/// The same recall run again under the same request id joins each case once.
fn request_id(asked: &RunRecallRequest, lead: &CaseRow) -> String {
    match asked.request_id.as_str() {
        "" => String::new(),
        request_id => {
            let hash = blake3::hash(request_id.as_bytes()).to_hex();
            format!("recall-{}-{}", lead.number, &hash[..16])
        }
    }
}
