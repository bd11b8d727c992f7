//! Logs to standard error, traces to a collector. What a log line may hold: `docs/logging.md`.

pub mod context;

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::settings::{LogFormat, Shared};

/// How long the last traces may take to leave: a collector that hangs must not keep us alive.
const FLUSH: Duration = Duration::from_secs(2);

/// Keeps logs and traces going; shut it down last.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts logging for the whole process, and traces when a collector is set. Call it once,
    /// within the runtime.
    pub fn start(service: &'static str, settings: &Shared) -> anyhow::Result<Self> {
        let filter = EnvFilter::try_new(&settings.log).context("REDRESS_LOG")?;
        let traces = settings
            .otlp_endpoint
            .as_deref()
            .map(|endpoint| traces(service, settings.instance.as_deref(), endpoint))
            .transpose()?;
        let to_collector = traces.as_ref().map(to_collector);
        tracing_subscriber::registry()
            .with(lines(settings.log_format()))
            .with(to_collector)
            .with(filter)
            .try_init()
            .context("telemetry is started once per process")?;
        Ok(Self { traces })
    }

    /// Sends what is left of the traces. Blocks for two seconds at most.
    pub fn shut_down(self) {
        let Some(traces) = self.traces else { return };
        if let Err(error) = traces.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "the last traces were not sent: {error}");
        }
    }
}

/// Only our own spans: those of the exporter's connection would cause ever more of them.
fn to_collector<S>(traces: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer("redress"));
    layer.with_filter(filter_fn(|span| span.target().starts_with("redress")))
}

fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .boxed(),
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            lines.with_ansi(std::io::stderr().is_terminal()).boxed()
        }
    }
}

fn traces(
    service: &'static str,
    instance: Option<&str>,
    endpoint: &str,
) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(FLUSH)
        .build()
        .with_context(|| format!("REDRESS_OTLP_ENDPOINT {endpoint}"))?;
    let resource = Resource::builder()
        .with_service_name(service)
        .with_attribute(opentelemetry::KeyValue::new(
            "service.version",
            env!("CARGO_PKG_VERSION"),
        ))
        .with_attributes(
            instance.map(|i| opentelemetry::KeyValue::new("service.instance.id", i.to_owned())),
        )
        .build();
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter)
        .build())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::to_bytes;
    use axum::extract::Request;
    use axum::routing::post;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;
    use tonic::transport::server::TcpIncoming;

    use super::*;

    /// A collector that passes on the bytes of each export.
    async fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
        let (sender, receiver) = mpsc::channel(16);
        let take = async move |request: Request| {
            let body = to_bytes(request.into_body(), usize::MAX)
                .await
                .expect("a body");
            sender.send(body.to_vec()).await.expect("the test listens");
            let empty = tonic::Status::ok("");
            empty.into_http::<axum::body::Body>()
        };
        let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        let routes = tonic::service::Routes::from(Router::new().route(path, post(take)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tonic::transport::Server::builder().add_routes(routes);
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        (endpoint, receiver)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_spans_are_sent_at_the_shutdown() {
        let (endpoint, mut exports) = collector().await;
        let provider = traces("intake", Some("intake-1"), &endpoint).unwrap();
        let subscriber = tracing_subscriber::registry().with(to_collector(&provider));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!(target: "h2", "frame").in_scope(|| ());
            let span = tracing::info_span!("register a complaint");
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            context::continue_from(&span, |name| (name == "traceparent").then_some(parent));
            span.in_scope(|| ());
        });
        let telemetry = Telemetry {
            traces: Some(provider),
        };
        tokio::task::spawn_blocking(|| telemetry.shut_down())
            .await
            .unwrap();
        let export = exports.recv().await.unwrap();
        for text in ["register a complaint", "service.name", "intake-1"] {
            assert!(
                export
                    .windows(text.len())
                    .any(|bytes| bytes == text.as_bytes()),
                "{text}"
            );
        }
    }
}
