//! Logs to standard error, traces to a collector. What a log line may hold: `docs/logging.md`.

pub mod context;

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
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
        let to_collector = traces
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("redress")));
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
