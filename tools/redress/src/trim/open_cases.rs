//! The cases whose words may still be needed.

use std::collections::{BTreeMap, HashMap};

use redress_case::Stage;
use redress_complaint::{ComplaintId, partition_of};
use redress_wire::{
    Service,
    router::{CaseOrder, ListCasesRequest},
};

use crate::clients::Clients;

/// The cases of each partition that are not archived, by complaint, with their numbers.
pub(crate) type OpenCases = BTreeMap<u32, HashMap<[u8; 16], String>>;

const PAGE: i32 = 1000;

/// Asks router for all cases that are not archived. A case that moves to another stage meanwhile
/// may be missed in both; so it is asked twice.
pub(crate) async fn open_cases(clients: &Clients, partitions: u32) -> anyhow::Result<OpenCases> {
    let mut open = OpenCases::new();
    for _ in 0..2 {
        for stage in Stage::ALL.iter().filter(|stage| **stage != Stage::Archived) {
            of_stage(clients, partitions, *stage, &mut open).await?;
        }
    }
    Ok(open)
}

async fn of_stage(
    clients: &Clients,
    partitions: u32,
    stage: Stage,
    open: &mut OpenCases,
) -> anyhow::Result<()> {
    let mut router = clients.router()?;
    let mut page_token = String::new();
    loop {
        let request = ListCasesRequest {
            page_size: PAGE,
            page_token,
            state: stage.as_str().to_owned(),
            order_by: CaseOrder::Newest.into(),
            ..ListCasesRequest::default()
        };
        let page = router.list_cases(request).await;
        let page = page.map_err(|status| clients.explain(Service::Router, &status))?;
        let page = page.into_inner();
        for case in page.cases {
            let id: ComplaintId = case.complaint_id.parse()?;
            let partition = partition_of(&id, partitions);
            let of_partition = open.entry(partition).or_default();
            of_partition.insert(*id.as_bytes(), case.number);
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        page_token = page.next_page_token;
    }
}
