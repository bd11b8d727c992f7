//! A load of one kind for a while, and how its requests were answered.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::Client;
use redress_wire::names;
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    platform::Platform,
    recorder::{self, Outcome, Recorder},
    submissions::Sample,
};

/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that callers share.
const CONNECTIONS: usize = 4;
/// Windows in which latencies are looked at.
pub(super) const WINDOW: Duration = Duration::from_secs(1);

/// How a request ended.
#[derive(Clone, Debug)]
struct Ended {
    /// When it was to be sent, from the beginning of the phase.
    due: Duration,
    took: Duration,
    outcome: Outcome,
    /// Its refusal said when to come again.
    retry: bool,
}

/// A phase that is over.
#[derive(Clone, Debug, Default)]
pub struct Phase {
    /// Requests sent.
    pub sent: usize,
    /// Answered with a number.
    pub ok: usize,
    /// Accepted, the number to follow.
    pub accepted: usize,
    /// Told to come again, by code.
    pub told: Tally,
    /// Refused without being told when to come again.
    pub not_told: Tally,
    /// Without an answer in time.
    pub unanswered: usize,
    /// How long answers with a number took, sorted.
    pub times: Vec<Duration>,
    /// The same by the second in which they were sent.
    pub windows: BTreeMap<u64, Vec<Duration>>,
}

/// Requests by the code of their refusal.
pub type Tally = BTreeMap<String, usize>;

impl Phase {
    fn of(ended: Vec<(Ended, Option<String>)>) -> Self {
        let mut phase = Self {
            sent: ended.len(),
            ..Self::default()
        };
        for (ended, code) in ended {
            match (ended.outcome, code) {
                (Outcome::Ok { .. }, _) => {
                    phase.ok += 1;
                    phase.times.push(ended.took);
                    let window = ended.due.as_secs() / WINDOW.as_secs();
                    phase.windows.entry(window).or_default().push(ended.took);
                }
                (Outcome::Accepted, _) => phase.accepted += 1,
                (_, Some(code)) if ended.retry => *phase.told.entry(code).or_default() += 1,
                (_, Some(code)) => *phase.not_told.entry(code).or_default() += 1,
                _ => phase.unanswered += 1,
            }
        }
        phase.times.sort_unstable();
        phase
    }

    /// The time within which `share` per cent were answered.
    pub fn at(&self, share: usize) -> Duration {
        let at = (self.times.len() * share / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).copied().unwrap_or_default()
    }
}

/// Sends requests, each with an id of its own.
pub(super) struct Sender {
    clients: Vec<Client>,
    recorder: Recorder,
    samples: Arc<Vec<Sample>>,
}

impl Sender {
    pub(super) async fn new(
        platform: &Platform,
        recorder: &Recorder,
        samples: Arc<Vec<Sample>>,
    ) -> Self {
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            clients.push(platform.nats.client().await);
        }
        Self {
            clients,
            recorder: recorder.clone(),
            samples,
        }
    }

    fn request(&self, phase: &str, number: usize) -> (Client, Recorder, Sample) {
        let sample = &self.samples[number % self.samples.len()];
        let sample = sample.with_request_id(&format!("{phase}-{number}"));
        let client = self.clients[number % self.clients.len()].clone();
        (client, self.recorder.clone(), sample)
    }

    /// Callers that send one request after the other.
    pub(super) async fn closed(&self, phase: &str, callers: usize, during: Duration) -> Phase {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for caller in 0..callers {
            let (samples, stop) = (self.samples.clone(), stop.clone());
            let client = self.clients[caller % self.clients.len()].clone();
            let (recorder, phase) = (self.recorder.clone(), phase.to_owned());
            tasks.spawn(async move {
                let mut ended = Vec::new();
                for turn in 0_usize.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let sample = &samples[(caller * 37 + turn) % samples.len()];
                    let sample = sample.with_request_id(&format!("{phase}-{caller}-{turn}"));
                    let due = Duration::ZERO;
                    ended.push(ask(&client, &recorder, &sample, due).await);
                }
                ended
            });
        }
        sleep_until(Instant::now() + during).await;
        stop.store(true, Ordering::Relaxed);
        Phase::of(tasks.join_all().await.into_iter().flatten().collect())
    }

    /// So many requests a second, whether or not they are answered.
    pub(super) async fn open(&self, phase: &str, rate: f64, during: Duration) -> Phase {
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        let count = (rate * during.as_secs_f64()) as usize;
        for number in 0..count {
            let due = Duration::from_secs_f64(number as f64 / rate);
            if began + due > Instant::now() {
                sleep_until(began + due).await;
            }
            let (client, recorder, sample) = self.request(phase, number);
            tasks.spawn(async move { ask(&client, &recorder, &sample, due).await });
        }
        Phase::of(tasks.join_all().await)
    }
}

/// Sends a request and notes what is answered; gives the code of a refusal as well.
async fn ask(
    client: &Client,
    recorder: &Recorder,
    sample: &Sample,
    due: Duration,
) -> (Ended, Option<String>) {
    let began = Instant::now();
    let request = async_nats::Request::new()
        .payload(sample.body().into())
        .timeout(Some(PATIENCE));
    let subject = names::submit_subject(&sample.channel);
    let answer = client.send_request(subject, request).await;
    let body = answer.map(|answer| answer.payload).unwrap_or_default();
    let outcome = recorder::read(&body);
    recorder.note(sample.request_id(), outcome.clone());
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    let error = &value["error"];
    let ended = Ended {
        due,
        took: began.elapsed(),
        outcome,
        retry: error["retryDelay"].is_string(),
    };
    (ended, error["code"].as_str().map(str::to_owned))
}
