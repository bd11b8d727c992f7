//! The gRPC doors of a running router, at a real broker.

mod common;

use std::time::Duration;

use common::{id, number, registered, work};
use prost::Message as _;
use redress_log::{Chain, Entry, EventLog as _};
use redress_log_nats::{ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options, ServiceProcess, eventually, free_port, workspace_root};
use redress_wire::{
    Service,
    log::Block,
    router::{
        Actor, CaseCommand, ExecuteManyRequest, ExecuteRequest, FollowRequest, GetCaseRequest,
        GetNextStepsRequest, GetRecallRequest, GetTimelineRequest, RunRecallRequest,
        case_command::Command as Wish, case_commands_client::CaseCommandsClient,
        case_queries_client::CaseQueriesClient, execute_many_response::Outcome,
        router_client::RouterClient,
    },
};
use tempfile::TempDir;
use tonic::{Code, transport::Channel};
use tonic_types::StatusExt as _;

const WITHIN: Duration = Duration::from_mins(1);
const BROKEN: &str = "电饭煲质量太差，要求换货";
const CASES: u32 = 7;

struct Running {
    channel: Channel,
    _process: ServiceProcess,
    _broker: NatsServer,
    _folder: TempDir,
}

/// A router whose only partition has some registered complaints.
async fn running() -> Running {
    let broker = NatsServer::start(Options::default()).await;
    let client = connect(&ConnectOptions::new(broker.url())).await.unwrap();
    provision(&client, &Provisioning::default()).await.unwrap();
    let block = Block {
        height: 1,
        owner: "test".to_owned(),
        events: (1..CASES).map(|case| registered(case, BROKEN)).collect(),
        ..Block::default()
    };
    let chain = Chain::Blocks {
        partition: 0,
        service: Service::Intake,
    };
    let entry = Entry {
        chain,
        expected: 0,
        payload: block.encode_to_vec().into(),
    };
    client.log().append(&[entry]).await.unwrap();
    let folder = TempDir::with_prefix("redress-router-").unwrap();
    let [grpc, admin] = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
    let text = |path: std::path::PathBuf| path.display().to_string();
    let settings = [
        ("REDRESS_NATS_URL", broker.url()),
        ("REDRESS_NATS_MONITOR_URL", broker.monitor_url()),
        ("REDRESS_PARTITIONS", "1".to_owned()),
        ("REDRESS_DATA_DIR", text(folder.path().join("data"))),
        ("REDRESS_POLICY_DIR", text(workspace_root().join("policy"))),
        ("REDRESS_GRPC_ADDR", grpc.clone()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let mut process = ServiceProcess::start("router", folder.path(), &admin, settings);
    process.wait_ready(WITHIN).await;
    let endpoint = Channel::from_shared(format!("http://{grpc}")).unwrap();
    Running {
        channel: endpoint.connect().await.unwrap(),
        _process: process,
        _broker: broker,
        _folder: folder,
    }
}

impl Running {
    async fn handler(&self, case: u32) -> String {
        let mut cases = RouterClient::new(self.channel.clone());
        eventually("the case to be routed", WITHIN, async || {
            let name = number(case);
            let found = cases.get_case(GetCaseRequest { name }).await.ok()?;
            Some(found.into_inner().work_order?.handler)
        })
        .await
    }

    fn commands(&self) -> CaseCommandsClient<Channel> {
        CaseCommandsClient::new(self.channel.clone())
    }

    fn queries(&self) -> CaseQueriesClient<Channel> {
        CaseQueriesClient::new(self.channel.clone())
    }
}

fn command(case: u32, (person, role): (&str, &str), command: Wish) -> CaseCommand {
    CaseCommand {
        name: number(case),
        actor: Some(Actor {
            id: person.to_owned(),
            role: role.to_owned(),
        }),
        command: Some(command),
        ..CaseCommand::default()
    }
}

fn request(command: CaseCommand) -> ExecuteRequest {
    ExecuteRequest {
        command: Some(command),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_worked_read_and_followed_through_the_doors() {
    let running = running().await;
    let handler = running.handler(1).await;
    let me = (&*handler, "handler");
    let (mut commands, mut queries) = (running.commands(), running.queries());

    let early = request(command(1, me, work::verify()));
    let refused = commands.execute(early).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    let details = refused.get_error_details();
    let info = details.error_info().expect("the reason for programs");
    assert_eq!(info.reason, "NOT_ALLOWED_NOW");
    assert!(info.metadata["allowed_now"].contains("accept"));
    assert!(details.precondition_failure().is_some());

    let system = request(command(1, ("system", "system"), work::verify()));
    let refused = commands.execute(system).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    // All of the case's life in one stream, as fast as it goes, in the order sent.
    let life = work::whole_life(1_000);
    let sent: Vec<_> = (0..)
        .zip(&life)
        .map(|(position, (_, wish))| ExecuteManyRequest {
            position,
            command: Some(command(1, me, wish.clone())),
        })
        .collect();
    let stream = futures::stream::iter(sent);
    let mut answers = commands.execute_many(stream).await.unwrap().into_inner();
    for (position, (state, wish)) in (0..).zip(&life) {
        let answer = answers.message().await.unwrap().expect("an answer");
        assert_eq!(answer.position, position);
        match answer.outcome {
            Some(Outcome::Done(done)) => assert_eq!(done.state, *state, "{wish:?}"),
            other => panic!("{wish:?}: {other:?}"),
        }
    }
    assert!(answers.message().await.unwrap().is_none());

    let name = id(1).to_string();
    let asked = GetTimelineRequest { name: name.clone() };
    let mut asked = tonic::Request::new(asked);
    asked
        .metadata_mut()
        .insert("accept-language", "en".parse().unwrap());
    let told = queries.get_timeline(asked).await.unwrap().into_inner();
    assert_eq!(told.case.unwrap().state_name, "archived");
    let versions: Vec<u64> = told.entries.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, (0..=told.version).collect::<Vec<_>>());
    assert!(told.entries[2].sentence.ends_with("accepted the case"));

    let follow = FollowRequest {
        name,
        from_version: 3,
    };
    let mut followed = queries.follow(follow).await.unwrap().into_inner();
    for entry in &told.entries[3..] {
        let next = followed.message().await.unwrap().unwrap().entry.unwrap();
        assert_eq!(
            (next.version, next.event),
            (entry.version, entry.event.clone())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_takes_in_every_case_of_the_batch_once() {
    let running = running().await;
    let handler = running.handler(CASES - 1).await;
    let (mut commands, mut queries) = (running.commands(), running.queries());
    let accept = work::until_plan().remove(0).1;
    let accepted = request(command(6, (&handler, "handler"), accept));
    commands.execute(accepted).await.unwrap();

    let recall = RunRecallRequest {
        name: number(6),
        request_id: "recall-1".to_owned(),
        actor: Some(Actor {
            id: "director-products".to_owned(),
            role: "director".to_owned(),
        }),
        batch_no: String::new(),
        text: "请停止使用".to_owned(),
    };
    // Cases 3 and 6 tell a batch, and not the same one; the recall names that of case 3.
    let recall = RunRecallRequest {
        batch_no: common::batch_no(3),
        ..recall
    };
    let run = commands.run_recall(recall.clone()).await.unwrap();
    let run = run.into_inner();
    assert_eq!((run.affected, run.joined), (1, 1));
    let again = commands.run_recall(recall).await.unwrap().into_inner();
    assert_eq!((again.affected, again.joined), (1, 0));

    let asked = GetRecallRequest { name: number(6) };
    let progress = queries.get_recall(asked).await.unwrap().into_inner();
    assert_eq!(
        (
            progress.affected,
            progress.told,
            progress.outside,
            progress.closed
        ),
        (1, 1, 0, false)
    );
    let steps = GetNextStepsRequest {
        name: number(6),
        actor: Some(Actor {
            id: handler,
            role: "handler".to_owned(),
        }),
    };
    let steps = queries.get_next_steps(steps).await.unwrap().into_inner();
    let verify = steps.steps.iter().find(|step| step.command == "verify");
    assert!(verify.is_some_and(|step| step.allowed), "{steps:?}");
}
