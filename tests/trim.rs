//! The log is trimmed under a running platform; then every store is deleted and every process
//! killed. All of it comes back, from snapshots and what is left of the log.

use std::{path::Path, process::Output, time::Duration};

use redress_log::{Chain, EventLog as _};
use redress_log_archive::{Archive, Archived};
use redress_testkit::eventually;
use redress_tests::{
    accounts,
    platform::{Plan, Platform},
    recorder::{Outcome, Recorder},
    stores::compare_at,
    submissions::{Sample, samples},
    terminal::Terminal,
};
use redress_wire::{
    Service,
    intake::{GetComplaintRequest, intake_client::IntakeClient},
    router::{Case, GetCaseRequest, router_client::RouterClient},
};
use tempfile::TempDir;
use tonic::Code;

const SOON: Duration = Duration::from_secs(30);
const PARTITIONS: u32 = 2;

async fn submit(platform: &Platform, sample: &Sample) -> String {
    let (adapter, _) = accounts::connect_as(&platform.nats, "adapter").await;
    let recorder = Recorder::default();
    let number = eventually("an answer", SOON, async || {
        match recorder.submit(&adapter, sample, SOON).await {
            Outcome::Ok { number, .. } => Some(number),
            _ => None,
        }
    });
    number.await
}

async fn routed(platform: &Platform, number: &str) -> Case {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("the case to be assigned", SOON, async || {
        let name = number.to_owned();
        let found = router.get_case(GetCaseRequest { name }).await;
        let case = found.ok()?.into_inner();
        case.work_order.is_some().then_some(case)
    })
    .await
}

/// Works a case to its end.
fn archive(platform: &Platform, case: &Case) {
    let handler = case.work_order.clone().expect("a work order").handler;
    let at = Terminal::of(platform, &case.number, &handler);
    if case.severity != "ordinary" {
        at.play("supervisor-1:supervisor triage --severity ordinary --reason 核定 -> assigned");
    }
    at.play(
        "handler withdraw --reason 客户来电撤回 -> withdrawn
         handler close --means letter --text 已撤诉 --answer 已撤诉 --answer 已撤诉 -> closed
         handler archive -> archived",
    );
}

async fn trim(platform: &Platform, archive: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["log", "trim", "--lang", "en", "--keep-days", "0"];
    let archive = archive.to_string_lossy();
    arguments.extend(["--archive", &archive]);
    let at: Vec<String> = Service::ALL
        .into_iter()
        .flat_map(|service| {
            let option = format!("--{service}-addr");
            [option, platform.grpc(service).to_owned()]
        })
        .collect();
    arguments.extend(at.iter().map(String::as_str));
    arguments.extend(more);
    let output = accounts::redress(&platform.nats, accounts::PROVISION, &arguments).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output
}

/// The sequence that intake's blocks of each partition begin at.
async fn beginnings(platform: &Platform) -> Vec<u64> {
    let mut beginnings = Vec::new();
    for partition in 0..PARTITIONS {
        let service = Service::Intake;
        let chain = Chain::Blocks { partition, service };
        let first = platform.broker().log().first(chain).await;
        let first = first.expect("the log can be read");
        beginnings.push(first.map_or(0, |first| first.sequence));
    }
    beginnings
}

/// Kills every service and starts all of them again without their rows, under another setting.
async fn lose_all_rows(platform: &mut Platform, setting: Option<(&str, &Path)>) {
    for replica in &mut platform.services {
        replica.process.kill_hard();
    }
    for replica in &mut platform.services {
        std::fs::remove_dir_all(&replica.data).expect("its rows can be deleted");
        if let Some((name, path)) = setting {
            replica.process.set(name, &path.to_string_lossy());
        }
        replica.process.restart();
    }
    platform.ready().await;
}

async fn complaint(platform: &Platform, number: &str) -> Result<String, tonic::Status> {
    let mut intake = IntakeClient::new(platform.channel(Service::Intake));
    let name = number.to_owned();
    let found = intake.get_complaint(GetComplaintRequest { name }).await?;
    let personal = found.into_inner().personal.unwrap_or_default();
    Ok(personal.description)
}

/// A platform with some archived cases, and one that is not.
struct Story {
    platform: Platform,
    samples: Vec<Sample>,
    /// The numbers of the samples.
    numbers: Vec<String>,
    files: TempDir,
}

impl Story {
    async fn begin() -> Self {
        // The shipped accounts, and a log over two streams.
        let plan = Plan {
            partitions: PARTITIONS,
            streams: 2,
            accounts: true,
            ..Plan::default()
        };
        let platform = Platform::start(plan, |_| {}).await;
        let samples: Vec<Sample> = samples().into_iter().take(9).collect();
        let mut numbers = Vec::new();
        for sample in &samples {
            numbers.push(submit(&platform, sample).await);
        }
        let story = Self {
            platform,
            samples,
            numbers,
            files: tempfile::tempdir().expect("a folder"),
        };
        for number in story.archived() {
            archive(&story.platform, &routed(&story.platform, number).await);
        }
        routed(&story.platform, story.kept()).await;
        story
    }

    fn kept(&self) -> &str {
        self.numbers.last().expect("there are some")
    }

    fn archived(&self) -> &[String] {
        self.numbers.split_last().expect("there are some").1
    }

    /// Plans, which changes nothing, and then trims.
    async fn trim(&self) {
        let before = beginnings(&self.platform).await;
        let said = trim(&self.platform, self.files.path(), &[]).await;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let open = format!("case {} is not archived", self.kept());
        assert!(
            said.contains(&open) && said.contains("could go: "),
            "{said}"
        );
        assert_eq!(beginnings(&self.platform).await, before);
        trim(&self.platform, self.files.path(), &["--yes"]).await;
        let after = beginnings(&self.platform).await;
        let mut both = after.iter().zip(&before);
        assert!(both.all(|(after, before)| after > before), "{after:?}");
    }

    /// The words of archived cases are gone from the log, and where they are is said.
    async fn words_are_gone(&self) {
        let refused = complaint(&self.platform, &self.archived()[0]).await;
        let refused = refused.expect_err("its words were taken off");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        let says = refused.message().contains("REDRESS_LOG_ARCHIVE");
        assert!(says, "{refused}");
        let open = complaint(&self.platform, self.kept()).await;
        open.expect("it is not archived");
    }

    /// What was folded from snapshots is what all of history gives.
    async fn rows_are_right(&self) {
        let archive = Archive::open(self.files.path()).expect("it was written");
        let whole = Archived::new(self.platform.broker().log(), archive);
        let differ = compare_at(&whole, &|service| self.platform.channel(service)).await;
        assert_eq!(differ, [] as [String; 0]);
    }

    /// What was sent before is known by its number, and what is new gets a new one.
    async fn repeats_are_known(&self) {
        for (sample, number) in self.samples.iter().zip(&self.numbers) {
            assert_eq!(submit(&self.platform, sample).await, *number);
        }
        let another = self.samples[0].with_request_id("never-seen-before");
        let another = submit(&self.platform, &another).await;
        assert!(!self.numbers.contains(&another), "{another}");
        let archived = routed(&self.platform, &self.archived()[0]).await;
        assert_eq!(archived.state, "archived");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trimmed_platform_comes_back_without_its_stores_and_knows_what_it_knew() {
    let mut story = Story::begin().await;
    story.trim().await;
    story.words_are_gone().await;
    lose_all_rows(&mut story.platform, None).await;
    story.rows_are_right().await;
    story.repeats_are_known().await;

    // With the archive at hand, not even the words are gone.
    let setting = Some(("REDRESS_LOG_ARCHIVE", story.files.path()));
    lose_all_rows(&mut story.platform, setting).await;
    let words = complaint(&story.platform, &story.archived()[0]).await;
    assert!(!words.expect("it is in the archive").is_empty());
    let refused = accounts::violations(&story.platform.nats);
    assert!(refused.is_empty(), "{refused:#?}");
}
