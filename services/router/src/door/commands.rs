//! `redress.router.v1.CaseCommands`.

use std::pin::Pin;

use futures::Stream;
use redress_log::Peers;
use redress_runtime::{Refusal, Violation};
use redress_wire::router::{
    ExecuteManyRequest, ExecuteManyResponse, ExecuteRequest, ExecuteResponse, RunRecallRequest,
    RunRecallResponse, case_commands_server::CaseCommands,
};
use tonic::{Request, Response, Status, Streaming};

use super::{Desk, execute::response, many, refused::status};

#[tonic::async_trait]
impl<P: Peers> CaseCommands for Desk<P> {
    async fn execute(
        &self,
        request: Request<ExecuteRequest>,
    ) -> Result<Response<ExecuteResponse>, Status> {
        let caller = self.caller(&request);
        let command = request.into_inner().command.ok_or_else(no_command)?;
        let (id, outcome) = Desk::execute(self, command, &caller).await?;
        match outcome {
            Ok(done) => Ok(Response::new(response(id, done, &caller))),
            Err(refused) => Err(status(&refused, caller.speech)),
        }
    }

    type ExecuteManyStream =
        Pin<Box<dyn Stream<Item = Result<ExecuteManyResponse, Status>> + Send>>;

    async fn execute_many(
        &self,
        request: Request<Streaming<ExecuteManyRequest>>,
    ) -> Result<Response<Self::ExecuteManyStream>, Status> {
        let caller = self.caller(&request);
        let answers = many::answers(self.clone(), request.into_inner(), caller);
        Ok(Response::new(Box::pin(answers)))
    }

    async fn run_recall(
        &self,
        request: Request<RunRecallRequest>,
    ) -> Result<Response<RunRecallResponse>, Status> {
        let caller = self.caller(&request);
        let run = self.recall(request.into_inner(), &caller).await?;
        Ok(Response::new(run))
    }
}

pub(super) fn no_command() -> Refusal {
    let violation = Violation {
        field: "command".to_owned(),
        description: "must be given: what is to be done with which case".to_owned(),
    };
    Refusal::invalid("there is no command", vec![violation])
}
