//! Control experiments with real processes: a platform that goes without something that a promise
//! rests on. The recorder has to notice; one that does not would notice nothing else either.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use redress_log::EventLog as _;
use redress_log_nats::{NatsLog, Provisioning, provision};
use redress_testkit::eventually;
use redress_wire::{Payload, Service, log::Block, names};
use tokio::time::timeout;

use crate::{
    platform::{Plan, Platform},
    recorder::{Load, Recorder},
    submissions::samples,
    verdict::{self, Broken, Whole},
};

const PARTITIONS: u32 = 4;
const CALLERS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(5);
const SETTLED_WITHIN: Duration = Duration::from_mins(1);
/// Longer than the two seconds of a lease.
const ZOMBIE_SLEEP: Duration = Duration::from_secs(4);
/// Answers during which owners that ignore leases meet often enough.
const ANSWERS: usize = 300;
const ANSWERED_WITHIN: Duration = Duration::from_mins(2);
/// Nothing goes wrong in a control by itself: a partition has no reason to come back.
const RETURNS: usize = 2;

/// What a platform goes without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Without {
    /// Appends do not say what they build on.
    Fence,
    /// Every replica believes that it alone is there.
    Lease,
    /// Both.
    LeaseAndFence,
    /// Blocks are followed that do not continue the block before, and one was altered.
    Chain,
    /// A block was altered, and nothing is switched off.
    Nothing,
}

/// What the recorder found at the end of an experiment.
#[derive(Debug)]
pub struct Found {
    /// Answers with a number.
    pub ok: usize,
    /// Promises that were broken.
    pub broken: Vec<Broken>,
    /// What the services said when they stopped; empty if they went on.
    pub said: String,
}

/// Carries out an experiment.
///
/// # Panics
/// If the platform does not do what it is to be judged by.
pub async fn run(without: Without) -> Found {
    let recorder = Recorder::default();
    let mut platform = start(without).await;
    let mut said = String::new();
    match without {
        Without::Fence => sleep_and_wake(&mut platform, &recorder).await,
        Without::Lease | Without::LeaseAndFence => fight(&platform, &recorder).await,
        Without::Chain | Without::Nothing => {
            fill(&platform, &recorder).await;
            said = go_on_damaged(&mut platform, without).await;
        }
    }
    let log = platform.broker().log();
    let whole = match without {
        // A zombie's blocks without a fence may never come to a good end.
        Without::Lease => settled(&log, &recorder).await,
        _ => verdict::read(&log, PARTITIONS).await,
    };
    judge(&whole, &recorder, said)
}

fn judge(whole: &Whole, recorder: &Recorder, said: String) -> Found {
    // Only what is wrong already counts, not what is still to come.
    let mut broken = verdict::judge(whole, &recorder.attempts(), jiff::Timestamp::UNIX_EPOCH);
    broken.extend(verdict::restless(whole, RETURNS));
    Found {
        ok: recorder.ok(),
        broken,
        said,
    }
}

async fn start(without: Without) -> Platform {
    let mut settings = BTreeMap::new();
    let mut off = |name: &str| settings.insert(name.to_owned(), "off".to_owned());
    if matches!(without, Without::Fence | Without::LeaseAndFence) {
        off("REDRESS_TEST_FENCE");
    }
    if matches!(without, Without::Lease | Without::LeaseAndFence) {
        off("REDRESS_TEST_LEASE");
    }
    if without == Without::Chain {
        off("REDRESS_TEST_CHAIN");
    }
    let intakes = match without {
        Without::Chain | Without::Nothing => 1,
        _ => 2,
    };
    let plan = Plan {
        settings,
        intakes,
        partitions: PARTITIONS,
        ..Plan::default()
    };
    Platform::start(plan, |_| ()).await
}

async fn load(platform: &Platform, recorder: &Recorder) -> Load {
    let client = platform.nats.client().await;
    Load::start(CALLERS, &client, &Arc::new(samples()), recorder, PATIENCE)
}

/// An owner sleeps beyond its lease and wakes up, a few times, under load.
async fn sleep_and_wake(platform: &mut Platform, recorder: &Recorder) {
    let load = load(platform, recorder).await;
    for _ in 0..3 {
        let intake = platform.replica(Service::Intake);
        intake.process.pause();
        let slept = timeout(ZOMBIE_SLEEP, std::future::pending::<()>()).await;
        slept.expect_err("nothing ends it before");
        intake.process.resume();
    }
    load.stop().await;
}

/// Two replicas that each believe to own everything, under load.
async fn fight(platform: &Platform, recorder: &Recorder) {
    let load = load(platform, recorder).await;
    eventually("answers while owners fight", ANSWERED_WITHIN, async || {
        (recorder.ok() >= ANSWERS).then_some(())
    })
    .await;
    load.stop().await;
}

async fn fill(platform: &Platform, recorder: &Recorder) {
    let client = platform.nats.client().await;
    let samples = samples();
    futures::future::join_all(samples.iter().map(|sample| {
        let (client, recorder) = (client.clone(), recorder.clone());
        async move { recorder.submit(&client, sample, PATIENCE).await }
    }))
    .await;
    settled(&platform.broker().log(), recorder).await;
}

async fn settled(log: &NatsLog, recorder: &Recorder) -> Whole {
    verdict::settled(log, PARTITIONS, &recorder.attempts(), SETTLED_WITHIN).await
}

/// Stops the services, puts a log with an altered block in place of theirs, as a backup from a bad
/// disk would be, and starts them again. Gives what they say of it, if they do.
async fn go_on_damaged(platform: &mut Platform, without: Without) -> String {
    for replica in &mut platform.services {
        replica.process.terminate(Duration::from_secs(20)).await;
    }
    replace_log(platform).await;
    for replica in &mut platform.services {
        replica.process.restart();
    }
    if without == Without::Chain {
        platform.ready().await;
        return String::new();
    }
    let intake = platform.replica(Service::Intake);
    let what = "intake to say that the log is damaged";
    eventually(what, SETTLED_WITHIN, async || {
        let output = intake.process.process().output();
        let said = output.lines().find(|line| line.contains("is damaged"))?;
        (!intake.process.is_ready().await).then(|| said.to_owned())
    })
    .await
}

async fn replace_log(platform: &Platform) {
    let log = platform.broker().log();
    let context = async_nats::jetstream::new(platform.broker().client().clone());
    let stream = context.get_stream(names::LOG_STREAM).await;
    let last = stream.expect("the log").cached_info().state.last_sequence;
    let mut messages = Vec::new();
    for sequence in 1..=last {
        let stored = log.at(0, sequence).await.expect("the log");
        messages.push(stored.expect("a message of the log"));
    }
    let deleted = context.delete_stream(names::LOG_STREAM).await;
    deleted.expect("the log can be deleted");
    let provisioned = provision(platform.broker(), &Provisioning::default()).await;
    provisioned.expect("a new log");
    let mut is_altered = false;
    for message in messages {
        let altered = (!is_altered).then(|| altered(&message.payload)).flatten();
        is_altered |= altered.is_some();
        let payload = altered.unwrap_or_else(|| message.payload.to_vec());
        let published = context.publish(message.chain.subject(), payload.into());
        published.await.expect("sent").await.expect("stored");
    }
    assert!(is_altered, "no block has a registration");
}

/// The block with another request id in its first registration, if it has one.
fn altered(block: &[u8]) -> Option<Vec<u8>> {
    let content: Block = prost::Message::decode(block).ok()?;
    let request = content
        .events
        .iter()
        .find_map(|event| match &event.payload {
            Some(Payload::ComplaintRegistered(registered)) => Some(&registered.request_id),
            _ => None,
        })?;
    let found = block.windows(request.len());
    let at = found
        .into_iter()
        .position(|bytes| bytes == request.as_bytes())?;
    let mut block = block.to_vec();
    // One bit, in a letter: the block can still be read.
    block[at] ^= 1;
    Some(block)
}
