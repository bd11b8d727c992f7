//! The trace that a submission belongs to. Only one that the sender samples costs anything.

use redress_host::telemetry::context;
use redress_runtime::Refusal;
use redress_wire::headers;
use tracing::{Span, field};

use super::answer::Outcome;

/// A traceparent of version 00: `00-<32 hex>-<16 hex>-<2 hex>`.
const LENGTH: usize = 55;

/// The trace context of a submission and, if it is sampled, the span of its stay at the door.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// Goes into the event; empty when not traced.
    pub(crate) parent: String,
    /// Ends when it is dropped.
    pub(crate) span: Option<Span>,
}

impl Trace {
    /// Carries on what the sender sent. What is no trace context is ignored, as the
    /// recommendation asks: it would stand in the log for ever.
    pub(crate) fn of(sent: Option<&str>, door: &'static str) -> Self {
        let Some(sent) = sent.filter(|sent| is_traceparent(sent)) else {
            return Self::default();
        };
        let mut parent = sent.to_owned();
        if !sent.ends_with('1') {
            return Self { parent, span: None };
        }
        let span =
            tracing::info_span!("submit", otel.kind = "server", door, outcome = field::Empty);
        context::continue_from(&span, |name| (name == headers::TRACEPARENT).then_some(sent));
        context::inject(&span, |name, value| {
            if name == headers::TRACEPARENT {
                parent = value;
            }
        });
        Self {
            parent,
            span: Some(span),
        }
    }

    /// Notes what became of the submission.
    pub(crate) fn note(&self, outcome: &Result<Outcome, Refusal>) {
        if let Some(span) = &self.span {
            let name = match outcome {
                Ok(outcome) => outcome.name(),
                Err(refusal) => refusal.code_name(),
            };
            span.record("outcome", name);
        }
    }
}

fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut parts = text.split('-');
    text.len() == LENGTH
        && [2, 32, 16, 2]
            .into_iter()
            .all(|length| parts.next().is_some_and(|p| hex(p, length)))
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trace_context_is_carried() {
        let real = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        assert_eq!(Trace::of(Some(real), "nats").parent, real);
        for other in [
            "",
            "13812345678",
            &format!("{real}-x"),
            &real.to_uppercase(),
        ] {
            assert_eq!(Trace::of(Some(other), "nats").parent, "", "{other}");
        }
    }

    #[test]
    fn a_sampled_trace_has_a_span_at_the_door() {
        let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(Trace::of(Some(sampled), "nats").span.is_some());
        assert!(
            Trace::of(Some(&sampled.replace("-01", "-00")), "nats")
                .span
                .is_none()
        );
    }
}
