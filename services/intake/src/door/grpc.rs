//! The gRPC door: `redress.intake.v1.Intake`.

use std::time::Duration;

use futures::StreamExt as _;
use prost::Message as _;
use redress_complaint::{contact_keys, mask};
use redress_host::grpc::Deadline;
use redress_runtime::{Refusal, Violation};
use redress_service::{page_size, page_token, read_page_token};
use redress_wire::{
    event::proto_time,
    headers,
    intake::{
        Complaint, ComplaintRef, Customer, CustomerComplaint, CustomerQuery, GetComplaintRequest,
        GetCustomerRequest, Query, SubmitBulkResponse, SubmitRequest, SubmitResponse, SubmitResult,
        intake_server::Intake, query, submit_result,
    },
};
use tokio::time::timeout;
use tonic::{Code, Request, Response, Status, Streaming, metadata::MetadataMap};

use super::{
    answer::{self, Outcome, refusal_wire},
    body::{Format, raw},
    desk::{Desk, OWNER_PATIENCE, Sent},
    lookup,
    trace::Trace,
};

/// Submissions of one bulk call that are decided at once: several rounds' worth of a busy stream.
const BULK_AT_ONCE: usize = 512;
/// Submissions of one bulk call at most: their results fit into one answer.
const BULK_MOST: usize = 20_000;
/// How long the next submission of a bulk call may be waited for.
const BULK_IDLE: Duration = Duration::from_secs(30);

/// The service's calls.
#[derive(Clone)]
pub struct IntakeCalls {
    desk: Desk,
}

impl IntakeCalls {
    /// Calls that are handed to a desk.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Checks, registers, counts: the same whether it came alone or among many.
    async fn register(
        &self,
        request: SubmitRequest,
        trace: &Trace,
        patience: Duration,
    ) -> Result<Outcome, Refusal> {
        self.desk.figures.came("grpc");
        let outcome = self.try_register(request, trace, patience).await;
        trace.note(&outcome);
        self.desk.figures.answered(&outcome);
        outcome
    }

    async fn try_register(
        &self,
        request: SubmitRequest,
        trace: &Trace,
        patience: Duration,
    ) -> Result<Outcome, Refusal> {
        let submission = request.submission.unwrap_or_default();
        let most = self
            .desk
            .rules
            .borrow()
            .policy
            .policy
            .house()
            .limits
            .body_bytes;
        let bytes = submission.encoded_len();
        if bytes > most {
            let description = format!("has {bytes} bytes, {most} are allowed: shorten it");
            let violation = Violation {
                field: "submission".to_owned(),
                description,
            };
            return Err(Refusal::invalid(
                "the submission is too large",
                vec![violation],
            ));
        }
        let body = submission.encode_to_vec().into();
        let received_at = self.desk.clock.now();
        let checked = self
            .desk
            .check(&request.channel, raw(submission), received_at)?;
        let content_type = Some(Format::Protobuf.content_type());
        let sent = Sent {
            channel: &request.channel,
            content_type,
            body: &body,
        };
        self.desk
            .submit(checked, &sent, &trace.parent, patience)
            .await
    }

    async fn one_of_many(self, request: SubmitRequest, trace: &Trace) -> SubmitResult {
        let request_id = request
            .submission
            .as_ref()
            .map(|s| s.request_id.clone())
            .unwrap_or_default();
        let outcome = match self.register(request, trace, OWNER_PATIENCE).await {
            Ok(outcome) => submit_result::Outcome::Answer(outcome.to_wire()),
            Err(refusal) => submit_result::Outcome::Refusal(refusal_wire(&refusal)),
        };
        SubmitResult {
            request_id,
            outcome: Some(outcome),
        }
    }
}

#[tonic::async_trait]
impl Intake for IntakeCalls {
    async fn submit(
        &self,
        request: Request<SubmitRequest>,
    ) -> Result<Response<SubmitResponse>, Status> {
        let trace = Trace::of(traceparent(request.metadata()), "grpc");
        let patience = request
            .extensions()
            .get::<Deadline>()
            .map(|left| left.remaining());
        let patience = patience.unwrap_or(OWNER_PATIENCE);
        let outcome = self
            .register(request.into_inner(), &trace, patience)
            .await?;
        Ok(Response::new(outcome.to_wire()))
    }

    async fn submit_bulk(
        &self,
        request: Request<Streaming<SubmitRequest>>,
    ) -> Result<Response<SubmitBulkResponse>, Status> {
        let trace = Trace::of(traceparent(request.metadata()), "grpc");
        let calls = futures::stream::unfold(request.into_inner(), next_of_many);
        let registering = calls.map(|request| {
            let (calls, trace) = (self.clone(), &trace);
            async move {
                match request {
                    Ok(request) => Ok(calls.one_of_many(request, trace).await),
                    Err(status) => Err(status),
                }
            }
        });
        // In the order of the requests; reading waits while so many are being decided.
        let mut results = std::pin::pin!(registering.buffered(BULK_AT_ONCE));
        let mut response = SubmitBulkResponse::default();
        while let Some(result) = results.next().await {
            if response.results.len() == BULK_MOST {
                return Err(too_many());
            }
            count(&mut response, result?);
        }
        Ok(Response::new(response))
    }

    async fn get_complaint(
        &self,
        request: Request<GetComplaintRequest>,
    ) -> Result<Response<Complaint>, Status> {
        Ok(Response::new(
            lookup::complaint(&self.desk, &request.into_inner().name).await?,
        ))
    }

    async fn get_customer(
        &self,
        request: Request<GetCustomerRequest>,
    ) -> Result<Response<Customer>, Status> {
        Ok(Response::new(
            customer(&self.desk, request.into_inner()).await?,
        ))
    }
}

fn traceparent(metadata: &MetadataMap) -> Option<&str> {
    metadata.get(headers::TRACEPARENT)?.to_str().ok()
}

type Many = Streaming<SubmitRequest>;

async fn next_of_many(mut stream: Many) -> Option<(Result<SubmitRequest, Status>, Many)> {
    let next = match timeout(BULK_IDLE, stream.message()).await {
        Ok(Ok(Some(request))) => Ok(request),
        Ok(Ok(None)) => return None,
        Ok(Err(status)) => Err(status),
        Err(_) => Err(Status::deadline_exceeded(
            "the next submission did not come in 30 s",
        )),
    };
    Some((next, stream))
}

fn count(response: &mut SubmitBulkResponse, result: SubmitResult) {
    match &result.outcome {
        Some(submit_result::Outcome::Answer(answer)) => match answer.status() {
            redress_wire::intake::SubmitStatus::Duplicate => response.duplicates += 1,
            redress_wire::intake::SubmitStatus::Accepted => response.accepted += 1,
            _ => response.registered += 1,
        },
        _ => response.refused += 1,
    }
    response.results.push(result);
}

fn too_many() -> Status {
    Status::new(
        Code::ResourceExhausted,
        format!(
            "a call takes {BULK_MOST} submissions; send the rest in another one: those of this \
             call may be sent again, they are recognised"
        ),
    )
}

/// A customer's complaints of all partitions, one page of them, newest first.
async fn customer(desk: &Desk, request: GetCustomerRequest) -> Result<Customer, Refusal> {
    let size = page_size(request.page_size)?;
    let after = read_page_token(&request.page_token)?;
    let keys = contact_keys(&request.contact);
    if keys.is_empty() {
        let description = "give a customer's number, phone or email".to_owned();
        let violation = Violation {
            field: "contact".to_owned(),
            description,
        };
        return Err(Refusal::invalid(
            "the customer is not named",
            vec![violation],
        ));
    }
    let asked = CustomerQuery {
        customer: keys.into_iter().map(Vec::from).collect(),
        limit: size as u32 + 1,
        after,
    };
    let found = desk
        .handle
        .query_all(&Query {
            query: Some(query::Query::Customer(asked)),
        })
        .await?;
    let mut found: Vec<ComplaintRef> = found
        .into_iter()
        .flat_map(|(_, found)| found.complaints)
        .collect();
    found.sort_by(|a, b| a.sort_key.cmp(&b.sort_key));
    let more = found.len() > size;
    found.truncate(size);
    let Some(newest) = found.first() else {
        return Err(Refusal::not_found("this customer has no (more) complaints"));
    };
    let partition = lookup::partition_of(desk, &newest.complaint_id)?;
    let registered = lookup::registered(desk, partition, newest.sequence, newest.index).await;
    let name = match registered {
        Ok(registered) => mask::name(&lookup::personal(&registered).name),
        // Trimmed: what is known of the complaints does not hang on it.
        Err(refusal) if refusal.code == Code::FailedPrecondition => String::new(),
        Err(refusal) => return Err(refusal),
    };
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| page_token(&last.sort_key));
    Ok(Customer {
        name,
        next_page_token: next.unwrap_or_default(),
        complaints: found.into_iter().map(listed).collect(),
    })
}

fn listed(found: ComplaintRef) -> CustomerComplaint {
    CustomerComplaint {
        complaint_id: answer::id(&found.complaint_id),
        number: found.number,
        received_at: Some(proto_time(found.received_at_us)),
    }
}
