//! A service of one method over a real connection: `/test.v1.Test/Work`, from string to string.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::extract::Request as HttpRequest;
use prost_types::{FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto};
use tokio::sync::mpsc;
use tonic::metadata::MetadataValue;
use tonic::server::UnaryService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt as _;

use super::*;
use crate::settings::{Nothing, Profile};

/// Answers `deadline` with the milliseconds left, holds `wait` until it may go, echoes the rest.
#[derive(Clone)]
struct Work {
    begun: mpsc::Sender<()>,
    go: CancellationToken,
}

impl UnaryService<String> for Work {
    type Response = String;
    type Future = Pin<Box<dyn Future<Output = Result<Response<String>, Status>> + Send>>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let work = self.clone();
        Box::pin(async move {
            let answer = match request.get_ref().as_str() {
                "deadline" => {
                    let deadline = request.extensions().get::<Deadline>();
                    deadline.map_or("none".to_owned(), |d| d.remaining().as_millis().to_string())
                }
                "wait" => {
                    work.begun.send(()).await.expect("the test listens");
                    work.go.cancelled().await;
                    "waited".to_owned()
                }
                other => other.to_owned(),
            };
            Ok(Response::new(answer))
        })
    }
}

struct Served {
    channel: Channel,
    readiness: Readiness,
    begun: mpsc::Receiver<()>,
    go: CancellationToken,
    stop: CancellationToken,
    ended: tokio::task::JoinHandle<anyhow::Result<()>>,
}

fn descriptors() -> Vec<u8> {
    let method = |name: &str, client_streaming| MethodDescriptorProto {
        name: Some(name.into()),
        input_type: Some(".test.v1.Text".into()),
        output_type: Some(".test.v1.Text".into()),
        client_streaming: Some(client_streaming),
        ..MethodDescriptorProto::default()
    };
    let text = prost_types::DescriptorProto {
        name: Some("Text".into()),
        ..prost_types::DescriptorProto::default()
    };
    let file = FileDescriptorProto {
        name: Some("test/v1/test.proto".into()),
        package: Some("test.v1".into()),
        message_type: vec![text],
        service: vec![ServiceDescriptorProto {
            name: Some("Test".into()),
            method: vec![method("Work", false), method("Bulk", true)],
            ..ServiceDescriptorProto::default()
        }],
        ..FileDescriptorProto::default()
    };
    FileDescriptorSet { file: vec![file] }.encode_to_vec()
}

async fn served(limits: Limits) -> Served {
    let (sender, begun) = mpsc::channel(16);
    let go = CancellationToken::new();
    let work = Work {
        begun: sender,
        go: go.clone(),
    };
    let handler = async move |request: HttpRequest| {
        let codec = ProstCodec::<String, String>::default();
        tonic::server::Grpc::new(codec).unary(work, request).await
    };
    let routes = axum::Router::new()
        .route("/test.v1.Test/Work", axum::routing::post(handler.clone()))
        .route("/test.v1.Test/Bulk", axum::routing::post(handler));
    let server = GrpcServer::new(Routes::from(routes), &descriptors(), limits).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (readiness, stop) = (Readiness::new(), CancellationToken::new());
    let ended = tokio::spawn(server.serve(listener, readiness.clone(), stop.clone()));
    let channel = Channel::from_shared(address)
        .unwrap()
        .connect()
        .await
        .unwrap();
    Served {
        channel,
        readiness,
        begun,
        go,
        stop,
        ended,
    }
}

async fn call_at(channel: Channel, path: &'static str, body: &str) -> Result<String, Status> {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.expect("the server is there");
    let codec = ProstCodec::<String, String>::default();
    let mut request = Request::new(body.to_owned());
    if path.ends_with("Bulk") && body == "timed" {
        *request.get_mut() = "deadline".to_owned();
        request
            .metadata_mut()
            .insert("grpc-timeout", MetadataValue::from_static("90S"));
    }
    let path = axum::http::uri::PathAndQuery::from_static(path);
    client
        .unary(request, path, codec)
        .await
        .map(Response::into_inner)
}

async fn call(channel: Channel, body: &str) -> Result<String, Status> {
    call_at(channel, "/test.v1.Test/Work", body).await
}

async fn health(channel: Channel, service: &str) -> i32 {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    HealthClient::new(channel)
        .check(request)
        .await
        .unwrap()
        .into_inner()
        .status
}

#[tokio::test]
async fn health_follows_readiness_for_the_server_and_each_service() {
    const SERVING: i32 = tonic_health::ServingStatus::Serving as i32;
    let served = served(Limits::default()).await;
    served.readiness.set("broker", Err("is not there".into()));
    let mut watch = HealthClient::new(served.channel.clone());
    let request = HealthCheckRequest {
        service: "test.v1.Test".to_owned(),
    };
    let mut states = watch.watch(request).await.unwrap().into_inner();
    while states.message().await.unwrap().unwrap().status == SERVING {}
    served.readiness.set("broker", Ok(()));
    while states.message().await.unwrap().unwrap().status != SERVING {}
    served.readiness.set("broker", Err("has gone".into()));
    while states.message().await.unwrap().unwrap().status == SERVING {}
    served.readiness.set("broker", Ok(()));
    while states.message().await.unwrap().unwrap().status != SERVING {}
}

#[tokio::test]
async fn reflection_lists_the_service_and_health() {
    let served = served(Limits::default()).await;
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(served.channel);
    let answers = client
        .server_reflection_info(tokio_stream::once(ask))
        .await
        .unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("a list was asked for")
    };
    let names: Vec<_> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    assert!(names.contains(&"test.v1.Test".to_owned()), "{names:?}");
    assert!(
        names.contains(&"grpc.health.v1.Health".to_owned()),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_message_beyond_the_bound_is_an_invalid_argument() {
    let served = served(Limits::default()).await;
    let fits = "x".repeat(1_000_000);
    assert_eq!(
        call(served.channel.clone(), &fits).await.unwrap().len(),
        fits.len()
    );
    let status = call(served.channel.clone(), &"x".repeat(2_000_000))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    let details = status.get_error_details();
    assert_eq!(
        details.bad_request().unwrap().field_violations[0].field,
        "message"
    );
    assert_eq!(call(served.channel, "alive").await.unwrap(), "alive");
}

#[tokio::test]
async fn a_call_longer_than_the_cap_exceeds_its_deadline() {
    let limits = Limits {
        deadline: Duration::from_millis(30),
        ..Limits::default()
    };
    let served = served(limits).await;
    let status = call(served.channel, "wait").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
}

#[tokio::test]
async fn a_call_knows_what_is_left_of_its_deadline() {
    let served = served(Limits::default()).await;
    let left: u128 = call(served.channel, "deadline")
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!((20_000..=30_000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_streamed_request_has_only_the_deadline_that_its_client_sets() {
    let served = served(Limits::default()).await;
    let bulk = "/test.v1.Test/Bulk";
    assert_eq!(
        call_at(served.channel.clone(), bulk, "deadline")
            .await
            .unwrap(),
        "none"
    );
    let left: u128 = call_at(served.channel, bulk, "timed")
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!((80_000..=90_000).contains(&left), "{left}");
}

#[tokio::test]
async fn an_overload_is_refused_with_a_retry_delay_and_health_still_answers() {
    let limits = Limits {
        in_flight: 1,
        waiting: 0,
        ..Limits::default()
    };
    let mut served = served(limits).await;
    let first = tokio::spawn({
        let channel = served.channel.clone();
        async move { call(channel, "wait").await }
    });
    served.begun.recv().await.unwrap();
    let status = call(served.channel.clone(), "one too many")
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    let details = status.get_error_details();
    assert_eq!(
        details.retry_info().unwrap().retry_delay,
        Some(Duration::from_secs(1))
    );
    assert_eq!(health(served.channel.clone(), "").await, 1);
    served.go.cancel();
    assert_eq!(first.await.unwrap().unwrap(), "waited");
    assert_eq!(call(served.channel, "next").await.unwrap(), "next");
}

#[tokio::test]
async fn a_burst_waits_for_its_turn() {
    let limits = Limits {
        in_flight: 1,
        waiting: 8,
        ..Limits::default()
    };
    let mut served = served(limits).await;
    let calls: Vec<_> = ["wait", "second", "third"]
        .map(|body| {
            let channel = served.channel.clone();
            tokio::spawn(async move { call(channel, body).await })
        })
        .into();
    served.begun.recv().await.unwrap();
    served.go.cancel();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_stop_lets_calls_at_work_finish() {
    let mut served = served(Limits::default()).await;
    let channel = served.channel.clone();
    let first = tokio::spawn(async move { call(channel, "wait").await });
    served.begun.recv().await.unwrap();
    served.stop.cancel();
    served.go.cancel();
    assert_eq!(first.await.unwrap().unwrap(), "waited");
    drop(served.channel);
    served.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_in_use_is_named_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let flag = format!("--grpc-addr={address}");
    let environment = std::collections::BTreeMap::new();
    let argv = ["intake", flag.as_str()];
    let settings = Settings::<Nothing>::parse(&Profile::INTAKE, argv, &environment).unwrap();
    let error = bind(&settings, "grpc_addr", address).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "REDRESS_GRPC_ADDR {address} (flag): is in use; stop the process that listens there, \
             or choose another port"
        )
    );
}

#[test]
fn a_bad_request_names_its_first_violation_and_carries_all() {
    let status = bad_request([
        ("description", "must not be empty"),
        ("quantity", "must be > 0"),
    ]);
    assert_eq!(
        status.message(),
        "description must not be empty, and 1 more"
    );
    assert_eq!(
        status
            .get_error_details()
            .bad_request()
            .unwrap()
            .field_violations
            .len(),
        2
    );
}
