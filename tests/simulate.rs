//! A policy tried on the log of a running platform (`redress policy simulate`), and beside it
//! (`redress policy shadow`): the figures are those of what the services did, and nobody notices.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use async_nats::jetstream;
use redress_testkit::{Command as Program, Process, SmtpSink, binary, eventually};
use redress_tests::{
    deeds::{Deeds, cases, is_settled},
    platform::{Plan, Platform},
    policy,
    recorder::{Outcome, Recorder},
    stores::{compare, status},
    submissions::{Sample, samples},
    terminal::Terminal,
    verdict,
};
use redress_wire::{
    Service, names,
    router::{Case, GetCaseRequest, router_client::RouterClient},
};
use serde_json::Value;

const SOON: Duration = Duration::from_mins(1);
/// Clocks as short as this are to have run out before anything is compared.
const SHORT_US: i64 = 20_000_000;
/// When nothing was stored for so long, nothing goes on by itself any more.
const QUIET: Duration = Duration::from_secs(2);

const NORMAL_START: &str = "urgency = [\"normal\"]\nwithin = \"24h\"";
const NORMAL_START_SHORT: &str = "urgency = [\"normal\"]\nwithin = \"6s\"";
const PRELIMINARY_REPLY: &str = "[[clock.target]]\nwithin = \"24h\"\n\n# Second processing";
const PRELIMINARY_REPLY_SHORT: &str = "[[clock.target]]\nwithin = \"2s\"\n\n# Second processing";

/// The policy in force: who has a normal case is late within seconds, and urged right after.
fn in_force(dir: &Path) {
    policy::replace(dir, "deadlines.toml", NORMAL_START, NORMAL_START_SHORT);
    policy::replace(dir, "deadlines.toml", "after = \"2h\"", "after = \"1s\"");
}

/// The candidate: a day again for the start, seconds for the preliminary reply; other roads, other
/// approvals, another gate.
fn candidate(dir: &Path) {
    policy::copy(dir);
    policy::replace(dir, "deadlines.toml", "after = \"2h\"", "after = \"1s\"");
    policy::replace(
        dir,
        "deadlines.toml",
        PRELIMINARY_REPLY,
        PRELIMINARY_REPLY_SHORT,
    );
    policy::replace(
        dir,
        "categories.toml",
        "department = \"logistics_ops\"",
        "department = \"customer_service\"",
    );
    policy::replace(dir, "approvals.toml", "above = 50_000", "above = 20_000");
    policy::replace(
        dir,
        "procedures.toml",
        "needs = [\"verification\", \"finding\", \"five_w_one_h\", \"responsibility\"]",
        "needs = [\"verification\", \"finding\", \"five_w_one_h\", \"responsibility\", \"root_cause\"]",
    );
}

/// A platform after a small load, whose short clocks have all run out and whose cases were worked.
struct House {
    platform: Platform,
    _smtp: SmtpSink,
    new: PathBuf,
}

impl House {
    async fn after_some_work() -> Self {
        let smtp = SmtpSink::start().await;
        let settings = BTreeMap::from([("REDRESS_SMTP_URL".to_owned(), smtp.url())]);
        let plan = Plan {
            settings,
            ..Plan::default()
        };
        let platform = Platform::start(plan, in_force).await;
        let new = platform.dir.path().join("new");
        candidate(&new);
        let house = Self {
            platform,
            _smtp: smtp,
            new,
        };
        let all = samples();
        let load: Vec<Sample> = all
            .iter()
            .take(40)
            .chain(all.iter().skip(160).take(40))
            .cloned()
            .collect();
        let numbers = house.submit(&load).await;
        house.settled(load.len()).await;
        house.work(&numbers).await;
        house.settled(load.len()).await;
        house
    }

    async fn submit(&self, load: &[Sample]) -> Vec<String> {
        let client = self.platform.nats.client().await;
        let recorder = Recorder::default();
        let mut numbers = Vec::new();
        for sample in load {
            let outcome = recorder.submit(&client, sample, SOON).await;
            let Outcome::Ok { number, .. } = outcome else {
                panic!("{outcome:?}");
            };
            numbers.push(number);
        }
        numbers
    }

    async fn whole(&self) -> verdict::Whole {
        let whole = verdict::read(&self.platform.broker().log(), Plan::default().partitions).await;
        assert!(whole.faults.is_empty(), "{:?}", whole.faults);
        whole
    }

    /// Waits until what goes on by itself has gone on, and nothing is stored any more.
    async fn settled(&self, wanted: usize) {
        let mut last = (self.last_sequence().await, Instant::now());
        eventually("the short clocks to run out", SOON, async || {
            let now = self.last_sequence().await;
            if now != last.0 {
                last = (now, Instant::now());
            }
            if last.1.elapsed() < QUIET {
                return None;
            }
            let whole = self.whole().await;
            let done = cases(&whole).count() >= wanted && is_settled(&whole, SHORT_US);
            // Not yet: the next look at the whole log when it has rested again.
            last.1 = Instant::now();
            done.then_some(())
        })
        .await;
    }

    /// One case is corrected, investigated, and gets a plan; another one stands still for a while.
    async fn work(&self, numbers: &[String]) {
        let case = routed(&self.platform, &numbers[0]).await;
        let terminal = Terminal::of(&self.platform, &case.number, &handler(&case));
        let severity = "triage --severity ordinary --reason 核定";
        if case.severity != "ordinary" {
            terminal.play(&format!("supervisor-1:supervisor {severity} -> assigned"));
        }
        terminal.play(
            "
            handler accept -> accepted
            handler verify --authentic yes --reasonable yes --text 与订单相符 -> verified
            handler finding --text 底座触点烧蚀 -> verified
            handler 5w1h --who 客户 --what 冒火花 --when 今天 --where 家中 -> verified
            handler 5w1h --why 触点氧化 --how-many 1 -> verified
            handler responsibility --party supplier --text 换料未报 -> verified
            handler complete-investigation -> investigated
            handler propose --text 退款 --redress refund=480CNY --step refund_paid@finance-1/3d -> plan_approved
            handler offer --means phone --text 退四百八十元 -> offered
            ",
        );
        let case = routed(&self.platform, &numbers[1]).await;
        let terminal = Terminal::of(&self.platform, &case.number, &handler(&case));
        terminal.play(
            "
            handler accept -> accepted
            handler hold --pause waiting_for_customer --reason 待客户补充 --until 2d -> on_hold
            handler resume -> accepted
            ",
        );
    }

    fn redress(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("redress runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        output
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("redress"));
        command
            .args(arguments)
            .env("REDRESS_NATS_URL", self.platform.nats.url())
            .env("REDRESS_POLICY_DIR", self.in_force());
        command
    }

    /// Runs the candidate beside the policy in force, from now on.
    fn shadow(&self) -> Process {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let new = text(&self.new);
        let typed = [
            "--json", "policy", "shadow", "--totals", "0", "--policy", &new,
        ];
        Process::start(Program {
            program: binary("redress"),
            arguments: typed.iter().map(Into::into).collect(),
            environment: BTreeMap::from([
                ("REDRESS_NATS_URL".to_owned(), self.platform.nats.url()),
                ("REDRESS_POLICY_DIR".to_owned(), text(&self.in_force())),
            ]),
            output: self.platform.dir.path().join("said"),
        })
    }

    fn in_force(&self) -> PathBuf {
        self.platform.dir.path().join("policy")
    }

    /// A candidate tried on the last day, as JSON.
    fn simulated(&self, new: &Path) -> Value {
        let new = new.to_string_lossy();
        let arguments = [
            "--json", "policy", "simulate", "--since", "1d", "--policy", &new,
        ];
        let output = self.redress(&arguments);
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    /// The same as people are shown it.
    fn shown(&self, new: &Path, lang: &str) -> String {
        let new = new.to_string_lossy();
        let arguments = [
            "--lang", lang, "policy", "simulate", "--since", "1d", "--policy", &new,
        ];
        String::from_utf8(self.redress(&arguments).stdout).expect("text")
    }

    /// What somebody who disturbs the platform would change: the log's end, who reads it, and the
    /// rows of the services.
    async fn traces(&self) -> (u64, usize, Vec<String>) {
        let mut rows = Vec::new();
        for service in Service::ALL {
            let channel = self.platform.channel(service);
            let partitions = eventually("the partitions to answer", SOON, async || {
                status(channel.clone(), true).await
            });
            rows.extend(partitions.await.iter().map(|one| {
                let (at, consumed) = (one.own_sequence, one.consumed);
                let (owner, hash) = (&one.owner, &one.state_hash);
                format!(
                    "{service} {} {owner} {at} {consumed} {hash:?}",
                    one.partition
                )
            }));
        }
        (self.last_sequence().await, self.readers().await, rows)
    }

    async fn last_sequence(&self) -> u64 {
        self.stream().await.state.last_sequence
    }

    async fn readers(&self) -> usize {
        self.stream().await.state.consumer_count
    }

    async fn stream(&self) -> jetstream::stream::Info {
        let context = jetstream::new(self.platform.broker().client().clone());
        let mut log = context
            .get_stream(names::LOG_STREAM)
            .await
            .expect("the log");
        log.info().await.expect("its state").clone()
    }
}

async fn routed(platform: &Platform, number: &str) -> Case {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("the case to be routed", SOON, async || {
        let name = number.to_owned();
        let found = router.get_case(GetCaseRequest { name }).await;
        found.ok().map(tonic::Response::into_inner)
    })
    .await
}

fn handler(case: &Case) -> String {
    case.work_order.clone().expect("a work order").handler
}

fn figures(deeds: &Deeds) -> [(&'static str, u64); 9] {
    [
        ("cases", deeds.routed.len() as u64),
        ("clocks", deeds.clocks),
        ("onTime", deeds.on_time),
        ("late", deeds.late),
        ("open", deeds.open),
        ("cancelled", deeds.cancelled),
        ("warned", deeds.warned),
        ("breached", deeds.breached),
        ("escalated", deeds.escalated),
    ]
}

/// The figures of both sides of a report, and where it agrees with what was recorded.
fn agrees_with_the_log(report: &Value, deeds: &Deeds) {
    for (name, count) in figures(deeds) {
        assert_eq!(report["total"]["today"][name], count, "{name}: {report:#}");
    }
    let cases = deeds.routed.len() as u64;
    for (what, agree) in [
        ("routings", cases),
        ("clocks", deeds.clocks),
        ("approvals", 1),
    ] {
        let said = &report["recorded"][what];
        assert_eq!(
            (&said["agree"], &said["differ"]),
            (&agree.into(), &0.into()),
            "{what}"
        );
    }
}

fn changed(report: &Value, what: &str) -> (u64, u64) {
    let delta = &report["total"]["changed"][what];
    let count = |of: &str| delta[of].as_u64().expect("a count");
    (count("more"), count("less"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_tried_on_a_live_log_tells_what_it_would_have_changed_and_disturbs_nothing() {
    let house = House::after_some_work().await;
    let whole = house.whole().await;
    let deeds = Deeds::of(&whole);
    assert!(deeds.breached > 10 && deeds.escalated > 10, "{deeds:?}");
    let before = house.traces().await;

    let same = house.simulated(&house.in_force());
    agrees_with_the_log(&same, &deeds);
    assert_eq!(same["total"]["today"], same["total"]["candidate"]);
    assert_eq!(same["differs"], false, "{same:#}");
    assert!(
        house
            .shown(&house.in_force(), "en")
            .contains("No difference.")
    );

    let report = house.simulated(&house.new);
    agrees_with_the_log(&report, &deeds);
    what_the_candidate_changes(&report, &deeds);
    the_tables_and_the_page_say_so(&house, &report);
    let after = eventually("the readers to leave", SOON, async || {
        let now = house.traces().await;
        (now.1 == before.1).then_some(now)
    });
    assert_eq!(after.await, before, "nobody noticed");
}

/// Worked out from the log: which cases each change of the candidate reaches.
fn what_the_candidate_changes(report: &Value, deeds: &Deeds) {
    let (cases, moved) = (deeds.routed.len() as u64, deeds.of_category("logistics"));
    assert!(moved > 0 && moved < cases, "{moved} of {cases}");
    assert_eq!(report["differs"], true);
    assert_eq!(changed(report, "routed"), (moved, moved));
    let to = |it: &&Value| it["axis"] == "department" && it["to"] == "customer_service";
    let ways = report["routing"].as_array().expect("what goes elsewhere");
    let there: Vec<&Value> = ways.iter().filter(to).collect();
    assert_eq!((there.len(), &there[0]["cases"]), (1, &moved.into()));
    // Everything late was a start within seconds, which has a day now; the replies have seconds.
    assert_eq!(changed(report, "late"), (cases, deeds.late));
    assert_eq!(changed(report, "warned"), (cases, deeds.warned));
    assert_eq!(changed(report, "escalated"), (0, deeds.escalated));
    assert_eq!(changed(report, "approvals"), (1, 0));
    assert_eq!(report["approvals"][0]["candidate"][0], "department_head");
    assert_eq!(report["approvals"][0]["plans"], 1);
    assert_eq!(changed(report, "heldUp"), (1, 0));
    assert_eq!(report["procedures"][0]["before"], "complete_investigation");
    assert_eq!(report["procedures"][0]["missing"], "root_cause");
}

fn the_tables_and_the_page_say_so(house: &House, report: &Value) {
    let (table, tabelle) = (house.shown(&house.new, "en"), house.shown(&house.new, "zh"));
    let late = report["total"]["candidate"]["late"].to_string();
    for words in [
        "Missed",
        "Routed differently",
        "department_head",
        "root_cause",
        &late,
    ] {
        assert!(table.contains(words), "{words} is not in {table}");
    }
    for words in ["超时", "分派变化", "审批变化", "客户服务部", &late] {
        assert!(tabelle.contains(words), "{words} is not in {tabelle}");
    }
    let page = house.platform.dir.path().join("page.html");
    let (new, file) = (house.new.to_string_lossy(), page.to_string_lossy());
    house.redress(&["policy", "simulate", "--policy", &new, "--html", &file]);
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for words in [
        "<svg",
        "客户服务部",
        "Preliminary reply",
        "department_head",
        &late,
    ] {
        assert!(page.contains(words), "{words} is not on the page");
    }
    for outside in ["<script", "src=", "href=\"http", "@import", "url("] {
        assert!(
            !page.contains(outside),
            "the page stands alone, without {outside}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_beside_the_platform_only_reports() {
    let house = House::after_some_work().await;
    let readers = house.readers().await;
    let mut shadow = house.shadow();
    eventually("the shadow to follow", SOON, async || {
        shadow.output().contains("comparing").then_some(())
    })
    .await;
    let load: Vec<Sample> = samples().into_iter().skip(60).take(60).collect();
    let before = cases(&house.whole().await).count();
    let numbers = house.submit(&load).await;
    house.settled(before + load.len()).await;

    let whole = house.whole().await;
    let lines = said(&mut shadow).await;
    only_what_the_candidate_changes(&lines, &Deeds::of(&whole), &numbers);
    let differ = compare(&house.platform).await;
    assert_eq!(differ, [""; 0], "the services stand as the log has them");
    eventually("its readers to leave", SOON, async || {
        (house.readers().await == readers).then_some(())
    })
    .await;
    let writers = house.whole().await.writers;
    assert_eq!(writers, whole.writers, "nobody wrote but the services");
}

/// The new cases about deliveries go elsewhere, and each preliminary reply is late.
fn only_what_the_candidate_changes(lines: &[Value], deeds: &Deeds, numbers: &[String]) {
    let elsewhere = |number: &&String| {
        let case = deeds.routed.iter().find(|one| one.number == **number);
        case.is_some_and(|case| case.category == "logistics")
    };
    let elsewhere: Vec<&String> = numbers.iter().filter(elsewhere).collect();
    assert!(!elsewhere.is_empty());
    let of = |what: &'static str| lines.iter().filter(move |it| it["what"] == what);
    let named: Vec<&str> = of("routed")
        .filter_map(|it| it["number"].as_str())
        .collect();
    assert_eq!(named.len(), elsewhere.len(), "{named:?} {elsewhere:?}");
    assert!(elsewhere.iter().all(|it| named.contains(&it.as_str())));
    let newly = of("breached").filter(|it| it["under"] == "candidate");
    assert_eq!(
        newly.count(),
        numbers.len(),
        "each preliminary reply is late"
    );
    let summary = &lines.last().expect("a last line")["summary"];
    assert_eq!(
        summary["cases"],
        numbers.len(),
        "only what came since it began"
    );
}

/// Ends the shadow; gives what it had said, line by line.
async fn said(shadow: &mut Process) -> Vec<Value> {
    let ended = shadow.terminate(SOON).await;
    let output = shadow.output();
    assert!(ended.is_some_and(|status| status.success()), "{output}");
    let lines = output.lines().filter(|line| line.starts_with('{'));
    let lines = lines.map(|line| serde_json::from_str(line).expect("a line of JSON"));
    lines.collect()
}
