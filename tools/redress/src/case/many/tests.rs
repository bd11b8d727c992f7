use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex},
};

use futures::{Stream, StreamExt as _};
use redress_wire::router::{
    Accept, ExecuteRequest, RunRecallRequest, RunRecallResponse,
    case_command::Command,
    case_commands_server::{CaseCommands, CaseCommandsServer},
};
use tonic::{Request, Response};

use super::*;
use crate::args::Addresses;

/// Answers like router: idempotent by request id, now and then too busy, now and then gone.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    /// Request ids that were done, in order, by case.
    done: BTreeMap<String, Vec<String>>,
    /// Request ids that were refused once for the moment.
    refused: BTreeSet<String>,
    heard: u64,
    streams: u64,
    most_at_once: usize,
}

const BREAKS_EVERY: u64 = 37;

impl Desk {
    /// `None`: the stream ends without an answer.
    fn answer(&self, request: ExecuteManyRequest) -> Option<ExecuteManyResponse> {
        let mut book = self.0.lock().expect("nobody panics with it");
        book.heard += 1;
        let command = request.command.unwrap_or_default();
        let id = command.request_id.clone();
        let first = command.request_id.ends_with("-2") && book.refused.insert(id.clone());
        let outcome = if first {
            Outcome::Refused(ExecuteRefusal {
                code: "UNAVAILABLE".to_owned(),
                message: "taking over".to_owned(),
            })
        } else {
            let done = book.done.entry(command.name.clone()).or_default();
            if !done.contains(&id) {
                done.push(id.clone());
            }
            let open = book.done.values().filter(|done| done.len() < 4).count();
            book.most_at_once = book.most_at_once.max(open);
            Outcome::Done(ExecuteResponse::default())
        };
        // What was done and not answered comes again.
        let answered = !book.heard.is_multiple_of(BREAKS_EVERY);
        answered.then_some(ExecuteManyResponse {
            position: request.position,
            outcome: Some(outcome),
        })
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<ExecuteManyResponse, Status>> + Send>>;

#[tonic::async_trait]
impl CaseCommands for Desk {
    type ExecuteManyStream = Answers;

    async fn execute(
        &self,
        _: Request<ExecuteRequest>,
    ) -> Result<Response<ExecuteResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn execute_many(
        &self,
        request: Request<Streaming<ExecuteManyRequest>>,
    ) -> Result<Response<Answers>, Status> {
        self.0.lock().expect("nobody panics with it").streams += 1;
        let desk = self.clone();
        let answers = request.into_inner().map(move |request| match request {
            Ok(request) => desk
                .answer(request)
                .ok_or_else(|| Status::unavailable("the owner is gone")),
            Err(status) => Err(status),
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn run_recall(
        &self,
        _: Request<RunRecallRequest>,
    ) -> Result<Response<RunRecallResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }
}

struct Numbered {
    name: String,
    waiting: VecDeque<u32>,
    done: u32,
}

impl Lane for Numbered {
    fn next(&mut self) -> Option<CaseCommand> {
        let number = self.waiting.pop_front()?;
        Some(CaseCommand {
            name: self.name.clone(),
            request_id: format!("{}-{number}", self.name),
            command: Some(Command::Accept(Accept {})),
            ..CaseCommand::default()
        })
    }

    fn answered(&mut self, answer: Result<ExecuteResponse, ExecuteRefusal>) {
        self.done += u32::from(answer.is_ok());
    }
}

async fn served(desk: Desk) -> Clients {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let server = tonic::transport::Server::builder().add_service(CaseCommandsServer::new(desk));
    tokio::spawn(server.serve_with_incoming(incoming));
    Clients::new(&Addresses::of(|_| (address, address)))
}

#[tokio::test]
async fn every_command_is_done_once_and_in_order_through_refusals_and_broken_streams() {
    const CASES: usize = 60;
    const WIDTH: usize = 8;
    let desk = Desk::default();
    let clients = served(desk.clone()).await;
    let lanes = (0..CASES).map(|case| Numbered {
        name: format!("case{case}"),
        waiting: (0..4).collect(),
        done: 0,
    });
    let mut ended = 0;
    carry_out(&clients, lanes, (WIDTH, Lang::En), |lane| {
        assert_eq!(lane.done, 4, "{}", lane.name);
        ended += 1;
    })
    .await
    .expect("it gets through");
    assert_eq!(ended, CASES);
    let book = desk.0.lock().expect("nobody panics with it");
    assert!(book.streams > 3, "streams broke: {}", book.streams);
    assert!(book.most_at_once <= WIDTH, "{} at once", book.most_at_once);
    for (name, done) in &book.done {
        let wanted: Vec<String> = (0..4).map(|number| format!("{name}-{number}")).collect();
        assert_eq!(done, &wanted);
    }
    assert_eq!(book.done.len(), CASES);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_at_once_when_nothing_was_ever_answered() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = nobody.local_addr().expect("its address");
    drop(nobody);
    let clients = Clients::new(&Addresses::of(|_| (address, address)));
    let lane = Numbered {
        name: "case".to_owned(),
        waiting: (0..1).collect(),
        done: 0,
    };
    let error = carry_out(&clients, std::iter::once(lane), (1, Lang::En), drop).await;
    let text = error.expect_err("nobody listens").to_string();
    assert!(text.starts_with("router does not answer at"), "{text}");
}
