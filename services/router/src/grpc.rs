//! `redress.router.v1.Router`.

use redress_case::{ON_HOLD, Stage};
use redress_complaint::{ComplaintId, NumberSpace, partition_of};
use redress_host::policy_dir::PolicyReceiver;
use redress_log::Peers;
use redress_policy::Policy;
use redress_runtime::{Handle, Refusal};
use redress_service::{CaseName, case_name, page_size};
use redress_triage::Triage;
use redress_wire::router::{
    Case, CaseOrder, CaseRow, GetCaseRequest, ListCasesRequest, ListCasesResponse, ListQuery,
    Query, query, router_server::Router,
};
use tonic::{Request, Response, Status, metadata::MetadataMap};

use crate::{
    RouterCore, case_view,
    locale::Speech,
    page::{page_of, read_token},
    query::wrong,
};

/// Answers gRPC calls from the owners of the partitions.
pub(crate) struct Door<P: Peers> {
    handle: Handle<RouterCore, P>,
    rules: PolicyReceiver<Triage>,
}

impl<P: Peers> Door<P> {
    pub(crate) fn new(handle: Handle<RouterCore, P>, rules: PolicyReceiver<Triage>) -> Self {
        Self { handle, rules }
    }

    async fn find(&self, name: &str, policy: &Policy) -> Result<CaseRow, Refusal> {
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
                let number = as_written(&number, policy);
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
                "there is no case {:?}: check the number or id; one that was registered just now \
                 is here within moments",
                name.trim()
            ))
        })
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

fn speech(metadata: &MetadataMap, policy: &Policy) -> Speech {
    let header = metadata
        .get("accept-language")
        .and_then(|value| value.to_str().ok());
    Speech::accepted(header, &policy.house().default_locale)
}

#[tonic::async_trait]
impl<P: Peers> Router for Door<P> {
    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<Case>, Status> {
        let rules = self.rules.borrow().clone();
        let policy = rules.policy.policy();
        let speech = speech(request.metadata(), policy);
        let row = self.find(&request.get_ref().name, policy).await?;
        Ok(Response::new(case_view(row, policy, speech)))
    }

    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let rules = self.rules.borrow().clone();
        let policy = rules.policy.policy();
        let speech = speech(request.metadata(), policy);
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let asked = list_query(request, size)?;
        let first_page = asked.after.is_empty();
        let query = Query {
            query: Some(query::Query::List(asked.clone())),
        };
        let found = self.handle.query_all(&query).await?;
        let page = page_of(
            &asked,
            found.into_iter().map(|(_, found)| found.cases).collect(),
            size,
        );
        if first_page && page.cases.is_empty() {
            known(&asked, policy)?;
        }
        let cases = page
            .cases
            .into_iter()
            .map(|row| case_view(row, policy, speech))
            .collect();
        Ok(Response::new(ListCasesResponse {
            cases,
            next_page_token: page.next_page_token,
        }))
    }
}

fn list_query(request: ListCasesRequest, size: usize) -> Result<ListQuery, Refusal> {
    let order = CaseOrder::try_from(request.order_by)
        .map_err(|_| wrong("order_by", "must be one of the orders of CaseOrder"))?;
    let mut asked = ListQuery {
        department: request.department,
        handler: request.handler,
        state: request.state,
        urgency: request.urgency,
        category: request.category,
        order: order as u32,
        limit: size as u32 + 1,
        after: Vec::new(),
    };
    asked.after = read_token(&asked, &request.page_token)?;
    Ok(asked)
}

/// An empty list because of a slip of the pen is refused with what could have been meant.
fn known(asked: &ListQuery, policy: &Policy) -> Result<(), Refusal> {
    let departments = policy.departments();
    let handlers = departments
        .iter()
        .flat_map(|department| &department.handlers);
    one_of(
        "department",
        &asked.department,
        departments.iter().map(|d| d.id.as_str()),
    )?;
    one_of("handler", &asked.handler, handlers.map(|h| h.id.as_str()))?;
    let stages = Stage::ALL.iter().map(|stage| stage.as_str());
    one_of("state", &asked.state, stages.chain([ON_HOLD]))?;
    one_of(
        "urgency",
        &asked.urgency,
        policy.house().urgencies.iter().map(|u| u.id.as_str()),
    )?;
    one_of(
        "category",
        &asked.category,
        policy.categories().iter().map(|c| c.id.as_str()),
    )
}

fn one_of<'a>(
    field: &str,
    asked: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    let known: Vec<&str> = known.into_iter().collect();
    if asked.is_empty() || known.contains(&asked) {
        return Ok(());
    }
    Err(wrong(
        field,
        &format!("must be one of {}", known.join(", ")),
    ))
}
