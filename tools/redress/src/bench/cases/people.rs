//! The cases that are worked on, and who has them.

use redress_wire::{
    Service,
    router::{Actor, CaseOrder, ListCasesRequest},
};

use crate::clients::Clients;

/// The largest page.
const PAGE: i32 = 1000;
/// The severity whose procedure one person can go through alone.
const ORDINARY: &str = "ordinary";

/// A case with the person who works on it.
#[derive(Clone, Debug)]
pub(super) struct Worked {
    pub(super) id: String,
    pub(super) department: String,
    pub(super) handler: String,
}

impl Worked {
    pub(super) fn actor(&self) -> Actor {
        Actor {
            id: self.handler.clone(),
            role: "handler".to_owned(),
        }
    }
}

/// The newest cases of ordinary severity that nobody has accepted, at most so many.
pub(super) async fn who_works(clients: &Clients, most: usize) -> anyhow::Result<Vec<Worked>> {
    let mut router = clients.router()?;
    let mut found = Vec::new();
    let mut asked = ListCasesRequest {
        page_size: PAGE,
        state: "assigned".to_owned(),
        order_by: CaseOrder::Newest.into(),
        ..ListCasesRequest::default()
    };
    loop {
        let page = router.list_cases(asked.clone()).await;
        let page = page.map_err(|status| clients.explain(Service::Router, &status))?;
        let page = page.into_inner();
        let ordinary = page
            .cases
            .into_iter()
            .filter(|case| case.severity == ORDINARY);
        found.extend(ordinary.filter_map(|case| {
            let order = case.work_order?;
            Some(Worked {
                id: case.complaint_id,
                department: order.department,
                handler: order.handler,
            })
        }));
        asked.page_token = page.next_page_token;
        if found.len() >= most || asked.page_token.is_empty() {
            found.truncate(most);
            return Ok(found);
        }
    }
}
