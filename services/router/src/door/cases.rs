//! `redress.router.v1.Router`.

use redress_case::{ON_HOLD, Stage};
use redress_log::Peers;
use redress_policy::Policy;
use redress_runtime::Refusal;
use redress_service::page_size;
use redress_wire::router::{
    Case, CaseOrder, CaseRow, GetCaseRequest, ListCasesRequest, ListCasesResponse, ListQuery,
    RowsQuery, query, router_server::Router,
};
use tonic::{Request, Response, Status};

use super::Desk;
use crate::{
    page::{Page, filled, page_of, places_of, read_token, unread},
    query::{order_of, wrong},
    worklist::Worklist,
};

#[tonic::async_trait]
impl<P: Peers> Router for Desk<P> {
    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<Case>, Status> {
        let caller = self.caller(&request);
        let row = self.find(&request.get_ref().name, &caller.policy).await?;
        Ok(Response::new(caller.shown(row)))
    }

    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let caller = self.caller(&request);
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let asked = list_query(request, size)?;
        let first_page = asked.after.is_empty();
        let page = self.page(&asked, size).await?;
        if first_page && page.cases.is_empty() {
            known(&asked, &caller.policy)?;
        }
        let cases = page.cases.into_iter().map(|row| caller.shown(row));
        Ok(Response::new(ListCasesResponse {
            cases: cases.collect(),
            next_page_token: page.next_page_token,
        }))
    }
}

impl<P: Peers> Desk<P> {
    /// A page of a list: every partition is asked for places, which it has in memory, and then for
    /// the cases of those that made it onto the page.
    async fn page(&self, asked: &ListQuery, size: usize) -> Result<Page, Refusal> {
        let order = order_of(asked)?;
        let places = query::Query::List(ListQuery {
            places_only: true,
            ..asked.clone()
        });
        let found = self.ask_all(places).await?;
        let page = page_of(asked, found.into_iter().map(places_of).collect(), size);
        let of = unread(&page, self.handle.partitions());
        if of.is_empty() {
            return Ok(page);
        }
        let read = self.ask_all(query::Query::Rows(RowsQuery { of })).await?;
        let read = read.into_iter().flat_map(|found| found.cases).collect();
        let belongs = |row: &CaseRow| Worklist::belongs(asked, order, row);
        Ok(filled(page, read, belongs))
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
        places_only: false,
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
