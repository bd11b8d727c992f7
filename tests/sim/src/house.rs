//! What all runs share: the shipped policy, compiled once for each service, and the samples.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use redress_analytics::AnalyticsCore;
use redress_host::policy_dir::{self, Files, PolicyVersion};
use redress_intake::{IntakeCore, IntakeRules};
use redress_notifier::{NotifierCore, Rules};
use redress_policy::{Occasion, Scope};
use redress_router::RouterCore;
use redress_runtime::Core;
use redress_sla_monitor::SlaMonitorCore;
use serde_json::Value;
use tokio::sync::watch;

/// A version of the policy as a core decides by it.
type Version<C> = Arc<PolicyVersion<<C as Core>::Rules>>;

/// The rules of each service under one version of the policy.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) intake: Version<IntakeCore>,
    pub(crate) router: Version<RouterCore>,
    pub(crate) sla: Version<SlaMonitorCore>,
    pub(crate) notifier: Version<NotifierCore>,
    pub(crate) analytics: Version<AnalyticsCore>,
}

/// A complaint as a channel sends it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// The channel.
    pub(crate) channel: String,
    /// The submission, in the form of its JSON.
    pub(crate) submission: Value,
}

impl Sample {
    /// The body under another request id.
    pub(crate) fn body(&self, request_id: &str) -> Bytes {
        let mut submission = self.submission.clone();
        submission["requestId"] = request_id.into();
        submission.to_string().into()
    }
}

static HOUSES: LazyLock<[House; 2]> = LazyLock::new(|| {
    let files = policy_dir::read(&root().join("policy")).expect("the shipped policy is there");
    let mut stricter = files.clone();
    for text in stricter.values_mut() {
        *text = text.replace("within = \"24h\"", "within = \"20h\"");
    }
    assert_ne!(files, stricter, "the second policy is to differ");
    [House::of(&files), House::of(&stricter)]
});

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    ["complaints.zh.jsonl", "complaints.en.jsonl"]
        .iter()
        .flat_map(|file| {
            let path = root().join("samples").join(file);
            let text = fs::read_to_string(path).expect("the shipped samples are there");
            text.lines().map(sample).collect::<Vec<_>>()
        })
        .collect()
});

/// The shipped policy, and one with shorter deadlines.
pub(crate) fn houses() -> &'static [House; 2] {
    &HOUSES
}

/// The clocks whose breach the shipped policy tells somebody of, in every case.
pub(crate) fn told_breaches() -> BTreeSet<String> {
    let policy = &houses()[0].notifier.policy.policy;
    let told = policy.notifications_on(Occasion::ClockBreached);
    let always = told.filter(|told| told.scope == Scope::default() && told.after.is_none());
    let clocks = always.flat_map(|told| &told.clocks);
    clocks.map(|clock| clock.as_str().to_owned()).collect()
}

/// The shipped complaints.
pub(crate) fn samples() -> &'static [Sample] {
    &SAMPLES
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample(line: &str) -> Sample {
    let line: Value = serde_json::from_str(line).expect("a sample is JSON");
    Sample {
        channel: line["channel"].as_str().expect("a channel").to_owned(),
        submission: line["submission"].clone(),
    }
}

impl House {
    fn of(files: &Files) -> Self {
        let wrong = "the shipped policy is checked by its own tests";
        Self {
            intake: version(files, IntakeRules::parse(files).expect(wrong)),
            router: version(files, redress_router::parse_rules(files).expect(wrong)),
            sla: version(files, redress_sla_monitor::parse_rules(files).expect(wrong)),
            notifier: version(files, Rules::parse(files).expect(wrong)),
            analytics: version(files, ()),
        }
    }
}

fn version<P>(files: &Files, policy: P) -> Arc<PolicyVersion<P>> {
    let texts: String = files.values().map(String::as_str).collect();
    let hash = blake3::hash(texts.as_bytes()).to_hex();
    Arc::new(PolicyVersion {
        policy,
        version: hash[..12].to_owned(),
        files: Files::new(),
    })
}

/// The policy in force in one run, and the way to change it.
pub(crate) struct Policies {
    pub(crate) intake: watch::Sender<Version<IntakeCore>>,
    pub(crate) router: watch::Sender<Version<RouterCore>>,
    pub(crate) sla: watch::Sender<Version<SlaMonitorCore>>,
    pub(crate) notifier: watch::Sender<Version<NotifierCore>>,
    pub(crate) analytics: watch::Sender<Version<AnalyticsCore>>,
}

impl Policies {
    pub(crate) fn new(house: &House) -> Self {
        Self {
            intake: watch::Sender::new(house.intake.clone()),
            router: watch::Sender::new(house.router.clone()),
            sla: watch::Sender::new(house.sla.clone()),
            notifier: watch::Sender::new(house.notifier.clone()),
            analytics: watch::Sender::new(house.analytics.clone()),
        }
    }

    /// Another version comes into force.
    pub(crate) fn change(&self, house: &House) {
        self.intake.send_replace(house.intake.clone());
        self.router.send_replace(house.router.clone());
        self.sla.send_replace(house.sla.clone());
        self.notifier.send_replace(house.notifier.clone());
        self.analytics.send_replace(house.analytics.clone());
    }
}
