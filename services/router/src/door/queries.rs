//! `redress.router.v1.CaseQueries`.

use std::pin::Pin;

use futures::Stream;
use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{
    FindSimilarRequest, FindSimilarResponse, FollowRequest, FollowResponse, GetNextStepsRequest,
    GetNextStepsResponse, GetRecallRequest, GetRecallResponse, GetTimelineRequest,
    GetTimelineResponse, ListRelatedRequest, ListRelatedResponse, NextStep, NextStepsQuery,
    StepRow, TimelineEntry, TimelineQuery, case_queries_server::CaseQueries, query,
};
use tonic::{Request, Response, Status};

use super::{Caller, Desk, id_of_row, refused::spoken, unknown};
use crate::story;

/// Facts that are asked for at once.
const AT_ONCE: u32 = 500;
/// A timeline in one answer is bounded; whoever wants the rest follows the case from there.
const MOST_BYTES: usize = 3 << 20;

#[tonic::async_trait]
impl<P: Peers> CaseQueries for Desk<P> {
    async fn get_timeline(
        &self,
        request: Request<GetTimelineRequest>,
    ) -> Result<Response<GetTimelineResponse>, Status> {
        let caller = self.caller(&request);
        let name = &request.get_ref().name;
        let row = self.find(name, &caller.policy).await?;
        let id = id_of_row(&row).ok_or_else(|| unknown(name))?;
        let mut entries: Vec<TimelineEntry> = Vec::new();
        let mut bytes = 0;
        while bytes < MOST_BYTES {
            let next = entries.last().map_or(0, |last| last.version + 1);
            let more = self.story(&id, next, &caller).await?;
            if more.is_empty() {
                break;
            }
            bytes += more.iter().map(TimelineEntry::encoded_len).sum::<usize>();
            entries.extend(more);
        }
        Ok(Response::new(GetTimelineResponse {
            version: row.version,
            case: Some(caller.shown(row)),
            entries,
        }))
    }

    async fn get_next_steps(
        &self,
        request: Request<GetNextStepsRequest>,
    ) -> Result<Response<GetNextStepsResponse>, Status> {
        let caller = self.caller(&request);
        let GetNextStepsRequest { name, actor } = request.into_inner();
        let id = self.id_of(&name, &caller.policy).await?;
        let asked = query::Query::NextSteps(NextStepsQuery {
            complaint_id: id.as_bytes().to_vec(),
            actor,
        });
        let found = self.ask(&id, asked).await?;
        let steps = found.next_steps.ok_or_else(|| unknown(&name))?;
        let step = |step: StepRow| NextStep {
            reason: step
                .reason
                .map_or_else(String::new, |words| spoken(&words, caller.speech)),
            missing: step
                .missing
                .iter()
                .map(|words| spoken(words, caller.speech))
                .collect(),
            command: step.command,
            allowed: step.allowed,
        };
        Ok(Response::new(GetNextStepsResponse {
            state: steps.state,
            version: steps.version,
            steps: steps.steps.into_iter().map(step).collect(),
        }))
    }

    async fn find_similar(
        &self,
        request: Request<FindSimilarRequest>,
    ) -> Result<Response<FindSimilarResponse>, Status> {
        let caller = self.caller(&request);
        let found = self.find_similar_cases(request.into_inner(), &caller);
        Ok(Response::new(found.await?))
    }

    async fn list_related(
        &self,
        request: Request<ListRelatedRequest>,
    ) -> Result<Response<ListRelatedResponse>, Status> {
        let caller = self.caller(&request);
        let listed = self.list_related_cases(request.into_inner(), &caller);
        Ok(Response::new(listed.await?))
    }

    async fn get_recall(
        &self,
        request: Request<GetRecallRequest>,
    ) -> Result<Response<GetRecallResponse>, Status> {
        let caller = self.caller(&request);
        let progress = self.recall_progress(request.get_ref(), &caller);
        Ok(Response::new(progress.await?))
    }

    type FollowStream = Pin<Box<dyn Stream<Item = Result<FollowResponse, Status>> + Send>>;

    async fn follow(
        &self,
        request: Request<FollowRequest>,
    ) -> Result<Response<Self::FollowStream>, Status> {
        let caller = self.caller(&request);
        let followed = self.follow_case(request.into_inner(), caller).await?;
        Ok(Response::new(Box::pin(followed)))
    }
}

impl<P: Peers> Desk<P> {
    /// The next entries of a case's story; none if there are no more yet.
    pub(super) async fn story(
        &self,
        id: &ComplaintId,
        from_version: u64,
        caller: &Caller,
    ) -> Result<Vec<TimelineEntry>, Refusal> {
        let asked = query::Query::Timeline(TimelineQuery {
            complaint_id: id.as_bytes().to_vec(),
            from_version,
            limit: AT_ONCE,
        });
        let found = self.ask(id, asked).await?;
        let teller = story::Teller::new(&caller.policy, caller.speech);
        let opening = found.cases.first().into_iter();
        let opening = opening.flat_map(|row| teller.opening(row));
        let told = opening.filter(|entry| entry.version >= from_version);
        let facts = found.facts.iter().filter_map(|fact| teller.fact(fact));
        Ok(told.chain(facts).collect())
    }
}
