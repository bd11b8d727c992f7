//! The doors for complaints: request over NATS, gRPC, inbox; one outcome for all of them.

mod answer;
mod grpc;
mod inbox;
mod pipeline;
mod progress;
mod tally;

use std::time::Duration;

use bytes::Bytes;

pub(crate) use answer::{Answer, Outcome, Refusal};
pub(crate) use grpc::send_over_grpc;
pub(crate) use inbox::send_to_inbox;
pub(crate) use pipeline::send_over_nats;
pub(crate) use progress::Progress;
pub(crate) use tally::Tally;

/// A complaint to send.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) request_id: String,
    /// Whether the request id was made up here.
    pub(crate) generated: bool,
    pub(crate) channel: String,
    /// The submission as JSON.
    pub(crate) body: Bytes,
    /// Where it stands.
    pub(crate) place: String,
}

/// A complaint that was sent, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) request_id: String,
    pub(crate) generated: bool,
    pub(crate) channel: String,
    pub(crate) place: String,
    pub(crate) outcome: Outcome,
    /// From when it was due to be sent to its last answer.
    pub(crate) took: Duration,
}

impl Job {
    fn done(self, outcome: Outcome, took: Duration) -> Done {
        let Self {
            request_id,
            generated,
            channel,
            place,
            ..
        } = self;
        Done {
            request_id,
            generated,
            channel,
            place,
            outcome,
            took,
        }
    }
}

/// How fast to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// A second; as fast as answers come when `None`.
    pub(crate) rate: Option<f64>,
    /// Complaints without an answer at once.
    pub(crate) in_flight: usize,
    /// How long to try one complaint before its fate is called unknown.
    pub(crate) patience: Duration,
}
