//! What stands around every call of the service: its turn, its deadline, its size, its span.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use prost_types::FileDescriptorSet;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout, timeout_at};
use tonic::Status;
use tracing::Instrument as _;

use super::deadline::{self, Deadline};
use super::status::retry_after;
use super::{Limits, message_size};
use crate::telemetry::context;

/// A client's second attempt finds the burst that refused the first one done.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    /// Calls that are at work or wait for it.
    present: Semaphore,
    /// Calls that are at work.
    at_work: Semaphore,
    /// Paths of the methods whose requests are streams; a bulk takes as long as it takes.
    request_streams: HashSet<String>,
}

impl Guard {
    pub(super) fn new(limits: Limits, descriptors: &FileDescriptorSet) -> Self {
        Self {
            limits,
            present: Semaphore::new(limits.in_flight + limits.waiting),
            at_work: Semaphore::new(limits.in_flight),
            request_streams: request_streams(descriptors),
        }
    }

    async fn turn(&self) -> Result<[SemaphorePermit<'_>; 2], Status> {
        let present = self.present.try_acquire().map_err(|_| retry_after(RETRY))?;
        let turn = timeout(self.limits.wait, self.at_work.acquire()).await;
        let at_work = turn
            .ok()
            .and_then(Result::ok)
            .ok_or_else(|| retry_after(RETRY))?;
        Ok([present, at_work])
    }

    fn deadline(&self, request: &Request) -> Option<Instant> {
        let asked = deadline::asked_for(request.headers());
        let cap =
            (!self.request_streams.contains(request.uri().path())).then_some(self.limits.deadline);
        let left = match (asked, cap) {
            (Some(asked), Some(cap)) => Some(asked.min(cap)),
            (asked, cap) => asked.or(cap),
        };
        // A timeout beyond what a clock can hold is none.
        left.and_then(|left| Instant::now().checked_add(left))
    }
}

/// Answers `request`, or refuses it with a gRPC status. A streamed answer counts until it begins.
pub(super) async fn around(
    State(guard): State<Arc<Guard>>,
    mut request: Request,
    next: Next,
) -> Response {
    let span = tracing::info_span!("grpc", method = request.uri().path());
    if !span.is_disabled() {
        let headers = request.headers();
        context::continue_from(&span, |name| headers.get(name)?.to_str().ok());
    }
    let until = guard.deadline(&request);
    if let Some(until) = until {
        request.extensions_mut().insert(Deadline(until));
    }
    let bound = guard.limits.message_bytes;
    let request = request.map(|body| message_size::bounded(body, bound));
    let answer = async {
        let _turn = guard.turn().await?;
        Ok(next.run(request).await)
    };
    let answered = match until {
        None => answer.instrument(span).await,
        Some(until) => match timeout_at(until, answer.instrument(span)).await {
            Ok(answered) => answered,
            Err(_) => Err(Status::deadline_exceeded(
                "the deadline passed; the outcome is unknown",
            )),
        },
    };
    answered.unwrap_or_else(|status: Status| status.into_http())
}

fn request_streams(set: &FileDescriptorSet) -> HashSet<String> {
    let mut paths = HashSet::new();
    for file in &set.file {
        for service in &file.service {
            for method in service
                .method
                .iter()
                .filter(|method| method.client_streaming())
            {
                let (package, service) = (file.package(), service.name());
                paths.insert(format!("/{package}.{service}/{}", method.name()));
            }
        }
    }
    paths
}
