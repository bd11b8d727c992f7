//! A collector of traces that speaks OTLP over gRPC, as OpenTelemetry defines it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
};
use tokio::task::JoinHandle;
use tonic::{Request, Response, Status, transport::Server};

use crate::{free_port, wait::eventually};

/// A span as it was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// `service.name` of the process.
    pub service: String,
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub span: String,
    /// 16 hexadecimal digits; empty for the first span of a trace.
    pub parent: String,
    /// The span's name.
    pub name: String,
}

/// A running collector on loopback; ended when dropped.
#[derive(Debug)]
pub struct TraceCollector {
    port: u16,
    exported: Arc<Mutex<Vec<Exported>>>,
    serving: JoinHandle<()>,
}

impl TraceCollector {
    /// Starts the collector.
    ///
    /// # Panics
    /// When it cannot listen.
    #[expect(
        clippy::unused_async,
        reason = "it spawns, so it needs to be called within a runtime"
    )]
    pub async fn start() -> Self {
        let port = free_port();
        let exported = Arc::default();
        let service = TraceServiceServer::new(Keeper(Arc::clone(&exported)));
        let address = ([127, 0, 0, 1], port).into();
        let serving = tokio::spawn(async move {
            let served = Server::builder().add_service(service).serve(address);
            served.await.expect("a free port to serve");
        });
        Self {
            port,
            exported,
            serving,
        }
    }

    /// The value of `REDRESS_OTLP_ENDPOINT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All spans so far.
    pub fn exported(&self) -> Vec<Exported> {
        let exported = self.exported.lock().unwrap_or_else(PoisonError::into_inner);
        exported.clone()
    }

    /// Waits for the spans of a trace, until there is one of each of these services.
    ///
    /// # Panics
    /// When `within` passes first.
    pub async fn wait_for_trace(
        &self,
        trace: &str,
        services: &[&str],
        within: Duration,
    ) -> Vec<Exported> {
        let what = format!("spans of {services:?} in trace {trace}");
        eventually(&what, within, async || {
            let mut spans = self.exported();
            spans.retain(|span| span.trace == trace);
            let from = |service: &&str| spans.iter().any(|span| span.service == **service);
            services.iter().all(from).then_some(spans)
        })
        .await
    }
}

impl Drop for TraceCollector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Keeper(Arc<Mutex<Vec<Exported>>>);

#[tonic::async_trait]
impl TraceService for Keeper {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans = read(request.into_inner());
        let mut exported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exported.extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn read(request: ExportTraceServiceRequest) -> Vec<Exported> {
    let mut exported = Vec::new();
    for of_process in request.resource_spans {
        let attributes = of_process.resource.unwrap_or_default().attributes;
        let service = attributes.into_iter().find_map(|attribute| {
            let value = attribute.value.filter(|_| attribute.key == "service.name");
            match value?.value? {
                Value::StringValue(name) => Some(name),
                _ => None,
            }
        });
        let service = service.unwrap_or_default();
        for span in of_process.scope_spans.into_iter().flat_map(|s| s.spans) {
            exported.push(Exported {
                service: service.clone(),
                trace: hex(&span.trace_id),
                span: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                name: span.name,
            });
        }
    }
    exported
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        text.extend([digit(byte >> 4), digit(byte & 15)]);
        text
    })
}
