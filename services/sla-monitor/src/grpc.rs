//! `redress.sla_monitor.v1.SlaMonitor`.

use redress_complaint::{ComplaintId, NumberSpace, partition_of};
use redress_host::policy_dir::PolicyReceiver;
use redress_log::Peers;
use redress_policy::Policy;
use redress_runtime::{Handle, Refusal};
use redress_service::{CaseName, case_name, page_size};
use redress_wire::sla_monitor::{
    CaseClocks, DueQuery, GetClocksRequest, GetClocksResponse, ListDueRequest, ListDueResponse,
    ListLateRequest, ListLateResponse, Query, query, sla_monitor_server::SlaMonitor,
};
use tonic::{Request, Response, Status};

use crate::{
    DuePage, SlaMonitorCore, case_view,
    page::{list_mark, page_of, read_token},
    query::wrong,
    view::due_view,
};

/// Answers gRPC calls from the owners of the partitions.
pub(crate) struct Door<P: Peers> {
    handle: Handle<SlaMonitorCore, P>,
    rules: PolicyReceiver<Policy>,
}

/// A list that was asked for.
struct Asked {
    late: bool,
    page_size: i32,
    page_token: String,
    department: String,
}

impl<P: Peers> Door<P> {
    pub(crate) fn new(handle: Handle<SlaMonitorCore, P>, rules: PolicyReceiver<Policy>) -> Self {
        Self { handle, rules }
    }

    async fn find(&self, name: &str) -> Result<CaseClocks, Refusal> {
        let found = match case_name(name)? {
            CaseName::Id(id) => {
                let partition =
                    partition_of(&ComplaintId::from_bytes(id), self.handle.partitions());
                let query = Query {
                    query: Some(query::Query::ComplaintId(id.to_vec())),
                };
                self.handle
                    .query_one(partition, &query)
                    .await?
                    .cases
                    .into_iter()
                    .next()
            }
            CaseName::Number(number) => {
                let number = as_written(&number, &self.rules.borrow().policy);
                let query = Query {
                    query: Some(query::Query::Number(number)),
                };
                let found = self.handle.query_all(&query).await?;
                found
                    .into_iter()
                    .find_map(|(_, found)| found.cases.into_iter().next())
            }
        };
        found.ok_or_else(|| {
            Refusal::not_found(format!(
                "there are no clocks of a case {:?}: check the number or id; one that was \
                 registered just now has its clocks within moments",
                name.trim()
            ))
        })
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
            known(&asked.department, &self.rules.borrow().policy)?;
        }
        Ok(page)
    }
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
}
