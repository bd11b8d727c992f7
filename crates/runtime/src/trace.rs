//! Carries the trace of what caused an event on to what follows from it.

use redress_host::telemetry::context;
use tracing::{Span, info_span};

/// Runs `work` in a span of the trace that `traceparent` names; gives the trace context for what
/// follows. Without a trace it costs nothing and there is none.
pub(crate) fn within<T>(
    name: &'static str,
    service: &'static str,
    traceparent: &str,
    work: impl FnOnce() -> T,
) -> (T, String) {
    if traceparent.is_empty() {
        return (work(), String::new());
    }
    let span: Span = info_span!("decide", otel.name = name, service);
    context::continue_from(&span, |header| {
        (header == "traceparent").then_some(traceparent)
    });
    let done = span.in_scope(work);
    let mut follows = traceparent.to_owned();
    context::inject(&span, |header, value| {
        if header == "traceparent" {
            follows = value;
        }
    });
    (done, follows)
}
