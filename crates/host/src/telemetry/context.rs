//! W3C trace context on any header map: NATS headers, gRPC metadata, event metadata.
//!
//! The functions take closures, so they know no header type:
//!
//! ```
//! use redress_host::telemetry::context;
//! let mut headers = std::collections::HashMap::new();
//! headers.insert("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
//! let span = tracing::info_span!("submit");
//! context::continue_from(&span, |name| headers.get(name).copied());
//! context::inject(&span, |name, value| println!("{name}: {value}"));
//! ```

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The two headers of the W3C recommendation "Trace Context".
pub const HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// Makes the trace that the headers name the parent of `span`. Headers that are absent or broken
/// change nothing, as the recommendation asks. Call it before the span is entered.
pub fn continue_from<'a>(span: &Span, get: impl Fn(&str) -> Option<&'a str>) {
    let carried: HashMap<String, String> = HEADERS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), get(name)?.to_owned())))
        .collect();
    let context = TraceContextPropagator::new().extract(&carried);
    if context.span().span_context().is_valid() {
        // Fails only without a collector, when nobody misses the parent.
        let _ = span.set_parent(context);
    }
}

/// Gives `set` the headers that carry on the trace of `span`; none when traces are off.
pub fn inject(span: &Span, mut set: impl FnMut(&'static str, String)) {
    let mut carried: HashMap<String, String> = HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut carried);
    for name in HEADERS {
        if let Some(value) = carried.remove(name).filter(|value| !value.is_empty()) {
            set(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn injected(traces_on: bool, parent: &str) -> Vec<(&'static str, String)> {
        let tracer = SdkTracerProvider::builder().build().tracer("test");
        let layer = traces_on.then(|| tracing_opentelemetry::layer().with_tracer(tracer));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("work");
            continue_from(&span, |name| (name == "traceparent").then_some(parent));
            let mut headers = Vec::new();
            inject(&span, |name, value| headers.push((name, value)));
            headers
        })
    }

    #[test]
    fn a_trace_goes_on_with_a_span_of_its_own() {
        let headers = injected(true, PARENT);
        let [("traceparent", value)] = headers.as_slice() else {
            panic!("{headers:?}")
        };
        assert!(
            value.starts_with("00-0af7651916cd43dd8448eb211c80319c-"),
            "{value}"
        );
        assert!(!value.contains("b7ad6b7169203331"), "{value}");
    }

    #[test]
    fn a_broken_header_starts_a_new_trace() {
        let headers = injected(true, "00-nonsense");
        assert!(!headers[0].1.contains("nonsense"), "{headers:?}");
    }

    #[test]
    fn nothing_is_injected_when_traces_are_off() {
        assert!(injected(false, PARENT).is_empty());
    }
}
