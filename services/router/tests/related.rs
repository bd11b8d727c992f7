//! Cases that have a batch, an order or a customer in common are found together.

mod common;

use common::{Partition, id, number, numbers};
use redress_store::state_hash;
use redress_wire::router::{CaseRow, CustomerKeys, RelatedQuery, query, related_query::Of};

const TEXT: &str = "电饭煲质量太差，要求换货";

fn related(partition: &Partition, of: Of, limit: u32, after: Vec<u8>) -> Vec<CaseRow> {
    let of = Some(of);
    partition.asks(query::Query::Related(RelatedQuery { of, limit, after }))
}

fn all(partition: &Partition, of: Of) -> Vec<CaseRow> {
    related(partition, of, 1000, Vec::new())
}

fn partition() -> Partition {
    let mut partition = Partition::new();
    for case in 1..40 {
        partition.routes(case, TEXT);
    }
    partition
}

#[test]
fn all_cases_of_a_batch_are_found_newest_first_however_it_is_written() {
    let partition = partition();
    let found = all(&partition, Of::BatchNo("B1-26".to_owned()));
    assert_eq!(
        numbers(&found),
        ["039", "033", "027", "021", "015", "009", "003"]
    );
    let loosely = all(&partition, Of::BatchNo(" b1 26 ".to_owned()));
    assert_eq!(loosely, found);
    assert!(all(&partition, Of::BatchNo("B9-26".to_owned())).is_empty());
}

#[test]
fn all_cases_of_an_order_are_found() {
    let partition = partition();
    let found = all(&partition, Of::OrderNo("dd-7".to_owned()));
    assert_eq!(numbers(&found), ["015", "014"]);
}

#[test]
fn a_customer_is_found_by_any_key_that_was_given_and_each_case_once() {
    let partition = partition();
    let of = |case: u32| {
        let keys = partition.case(case).expect("a case").customers;
        all(&partition, Of::Customers(CustomerKeys { keys }))
    };
    assert_eq!(numbers(&of(3)), ["033", "023", "013", "003"]);
    assert_eq!(numbers(&of(13)), ["033", "013", "003"], "by phone only");
}

#[test]
fn an_empty_order_is_refused_and_not_everything() {
    let of = Some(Of::OrderNo(" - ".to_owned()));
    let query = RelatedQuery {
        of,
        limit: 10,
        after: Vec::new(),
    };
    let refused = partition().refuses(query::Query::Related(query));
    assert_eq!(refused.violations[0].field, "order_no");
}

#[test]
fn pages_of_related_cases_fit_together() {
    let partition = partition();
    let batch = || Of::BatchNo("B0-26".to_owned());
    let mut paged = Vec::new();
    let mut after = Vec::new();
    loop {
        let page = related(&partition, batch(), 2, after);
        let Some(last) = page.last() else { break };
        after = last.sort_key.clone();
        paged.extend(page);
    }
    assert_eq!(paged, all(&partition, batch()));
    assert_eq!(paged.len(), 6);
}

#[test]
fn a_restart_and_a_replay_find_the_same() {
    let mut partition = partition();
    let of = || Of::BatchNo("B0-26".to_owned());
    let before = all(&partition, of());
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&partition.rows).unwrap()
    );
    assert_eq!(all(&replayed, of()), before);
    partition.restart();
    assert_eq!(all(&partition, of()), before);
    let found = partition.asks(query::Query::Number(number(7)));
    assert_eq!(found[0].complaint_id, id(7).as_bytes());
}

#[test]
fn a_complaint_costs_one_row() {
    let mut partition = Partition::new();
    let before = partition.rows.unflushed_rows();
    partition.routes(1, TEXT);
    assert_eq!(partition.rows.unflushed_rows() - before, 1);
}
