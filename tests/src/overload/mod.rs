//! Overload: several times more than the platform can take, for a while. Callers are told to come
//! again, memory stays bounded, what was answered is kept, and afterwards all is as before at once.

mod figures;
mod memory;
mod phase;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use redress_log_nats::NatsLog;
use redress_testkit::{SmtpSink, WebhookSink};
use tokio::time::Instant;

pub use self::{
    figures::Figures,
    phase::{Phase, Tally},
};
use self::{memory::Memory, phase::Sender};
use crate::{
    platform::{Plan, Platform},
    policy,
    recorder::Recorder,
    stores,
    submissions::samples,
    verdict::{self, Whole},
};

const PARTITIONS: u32 = 8;
/// Callers in the closed loop that finds the sustainable rate: enough that it is never idle.
const CALLERS: usize = 512;
/// A calm load is this part of the sustainable rate.
const CALM: f64 = 0.2;
const SETTLED_WITHIN: Duration = Duration::from_mins(5);

/// What a run is like.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long the sustainable rate is measured, and the calm before and after.
    pub calm: Duration,
    /// How long there is too much.
    pub flood: Duration,
    /// How many times too much.
    pub factor: f64,
    /// Replicas of intake.
    pub intakes: usize,
}

/// Carries out a run; says on standard error what it does.
///
/// # Panics
/// If the platform does not start or does not settle.
pub async fn run(options: Options) -> Figures {
    let sinks = (SmtpSink::start().await, WebhookSink::start().await);
    let platform = start(options, &sinks.0.url(), &sinks.1.url()).await;
    let log = platform.broker().log();
    let recorder = Recorder::default();
    let sender = Sender::new(&platform, &recorder, Arc::new(samples())).await;
    let mut figures = Figures {
        factor: options.factor,
        ..Figures::default()
    };
    sender.closed("warm", CALLERS, options.calm / 2).await;
    settled(&log, &recorder).await;
    let began = Instant::now();
    let measured = sender.closed("measured", CALLERS, options.calm).await;
    // What is answered and not worked through yet is not sustained.
    settled(&log, &recorder).await;
    figures.rate = measured.ok as f64 / began.elapsed().as_secs_f64();
    eprintln!("sustainable: {:.0}/s", figures.rate);
    let rate = figures.rate;
    figures.before = sender.open("before", rate * CALM, options.calm).await;
    let memory = Memory::watch(&platform);
    eprintln!("flood: {:.0}/s", rate * options.factor);
    let flood = sender.open("flood", rate * options.factor, options.flood);
    figures.flood = flood.await;
    figures.after = sender.open("after", rate * CALM, options.calm).await;
    let began = Instant::now();
    let whole = settled(&log, &recorder).await;
    figures.settled_after = began.elapsed();
    figures.memory = memory.peaks();
    figures.events = whole.events;
    figures.broken = verdict::judge(&whole, &recorder.attempts(), whole.read_at);
    figures.stores_differ = stores::compare(&platform).await;
    figures
}

async fn settled(log: &NatsLog, recorder: &Recorder) -> Whole {
    verdict::settled(log, PARTITIONS, &recorder.attempts(), SETTLED_WITHIN).await
}

async fn start(options: Options, smtp: &str, webhook: &str) -> Platform {
    let settings = BTreeMap::from([
        ("REDRESS_SMTP_URL".to_owned(), smtp.to_owned()),
        (policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned()),
    ]);
    let plan = Plan {
        settings,
        intakes: options.intakes,
        partitions: PARTITIONS,
        ..Plan::default()
    };
    let webhook = webhook.to_owned();
    Platform::start(plan, move |dir| policy::add_webhooks(dir, &webhook)).await
}
