//! Deadlines as somebody at a terminal sees them, from the submission to the explanation: by the
//! customer's tier, beyond the end of the calendar, and while the machine's clock is set back.

use std::{collections::BTreeMap, fs, path::Path, process::Command, time::Duration};

use async_nats::Client;
use jiff::Timestamp;
use redress_testkit::{WebhookSink, binary, eventually};
use redress_tests::{
    platform::{Plan, Platform},
    policy,
    recorder::{Outcome, Recorder},
    submissions::{Sample, samples},
};
use redress_wire::Service;
use serde_json::Value;

const SOON: Duration = Duration::from_secs(30);

const START: &str =
    "start = \"registered\"\nmet_by = [\"accepted\"]\nwarn_at = [0.5, 0.8]\n\n[[clock.target]]\n";
const KEY_CUSTOMERS: &str = "tier = [\"vip\"]\nwithin = \"30m\"\n\n[[clock.target]]\n";

/// Work on a key customer's case begins within half an hour; nobody has made a calendar for the
/// years since 2020.
fn house(dir: &Path) {
    let first = format!("{START}{KEY_CUSTOMERS}");
    policy::replace(dir, "deadlines.toml", START, &first);
    policy::replace(
        dir,
        "calendars.toml",
        "to = \"2028-12-31\"",
        "to = \"2020-12-31\"",
    );
}

struct Terminal<'a> {
    platform: &'a Platform,
    client: Client,
}

impl Terminal<'_> {
    /// What is printed, and whether it was fine.
    fn redress(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(binary("redress"))
            .args(["--nats-url", &self.platform.nats.url()])
            .args(["--intake-addr", self.platform.grpc(Service::Intake)])
            .args(["--router-addr", self.platform.grpc(Service::Router)])
            .args([
                "--sla-monitor-addr",
                self.platform.grpc(Service::SlaMonitor),
            ])
            .args(["--notifier-addr", self.platform.grpc(Service::Notifier)])
            .args(arguments)
            .output()
            .expect("redress runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.success(), said)
    }

    fn shown(&self, arguments: &[&str]) -> String {
        let (fine, said) = self.redress(arguments);
        assert!(fine, "{arguments:?}: {said}");
        said
    }

    async fn registered(&self, complaint: &Sample) -> String {
        let outcome = Recorder::default()
            .submit(&self.client, complaint, SOON)
            .await;
        let Outcome::Ok { number, .. } = outcome else {
            panic!("{outcome:?}");
        };
        number
    }

    /// The explanation of one clock, once the case has its clocks.
    async fn explained(&self, number: &str, clock: &str) -> Value {
        let asked = ["--json", "--lang", "en", "sla", "explain", number];
        eventually("the clocks to be explained", SOON, async || {
            let (fine, said) = self.redress(&[&asked[..], &["--clock", clock]].concat());
            let told: Value = serde_json::from_str(&said).ok().filter(|_| fine)?;
            told["clocks"].as_array()?.first().cloned()
        })
        .await
    }
}

fn kettle(request_id: &str, tier: Option<&str>) -> Sample {
    let kettle = samples().into_iter().next().expect("a sample");
    let mut kettle = kettle.with_request_id(request_id);
    if let Some(tier) = tier {
        kettle.submission["customer"]["tier"] = tier.into();
    }
    kettle
}

/// Suggestions have low priority: their clocks count working days.
fn suggestion() -> Sample {
    let mut complaint = kettle("a-suggestion", None);
    complaint.submission["kind"] = "SUGGESTION".into();
    complaint.submission["description"] = "建议增加一个浅色的款式。".into();
    complaint
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_go_by_the_customers_tier_and_none_is_guessed_beyond_the_calendar() {
    let platform = Platform::start(Plan::default(), house).await;
    let client = platform.nats.client().await;
    let terminal = Terminal {
        platform: &platform,
        client,
    };
    by_tier(&terminal).await;
    beyond_the_calendar(&terminal).await;
}

/// The same complaint has other times for a key customer, and the explanation says which.
async fn by_tier(terminal: &Terminal<'_>) {
    for (tier, allowance, counted) in [
        (None, "2h", 7200),
        (Some("standard"), "2h", 7200),
        (Some("vip"), "30m", 1800),
    ] {
        let complaint = kettle(&format!("of-{tier:?}"), tier);
        let number = terminal.registered(&complaint).await;
        let start = terminal.explained(&number, "start").await;
        assert_eq!(start["allowance"], allowance, "{tier:?}: {start}");
        assert_eq!(start["counted"], counted, "{tier:?}: {start}");
        let page = terminal.shown(&["--lang", "en", "sla", "explain", &number]);
        let heading = format!("Start of handling (start): {allowance}, ");
        assert!(page.contains(&heading), "{page}");
    }
    let unknown = kettle("of-nobody-we-know", Some("platinum"));
    let refused = Recorder::default()
        .submit(&terminal.client, &unknown, SOON)
        .await;
    let Outcome::Refused(code) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code, "INVALID_ARGUMENT", "an unknown tier is not guessed");
}

/// The complaint is taken and has a number; a clock that cannot be computed has no end, and each
/// place says so and why. Clocks around the clock run on.
async fn beyond_the_calendar(terminal: &Terminal<'_>) {
    let number = terminal.registered(&suggestion()).await;
    let result = terminal.explained(&number, "result").await;
    assert_eq!(result["state"], "no_end", "{result}");
    assert_eq!(result["dueAt"], Value::Null, "{result}");
    let why = "calendar's last day 2020-12-31";
    assert!(result["fault"].to_string().contains(why), "{result}");
    let page = terminal.shown(&["--lang", "en", "sla", "explain", &number]);
    for words in ["7 working days", "no_end", why, "Preliminary reply"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let reply = terminal.explained(&number, "preliminary_reply").await;
    assert_eq!(reply["state"], "running", "{reply}");
    let page = terminal.shown(&["--lang", "en", "show", &number]);
    assert!(
        page.contains("clock result: ") && page.contains(why),
        "{page}"
    );
    let policy = terminal.platform.dir.path().join("policy");
    let checked = terminal.shown(&["policy", "check", &policy.display().to_string()]);
    assert!(
        checked.contains("has no end in calendar house"),
        "{checked}"
    );
}

const URGENT_START: &str = "urgency = [\"urgent\"]\nwithin = \"2h\"";
const URGENT_START_SHORT: &str = "urgency = [\"urgent\"]\nwithin = \"15s\"";
/// An hour later than it is told would be late by that; this is what a busy machine may take.
const IN_TIME: Duration = Duration::from_mins(1);

/// The breaches of this case's start that its department was told of: when each was recorded.
fn breaches(webhook: &WebhookSink, number: &str) -> Vec<Timestamp> {
    let calls = webhook.taken().into_iter();
    let told = calls.filter_map(|call| serde_json::from_slice::<Value>(&call.body).ok());
    let of_start = told.filter(|it| {
        it["type"] == "case.breach"
            && it["data"]["number"] == number
            && it["data"]["clock"] == "start"
    });
    let times = of_start.map(|it| it["timestamp"].as_str().and_then(|at| at.parse().ok()));
    times.map(|at| at.expect("a time")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_machines_clock_is_set_back_an_hour_a_deadline_fires_once_at_its_time_and_all_say_so()
 {
    let webhook = WebhookSink::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let machine = folder.path().join("set-by");
    let settings = BTreeMap::from([
        (
            "REDRESS_TEST_CLOCK".to_owned(),
            machine.display().to_string(),
        ),
        (policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned()),
    ]);
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    let url = webhook.url();
    let policy = move |dir: &Path| {
        policy::replace(dir, "deadlines.toml", URGENT_START, URGENT_START_SHORT);
        policy::add_webhooks(dir, &url);
    };
    let mut platform = Platform::start(plan, policy).await;
    let (number, due) = {
        let client = platform.nats.client().await;
        let terminal = Terminal {
            platform: &platform,
            client,
        };
        let number = terminal.registered(&kettle("late", None)).await;
        let start = terminal.explained(&number, "start").await;
        let due = start["dueAt"].as_str().and_then(|at| at.parse().ok());
        (number, due.expect("an end"))
    };
    fs::write(&machine, "-3600").expect("a file");
    for service in Service::ALL {
        let process = &platform.replica(service).process;
        eventually("everybody to say so", SOON, async || {
            let said = process.process().output();
            said.contains("was set back by 3600 s").then_some(())
        })
        .await;
    }
    assert_eq!(breaches(&webhook, &number), [], "it is not late yet");
    fires_once(&webhook, &number, due).await;

    // The clock is right again: what has fired stays silent, and what comes is in time as well.
    fs::write(&machine, "0").expect("a file");
    let client = platform.nats.client().await;
    let terminal = Terminal {
        platform: &platform,
        client,
    };
    let next = terminal.registered(&kettle("late-too", None)).await;
    let start = terminal.explained(&next, "start").await;
    let next_due = start["dueAt"].as_str().and_then(|at| at.parse().ok());
    fires_once(&webhook, &next, next_due.expect("an end")).await;
    assert_eq!(breaches(&webhook, &number).len(), 1);
}

/// The breach is told once, and soon after the deadline by the time that was before.
async fn fires_once(webhook: &WebhookSink, number: &str, due: Timestamp) {
    let told = eventually("the breach to be told", IN_TIME, async || {
        let told = breaches(webhook, number);
        (!told.is_empty()).then_some(told)
    })
    .await;
    assert_eq!(told.len(), 1);
    let late = told[0].duration_since(due);
    assert!(
        !late.is_negative() && late < jiff::SignedDuration::from_mins(1),
        "{late:?} after its end"
    );
}
