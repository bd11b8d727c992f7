//! gRPC channels to the services, and what to say when one does not answer.

use std::{error::Error as _, time::Duration};

use redress_wire::{
    Service,
    analytics::analytics_client::AnalyticsClient,
    intake::intake_client::IntakeClient,
    notifier::notifier_client::NotifierClient,
    ops::ops_client::OpsClient,
    router::{
        case_commands_client::CaseCommandsClient, case_queries_client::CaseQueriesClient,
        router_client::RouterClient,
    },
    sla_monitor::sla_monitor_client::SlaMonitorClient,
};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

use crate::args::Addresses;

/// For finding the service, and for an answer of it.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// A page of a thousand cases takes well below this.
const LARGEST_ANSWER_BYTES: usize = 16 << 20;

/// Channels to all services, opened when they are first used.
#[derive(Clone, Debug)]
pub(crate) struct Clients(Addresses);

impl Clients {
    pub(crate) fn new(at: &Addresses) -> Self {
        Self(at.clone())
    }

    /// Where a service is.
    pub(crate) fn address(&self, service: Service) -> &str {
        self.0.grpc(service)
    }

    fn endpoint(&self, service: Service) -> anyhow::Result<Endpoint> {
        let address = self.0.grpc(service);
        let url = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        Endpoint::from_shared(url)
            .map(|endpoint| endpoint.connect_timeout(CONNECT_WITHIN))
            .map_err(|_| {
                anyhow::anyhow!("{address:?} is no address of {service}, such as 127.0.0.1:50051")
            })
    }

    fn lazy(&self, service: Service) -> anyhow::Result<Channel> {
        Ok(self
            .endpoint(service)?
            .timeout(ANSWER_WITHIN)
            .connect_lazy())
    }

    pub(crate) fn intake(&self) -> anyhow::Result<IntakeClient<Channel>> {
        Ok(IntakeClient::new(self.lazy(Service::Intake)?))
    }

    pub(crate) fn router(&self) -> anyhow::Result<RouterClient<Channel>> {
        let client = RouterClient::new(self.lazy(Service::Router)?);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    /// Router's commands on cases.
    pub(crate) fn case_commands(&self) -> anyhow::Result<CaseCommandsClient<Channel>> {
        Ok(CaseCommandsClient::new(self.lazy(Service::Router)?))
    }

    /// Router's commands on cases for a stream that lasts.
    pub(crate) fn case_commands_stream(&self) -> anyhow::Result<CaseCommandsClient<Channel>> {
        let channel = self.endpoint(Service::Router)?.connect_lazy();
        Ok(CaseCommandsClient::new(channel))
    }

    /// Router's answers about cases.
    pub(crate) fn case_queries(&self) -> anyhow::Result<CaseQueriesClient<Channel>> {
        let client = CaseQueriesClient::new(self.lazy(Service::Router)?);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    /// Router's answers about cases for a stream without an end.
    pub(crate) fn case_queries_stream(&self) -> anyhow::Result<CaseQueriesClient<Channel>> {
        let channel = self.endpoint(Service::Router)?.connect_lazy();
        Ok(CaseQueriesClient::new(channel))
    }

    pub(crate) fn sla_monitor(&self) -> anyhow::Result<SlaMonitorClient<Channel>> {
        let client = SlaMonitorClient::new(self.lazy(Service::SlaMonitor)?);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(crate) fn notifier(&self) -> anyhow::Result<NotifierClient<Channel>> {
        let client = NotifierClient::new(self.lazy(Service::Notifier)?);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(crate) fn analytics(&self) -> anyhow::Result<AnalyticsClient<Channel>> {
        Ok(AnalyticsClient::new(self.lazy(Service::Analytics)?))
    }

    /// Analytics for a stream without an end.
    pub(crate) fn analytics_stream(&self) -> anyhow::Result<AnalyticsClient<Channel>> {
        Ok(AnalyticsClient::new(
            self.endpoint(Service::Analytics)?.connect_lazy(),
        ))
    }

    /// The operators' calls of a service.
    pub(crate) fn ops(&self, service: Service) -> anyhow::Result<OpsClient<Channel>> {
        let client = OpsClient::new(self.lazy(service)?);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    /// What a failed call means, in one sentence that says what to do.
    pub(crate) fn explain(&self, service: Service, status: &Status) -> anyhow::Error {
        let address = self.address(service);
        if status.code() == Code::Unavailable && not_there(status) {
            return anyhow::anyhow!(
                "{service} does not answer at {address}: start it with `redress up`, or say where \
                 it is with --{service}-addr or {}",
                variable(service)
            );
        }
        match status.code() {
            Code::DeadlineExceeded | Code::Cancelled => anyhow::anyhow!(
                "{service} at {address} did not answer in time: try again, or see `redress doctor`"
            ),
            Code::Unavailable => anyhow::anyhow!(
                "{service} at {address} cannot answer now: {}; see `redress doctor`",
                status.message()
            ),
            _ => anyhow::anyhow!("{service}: {}", refusal_text(status)),
        }
    }
}

/// True when nobody listens there, rather than somebody who refuses.
pub(crate) fn not_there(status: &Status) -> bool {
    status.source().is_some()
}

fn variable(service: Service) -> String {
    format!(
        "REDRESS_{}_ADDR",
        service.name().to_uppercase().replace('-', "_")
    )
}

/// The refusal's message with what is wrong with which field.
pub(crate) fn refusal_text(status: &Status) -> String {
    let fields: Vec<String> = status
        .get_details_bad_request()
        .map(|bad| bad.field_violations)
        .unwrap_or_default()
        .into_iter()
        // A single fact about a field is the message already, with or without the field's name.
        .filter(|violation| violation.description != status.message())
        .map(|violation| format!("{} {}", violation.field, violation.description))
        .filter(|told| told != status.message())
        .collect();
    if fields.is_empty() {
        status.message().to_owned()
    } else {
        format!("{}: {}", status.message(), fields.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn what_the_message_says_already_is_not_said_again() {
        let refused = |message: &str| {
            let details = ErrorDetails::with_bad_request_violation("actor.role", "must be given");
            refusal_text(&Status::with_error_details(
                Code::InvalidArgument,
                message,
                details,
            ))
        };
        assert_eq!(refused("must be given"), "must be given");
        let with_field = "actor.role must be given";
        assert_eq!(refused(with_field), with_field);
        assert_eq!(refused("no"), "no: actor.role must be given");
    }

    #[tokio::test]
    async fn a_service_that_is_not_there_is_told_with_what_to_do() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = nobody.local_addr().expect("its address");
        drop(nobody);
        let at = Addresses::of(|_| (address, address));
        let clients = Clients::new(&at);
        let request = redress_wire::router::GetCaseRequest {
            name: "x".to_owned(),
        };
        let status = clients
            .router()
            .expect("an address")
            .get_case(request)
            .await;
        let told = clients
            .explain(Service::Router, &status.expect_err("nobody listens"))
            .to_string();
        assert!(
            told.starts_with("router does not answer at 127.0.0.1:"),
            "{told}"
        );
        assert!(told.contains("REDRESS_ROUTER_ADDR"), "{told}");
    }
}
