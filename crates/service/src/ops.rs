//! What every service offers to operators.

use std::time::Duration;

use redress_log::Peers;
use redress_runtime::{Core, Handle, Refusal};
use redress_wire::{
    event::proto_time,
    ops::{
        GetStatusRequest, GetStatusResponse, ListSetAsideRequest, ListSetAsideResponse,
        MakeSnapshotsRequest, MakeSnapshotsResponse, PartitionStatus, RedriveRequest,
        RedriveResponse, SetAsideEntry,
        ops_server::{Ops, OpsServer},
    },
    peer::{self, Redrive, SetAsideRow},
};
use tonic::{Request, Response, Status, service::Routes};

use crate::{page_size, page_token, read_page_token};

/// How long a redrive waits for its round.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct OpsRoutes<C: Core, P: Peers>(Handle<C, P>);

pub(crate) fn routes<C: Core, P: Peers>(handle: Handle<C, P>) -> OpsRoutes<C, P> {
    OpsRoutes(handle)
}

impl<C: Core, P: Peers> OpsRoutes<C, P> {
    pub(crate) fn add_to(self, routes: Routes) -> Routes {
        routes.add_service(OpsServer::new(Operators(self.0)))
    }
}

struct Operators<C: Core, P: Peers>(Handle<C, P>);

#[tonic::async_trait]
impl<C: Core, P: Peers> Ops for Operators<C, P> {
    async fn list_set_aside(
        &self,
        request: Request<ListSetAsideRequest>,
    ) -> Result<Response<ListSetAsideResponse>, Status> {
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let after = read_page_token(&request.page_token)?;
        let mut entries: Vec<(Vec<u8>, SetAsideEntry)> = Vec::new();
        for (partition, rows) in self.0.set_aside(10_000).await? {
            entries.extend(
                rows.iter()
                    .map(|row| (sort_key(row), entry(partition, row))),
            );
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.retain(|(key, _)| after.is_empty() || *key > after);
        let more = entries.len() > size;
        entries.truncate(size);
        let next = entries
            .last()
            .filter(|_| more)
            .map(|(key, _)| page_token(key));
        Ok(Response::new(ListSetAsideResponse {
            next_page_token: next.unwrap_or_default(),
            entries: entries.into_iter().map(|(_, entry)| entry).collect(),
        }))
    }

    async fn redrive(
        &self,
        request: Request<RedriveRequest>,
    ) -> Result<Response<RedriveResponse>, Status> {
        let request = request.into_inner();
        let id = read_page_token(&request.id)
            .map_err(|_| Refusal::not_found("nothing set aside has this id"))?;
        let redrive = Redrive {
            id,
            request_id: request.request_id,
        };
        let outcome = self.0.redrive(redrive, PATIENCE).await?;
        Ok(Response::new(RedriveResponse {
            processed: outcome.processed,
            outcome: outcome.outcome,
        }))
    }

    async fn get_status(
        &self,
        request: Request<GetStatusRequest>,
    ) -> Result<Response<GetStatusResponse>, Status> {
        let partitions = self.0.status(request.into_inner().with_state_hash).await?;
        let partitions = partitions.into_iter().map(shown).collect();
        Ok(Response::new(GetStatusResponse { partitions }))
    }

    async fn make_snapshots(
        &self,
        _request: Request<MakeSnapshotsRequest>,
    ) -> Result<Response<MakeSnapshotsResponse>, Status> {
        let partitions = self.0.snapshot().await?;
        let partitions = partitions.into_iter().map(shown).collect();
        Ok(Response::new(MakeSnapshotsResponse { partitions }))
    }
}

fn shown(status: peer::Status) -> PartitionStatus {
    PartitionStatus {
        partition: status.partition,
        owner: status.owner,
        own_sequence: status.own_sequence,
        consumed: status.consumed,
        height: status.height,
        state_hash: status.state_hash,
        rows_unflushed: status.rows_unflushed,
    }
}

fn sort_key(row: &SetAsideRow) -> Vec<u8> {
    [&row.time_us.to_be_bytes(), row.id.as_slice()].concat()
}

fn entry(partition: u32, row: &SetAsideRow) -> SetAsideEntry {
    SetAsideEntry {
        id: page_token(&row.id),
        source: row.source.clone(),
        reason: row.reason.clone(),
        time: Some(proto_time(row.time_us)),
        partition,
        content_type: row.content_type.clone(),
        input_bytes: row.input.len() as u64,
    }
}
