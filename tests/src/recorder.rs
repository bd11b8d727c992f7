//! The outside recorder: what was sent, and what was answered.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::Client;
use redress_wire::names;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::submissions::Sample;

/// How a request ended, as the caller saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Registered, now or before, under this number.
    Ok {
        /// The complaint's id.
        id: String,
        /// Its number.
        number: String,
    },
    /// Durable; the number was to follow.
    Accepted,
    /// Refused with this code.
    Refused(String),
    /// No answer: it may have been done.
    Unknown,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The idempotency key.
    pub request_id: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// All requests of a run, in the order in which they ended.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    attempts: Arc<Mutex<Vec<Attempt>>>,
    sent: Arc<AtomicU64>,
}

impl Recorder {
    /// Sends a submission and notes what is answered.
    pub async fn submit(&self, client: &Client, sample: &Sample, patience: Duration) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let request = async_nats::Request::new()
            .payload(sample.body().into())
            .timeout(Some(patience));
        let subject = names::submit_subject(&sample.channel);
        let outcome = match client.send_request(subject, request).await {
            Ok(answer) => read(&answer.payload),
            Err(_) => Outcome::Unknown,
        };
        self.note(sample.request_id(), outcome.clone());
        outcome
    }

    /// Notes how a request ended.
    pub fn note(&self, request_id: &str, outcome: Outcome) {
        let attempt = Attempt {
            request_id: request_id.to_owned(),
            outcome,
        };
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.push(attempt);
    }

    /// What was noted so far.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many requests ended well.
    pub fn ok(&self) -> usize {
        let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts
            .iter()
            .filter(|a| matches!(a.outcome, Outcome::Ok { .. }))
            .count()
    }
}

/// The outcome that an answer tells; unknown without one.
pub fn read(body: &[u8]) -> Outcome {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Outcome::Unknown;
    };
    if let Some(error) = answer.get("error") {
        let code = error["code"].as_str().unwrap_or_default();
        // A refusal for the moment may follow on a request that was carried out.
        return match code {
            "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "INTERNAL" => Outcome::Unknown,
            code => Outcome::Refused(code.to_owned()),
        };
    }
    let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
    match answer["status"].as_str() {
        Some("REGISTERED" | "DUPLICATE") => Outcome::Ok {
            id: text("complaintId"),
            number: text("number"),
        },
        Some("ACCEPTED") => Outcome::Accepted,
        _ => Outcome::Unknown,
    }
}

/// A load of callers that each send one request after the other until stopped.
pub struct Load {
    callers: JoinSet<()>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Starts `callers` callers. Every tenth request repeats an earlier one of its caller.
    pub fn start(
        callers: usize,
        client: &Client,
        samples: &Arc<Vec<Sample>>,
        recorder: &Recorder,
        patience: Duration,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut set = JoinSet::new();
        for caller in 0..callers {
            let (client, samples) = (client.clone(), samples.clone());
            let (recorder, stop) = (recorder.clone(), stop.clone());
            set.spawn(async move {
                for turn in 0_usize.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let which = if turn % 10 == 9 { turn / 2 } else { turn };
                    let sample = &samples[(caller * 37 + which) % samples.len()];
                    let sample = sample.with_request_id(&format!("caller-{caller}-{which}"));
                    let outcome = recorder.submit(&client, &sample, patience).await;
                    if outcome == Outcome::Unknown {
                        // As a real adapter does; also keeps a dead broker from a busy loop.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            });
        }
        Self { callers: set, stop }
    }

    /// Lets every caller finish its request in hand.
    pub async fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while self.callers.join_next().await.is_some() {}
    }
}
