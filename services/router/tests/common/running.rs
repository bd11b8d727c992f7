//! A running router at a real broker, with registered complaints in the log.

use std::{ops::Range, time::Duration};

use prost::Message as _;
use redress_complaint::partition_of;
use redress_log::{Chain, Entry, EventLog as _};
use redress_log_nats::{ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options, ServiceProcess, eventually, free_port, workspace_root};
use redress_wire::{
    Service,
    log::Block,
    router::{
        Actor, CaseCommand, ExecuteRequest, GetCaseRequest, case_command::Command as Wish,
        case_commands_client::CaseCommandsClient, case_queries_client::CaseQueriesClient,
        router_client::RouterClient,
    },
};
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use super::{id, number, registered};

pub(crate) const WITHIN: Duration = Duration::from_mins(1);
/// The smallest that HTTP/2 knows without being told.
const SMALL_WINDOW: u32 = 65_535;
const BROKEN: &str = "电饭煲质量太差，要求换货";

pub(crate) struct Running {
    pub(crate) channel: Channel,
    endpoint: Endpoint,
    _process: ServiceProcess,
    broker: NatsServer,
    _folder: TempDir,
}

impl Running {
    /// A router with so many partitions, over which these complaints are spread by their ids.
    pub(crate) async fn with(partitions: u32, cases: Range<u32>) -> Self {
        let broker = NatsServer::start(Options::default()).await;
        let client = connect(&ConnectOptions::new(broker.url())).await.unwrap();
        provision(&client, &Provisioning::default()).await.unwrap();
        let entries: Vec<Entry> = (0..partitions)
            .map(|partition| intake_block(partition, partitions, cases.clone()))
            .collect();
        client.log().append(&entries).await.unwrap();
        let folder = TempDir::with_prefix("redress-router-").unwrap();
        let [grpc, admin] = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
        let text = |path: std::path::PathBuf| path.display().to_string();
        let settings = [
            ("REDRESS_NATS_URL", broker.url()),
            ("REDRESS_NATS_MONITOR_URL", broker.monitor_url()),
            ("REDRESS_PARTITIONS", partitions.to_string()),
            ("REDRESS_DATA_DIR", text(folder.path().join("data"))),
            ("REDRESS_POLICY_DIR", text(workspace_root().join("policy"))),
            ("REDRESS_GRPC_ADDR", grpc.clone()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let mut process = ServiceProcess::start("router", folder.path(), &admin, settings);
        process.wait_ready(WITHIN).await;
        let endpoint = Channel::from_shared(format!("http://{grpc}")).unwrap();
        Self {
            channel: endpoint.connect().await.unwrap(),
            endpoint,
            _process: process,
            broker,
            _folder: folder,
        }
    }

    /// A connection to the broker of whoever answers in the place of another service.
    pub(crate) async fn nats(&self) -> async_nats::Client {
        self.broker.client().await
    }

    /// A connection of a caller that takes in little which it does not read.
    pub(crate) async fn slow_reader(&self) -> CaseCommandsClient<Channel> {
        let endpoint = self
            .endpoint
            .clone()
            .initial_stream_window_size(SMALL_WINDOW);
        CaseCommandsClient::new(endpoint.connect().await.unwrap())
    }

    pub(crate) async fn handler(&self, case: u32) -> String {
        let mut cases = RouterClient::new(self.channel.clone());
        eventually("the case to be routed", WITHIN, async || {
            let name = number(case);
            let found = cases.get_case(GetCaseRequest { name }).await.ok()?;
            Some(found.into_inner().work_order?.handler)
        })
        .await
    }

    pub(crate) fn commands(&self) -> CaseCommandsClient<Channel> {
        CaseCommandsClient::new(self.channel.clone())
    }

    pub(crate) fn queries(&self) -> CaseQueriesClient<Channel> {
        CaseQueriesClient::new(self.channel.clone())
    }
}

fn intake_block(partition: u32, partitions: u32, cases: Range<u32>) -> Entry {
    let here = cases.filter(|case| partition_of(&id(*case), partitions) == partition);
    let block = Block {
        height: 1,
        owner: "test".to_owned(),
        events: here.map(|case| registered(case, BROKEN)).collect(),
        ..Block::default()
    };
    Entry {
        chain: Chain::Blocks {
            partition,
            service: Service::Intake,
        },
        expected: 0,
        payload: block.encode_to_vec().into(),
    }
}

pub(crate) fn command(case: u32, (person, role): (&str, &str), command: Wish) -> CaseCommand {
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

pub(crate) fn request(command: CaseCommand) -> ExecuteRequest {
    ExecuteRequest {
        command: Some(command),
    }
}
