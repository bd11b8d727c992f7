//! An intake process at a broker of its own.

use std::time::Duration;

use redress_log_nats::{ConnectOptions, Provisioning, connect, provision};
use redress_testkit::{NatsServer, Options, ServiceProcess, free_port, workspace_root};
use redress_wire::{
    intake::{Submission, intake_client::IntakeClient},
    names,
    ops::ops_client::OpsClient,
};
use tempfile::TempDir;
use tonic::transport::Channel;

/// Far above what a start takes (under a second here).
const READY_WITHIN: Duration = Duration::from_mins(1);

pub(crate) struct Intake {
    grpc: String,
    _process: ServiceProcess,
    pub(crate) broker: NatsServer,
    _folder: TempDir,
}

impl Intake {
    pub(crate) async fn start() -> Self {
        let broker = NatsServer::start(Options::default()).await;
        let installing = connect(&ConnectOptions::new(broker.url())).await.unwrap();
        provision(&installing, &Provisioning::default())
            .await
            .unwrap();
        let folder = TempDir::with_prefix("redress-intake-").unwrap();
        let (grpc, admin) = (address(), address());
        let settings = [
            ("REDRESS_NATS_URL", broker.url()),
            ("REDRESS_NATS_MONITOR_URL", broker.monitor_url()),
            (
                "REDRESS_DATA_DIR",
                folder.path().join("data").display().to_string(),
            ),
            (
                "REDRESS_POLICY_DIR",
                workspace_root().join("policy").display().to_string(),
            ),
            ("REDRESS_GRPC_ADDR", grpc.clone()),
            ("REDRESS_LOG", "info".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let mut process = ServiceProcess::start("intake", folder.path(), &admin, settings);
        process.wait_ready(READY_WITHIN).await;
        let intake = Self {
            grpc,
            _process: process,
            broker,
            _folder: folder,
        };
        intake.requests_are_answered().await;
        intake
    }

    async fn requests_are_answered(&self) {
        let client = self.broker.client().await;
        redress_testkit::eventually("requests to be answered", READY_WITHIN, async || {
            client
                .request(names::submit_subject("no"), "{}".into())
                .await
                .ok()
        })
        .await;
    }

    pub(crate) async fn grpc(&self) -> IntakeClient<Channel> {
        IntakeClient::connect(format!("http://{}", self.grpc))
            .await
            .unwrap()
    }

    pub(crate) async fn ops(&self) -> OpsClient<Channel> {
        OpsClient::connect(format!("http://{}", self.grpc))
            .await
            .unwrap()
    }

    pub(crate) async fn request(&self, channel: &str, body: &[u8]) -> serde_json::Value {
        let client = self.broker.client().await;
        let subject = names::submit_subject(channel);
        let answer = client.request(subject, body.to_vec().into()).await.unwrap();
        serde_json::from_slice(&answer.payload).unwrap()
    }

    pub(crate) async fn leave_in_inbox(&self, channel: &str, body: &[u8]) {
        let streams = async_nats::jetstream::new(self.broker.client().await);
        let subject = names::inbox_subject(channel);
        streams
            .publish(subject, body.to_vec().into())
            .await
            .unwrap()
            .await
            .unwrap();
    }

    pub(crate) async fn inbox_is_empty(&self) -> Option<()> {
        let streams = async_nats::jetstream::new(self.broker.client().await);
        let inbox = streams.get_stream(names::INBOX_STREAM).await.ok()?;
        (inbox.cached_info().state.messages == 0).then_some(())
    }
}

fn address() -> String {
    format!("127.0.0.1:{}", free_port())
}

pub(crate) fn submission(request_id: &str, description: &str) -> Submission {
    Submission {
        request_id: request_id.to_owned(),
        description: description.to_owned(),
        ..Submission::default()
    }
}

pub(crate) fn json(request_id: &str, description: &str) -> Vec<u8> {
    serde_json::json!({"requestId": request_id, "description": description})
        .to_string()
        .into()
}
