//! `redress.sla_monitor.v1.SlaMonitor`.

use std::time::Duration;

use redress_complaint::{ComplaintId, NumberSpace, partition_of};
use redress_host::policy_dir::PolicyReceiver;
use redress_log::Peers;
use redress_policy::Policy;
use redress_runtime::{Handle, Refusal};
use redress_service::{CaseName, case_name, page_size};
use redress_wire::sla_monitor::{
    Acknowledge, AcknowledgeEscalationRequest, AcknowledgeEscalationResponse, AdoptPolicy,
    AdoptPolicyRequest, AdoptPolicyResponse, CaseClocks, Command, DueQuery, ExplainClocksRequest,
    ExplainClocksResponse, ExplainQuery, Found, GetClocksRequest, GetClocksResponse,
    ListDueRequest, ListDueResponse, ListLateRequest, ListLateResponse, Query, command,
    explain_query::Case, query, sla_monitor_server::SlaMonitor,
};
use tonic::{Request, Response, Status};

use crate::{
    DuePage, Rulebook, SlaMonitorCore, case_view,
    page::{list_mark, page_of, read_token},
    query::wrong,
    view::{due_view, id_text},
};

/// How long a command waits for an owner that is being replaced; as long as a person does.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers gRPC calls from the owners of the partitions.
pub(crate) struct Door<P: Peers> {
    handle: Handle<SlaMonitorCore, P>,
    rules: PolicyReceiver<Rulebook>,
}

/// A list that was asked for.
struct Asked {
    late: bool,
    page_size: i32,
    page_token: String,
    department: String,
}

impl<P: Peers> Door<P> {
    pub(crate) fn new(handle: Handle<SlaMonitorCore, P>, rules: PolicyReceiver<Rulebook>) -> Self {
        Self { handle, rules }
    }

    async fn find(&self, name: &str) -> Result<CaseClocks, Refusal> {
        let found = self
            .ask(name, |case| match case {
                Case::ComplaintId(id) => query::Query::ComplaintId(id),
                Case::Number(number) => query::Query::Number(number),
            })
            .await?;
        found
            .cases
            .into_iter()
            .next()
            .ok_or_else(|| not_found(name))
    }

    /// Asks the owner of a case, or all owners for the one that has its number.
    async fn ask(
        &self,
        name: &str,
        query: impl Fn(Case) -> query::Query,
    ) -> Result<Found, Refusal> {
        match case_name(name)? {
            CaseName::Id(id) => {
                let query = Query {
                    query: Some(query(Case::ComplaintId(id.to_vec()))),
                };
                self.handle.query_one(self.partition(&id), &query).await
            }
            CaseName::Number(number) => {
                let number = as_written(&number, &self.rules.borrow().policy.policy);
                let query = Query {
                    query: Some(query(Case::Number(number))),
                };
                let found = self.handle.query_all(&query).await?;
                let has_it = |found: &Found| !found.cases.is_empty() || !found.explained.is_empty();
                let found = found.into_iter().map(|(_, found)| found).find(has_it);
                Ok(found.unwrap_or_default())
            }
        }
    }

    fn partition(&self, id: &[u8; 16]) -> u32 {
        partition_of(&ComplaintId::from_bytes(*id), self.handle.partitions())
    }

    /// Gives a command about a case to its owner.
    async fn command(
        &self,
        name: &str,
        command: impl FnOnce(Vec<u8>) -> command::Command,
    ) -> Result<CaseClocks, Refusal> {
        let id = match case_name(name)? {
            CaseName::Id(id) => id.to_vec(),
            CaseName::Number(_) => self.find(name).await?.complaint_id,
        };
        let bytes: [u8; 16] = id.as_slice().try_into().map_err(|_| not_found(name))?;
        let command = Command {
            command: Some(command(id.clone())),
        };
        self.handle
            .command(self.partition(&bytes), command, "", PATIENCE)
            .await?;
        // The answer was made before its events were folded.
        let query = Query {
            query: Some(query::Query::ComplaintId(id)),
        };
        let found = self
            .handle
            .query_one(self.partition(&bytes), &query)
            .await?;
        found
            .cases
            .into_iter()
            .next()
            .ok_or_else(|| not_found(name))
    }

    async fn list(&self, asked: Asked) -> Result<DuePage, Refusal> {
        let size = page_size(asked.page_size)?;
        let mark = list_mark(asked.late, &asked.department);
        let after = read_token(mark, &asked.page_token)?;
        let first_page = after.is_empty();
        let due = DueQuery {
            department: asked.department.clone(),
            limit: size as u32 + 1,
            after,
        };
        let query = if asked.late {
            query::Query::Late(due)
        } else {
            query::Query::Due(due)
        };
        let found = self.handle.query_all(&Query { query: Some(query) }).await?;
        let found = found.into_iter().map(|(_, found)| found.due).collect();
        let page = page_of(mark, found, size);
        if first_page && page.clocks.is_empty() {
            known(&asked.department, &self.rules.borrow().policy.policy)?;
        }
        Ok(page)
    }
}

fn not_found(name: &str) -> Refusal {
    Refusal::not_found(format!(
        "there are no clocks of a case {:?}: check the number or id; one that was registered just \
         now has its clocks within moments",
        name.trim()
    ))
}

fn wanted(field: &str, value: &str) -> Result<(), Refusal> {
    if value.trim().is_empty() {
        return Err(wrong(field, "must not be empty"));
    }
    Ok(())
}

/// The number as the house writes it, however it was typed. One with the prefix of an earlier
/// policy is taken as it is.
fn as_written(number: &str, policy: &Policy) -> String {
    let space = NumberSpace::from(&policy.house().number);
    match space.read(number) {
        Ok(read) => space.write(read),
        Err(_) => number.to_uppercase(),
    }
}

/// An empty list because of a slip of the pen is refused with what could have been meant.
fn known(department: &str, policy: &Policy) -> Result<(), Refusal> {
    if department.is_empty() || policy.departments().contains(department) {
        return Ok(());
    }
    let known: Vec<&str> = policy.departments().iter().map(|d| d.id.as_str()).collect();
    Err(wrong(
        "department",
        &format!("must be one of {}", known.join(", ")),
    ))
}

#[tonic::async_trait]
impl<P: Peers> SlaMonitor for Door<P> {
    async fn get_clocks(
        &self,
        request: Request<GetClocksRequest>,
    ) -> Result<Response<GetClocksResponse>, Status> {
        let row = self.find(&request.get_ref().name).await?;
        Ok(Response::new(case_view(row)))
    }

    async fn list_due(
        &self,
        request: Request<ListDueRequest>,
    ) -> Result<Response<ListDueResponse>, Status> {
        let ListDueRequest {
            page_size,
            page_token,
            department,
        } = request.into_inner();
        let page = self
            .list(Asked {
                late: false,
                page_size,
                page_token,
                department,
            })
            .await?;
        let clocks = page.clocks.into_iter().map(due_view).collect();
        Ok(Response::new(ListDueResponse {
            clocks,
            next_page_token: page.next_page_token,
        }))
    }

    async fn list_late(
        &self,
        request: Request<ListLateRequest>,
    ) -> Result<Response<ListLateResponse>, Status> {
        let ListLateRequest {
            page_size,
            page_token,
            department,
        } = request.into_inner();
        let page = self
            .list(Asked {
                late: true,
                page_size,
                page_token,
                department,
            })
            .await?;
        let clocks = page.clocks.into_iter().map(due_view).collect();
        Ok(Response::new(ListLateResponse {
            clocks,
            next_page_token: page.next_page_token,
        }))
    }

    async fn explain_clocks(
        &self,
        request: Request<ExplainClocksRequest>,
    ) -> Result<Response<ExplainClocksResponse>, Status> {
        let ExplainClocksRequest {
            name,
            clock,
            locale,
        } = request.into_inner();
        let house = self
            .rules
            .borrow()
            .policy
            .policy
            .house()
            .default_locale
            .clone();
        let locale = if locale.is_empty() { house } else { locale };
        let found = self
            .ask(&name, |case| {
                let (case, clock, locale) = (Some(case), clock.clone(), locale.clone());
                query::Query::Explain(ExplainQuery {
                    case,
                    clock,
                    locale,
                })
            })
            .await?;
        let found = found
            .explained
            .into_iter()
            .next()
            .ok_or_else(|| not_found(&name))?;
        if found.clocks.is_empty() && !clock.is_empty() {
            return Err(wrong("clock", "must be a clock of this case").into());
        }
        Ok(Response::new(ExplainClocksResponse {
            complaint_id: id_text(&found.complaint_id),
            number: found.number,
            policy: found.policy,
            clocks: found.clocks,
        }))
    }

    async fn acknowledge_escalation(
        &self,
        request: Request<AcknowledgeEscalationRequest>,
    ) -> Result<Response<AcknowledgeEscalationResponse>, Status> {
        let AcknowledgeEscalationRequest {
            name,
            clock,
            step,
            actor,
            request_id,
        } = request.into_inner();
        wanted("clock", &clock)?;
        wanted("actor", &actor)?;
        wanted("request_id", &request_id)?;
        let acknowledge = |complaint_id| {
            let seen = Acknowledge {
                complaint_id,
                clock,
                step,
                actor,
                request_id,
            };
            command::Command::Acknowledge(seen)
        };
        let row = self.command(&name, acknowledge).await?;
        let clocks = Some(case_view(row));
        Ok(Response::new(AcknowledgeEscalationResponse { clocks }))
    }

    async fn adopt_policy(
        &self,
        request: Request<AdoptPolicyRequest>,
    ) -> Result<Response<AdoptPolicyResponse>, Status> {
        let AdoptPolicyRequest { name, request_id } = request.into_inner();
        wanted("request_id", &request_id)?;
        let adopt = |complaint_id| {
            command::Command::AdoptPolicy(AdoptPolicy {
                complaint_id,
                request_id,
            })
        };
        let row = self.command(&name, adopt).await?;
        let clocks = Some(case_view(row));
        Ok(Response::new(AdoptPolicyResponse { clocks }))
    }
}
