//! Questions about cases that are spread over several partitions, over gRPC.

mod common;

use common::{
    id, number,
    running::{Running, command, request},
    work,
};
use redress_complaint::partition_of;
use redress_wire::router::{
    Case, FindSimilarRequest, ListRelatedRequest, list_related_request::Of,
};
use tonic::Code;

const PARTITIONS: u32 = 4;
const CASES: u32 = 31;
const BROKEN: &str = "电饭煲质量太差，要求换货";

async fn running() -> Running {
    let running = Running::with(PARTITIONS, 1..CASES).await;
    let used = (1..CASES).map(|case| partition_of(&id(case), PARTITIONS));
    let used: std::collections::BTreeSet<u32> = used.collect();
    assert_eq!(
        used.len(),
        PARTITIONS as usize,
        "cases are in every partition"
    );
    for case in 1..CASES {
        running.handler(case).await;
    }
    running
}

/// All pages of what is related, of that size.
async fn related(running: &Running, of: Of, page_size: i32) -> Vec<Case> {
    let mut asked = ListRelatedRequest {
        of: Some(of),
        page_size,
        page_token: String::new(),
    };
    let mut found = Vec::new();
    loop {
        let page = running.queries().list_related(asked.clone()).await.unwrap();
        let page = page.into_inner();
        assert!(page.cases.len() <= page_size as usize);
        found.extend(page.cases);
        if page.next_page_token.is_empty() {
            return found;
        }
        asked.page_token = page.next_page_token;
    }
}

fn cases(found: &[Case]) -> Vec<u32> {
    let number = |case: &Case| case.number[10..].parse().unwrap();
    found.iter().map(number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_related_is_found_in_every_partition_newest_first_and_page_by_page() {
    let running = running().await;
    // Every third complaint tells a batch, by turns two of them.
    let batch: Vec<u32> = (1..CASES).filter(|case| case % 6 == 3).rev().collect();
    for page_size in [2, 50] {
        let of = Of::BatchNo(common::batch_no(3));
        assert_eq!(cases(&related(&running, of, page_size).await), batch);
    }
    // Cases 8 and 9 tell the same order.
    let of = Of::OrderNo("dd 4".to_owned());
    assert_eq!(cases(&related(&running, of, 1).await), [9, 8]);
    // Every tenth complaint is of the same customer, who gave both means in case 3.
    let of = Of::CustomerOf(number(3));
    assert_eq!(cases(&related(&running, of, 1).await), [23, 13, 3]);

    let token = ListRelatedRequest {
        of: Some(Of::BatchNo(common::batch_no(3))),
        page_size: 1,
        page_token: String::new(),
    };
    let page = running.queries().list_related(token.clone()).await.unwrap();
    let of_another_list = ListRelatedRequest {
        of: Some(Of::OrderNo("dd 4".to_owned())),
        page_token: page.into_inner().next_page_token,
        ..token
    };
    let refused = running.queries().list_related(of_another_list).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn similar_closed_cases_are_found_in_every_partition_the_most_alike_first() {
    let running = running().await;
    let first_of = |partition| {
        let mut cases = 1..CASES;
        let case = cases.find(|case| partition_of(&id(*case), PARTITIONS) == partition);
        case.expect("one in every partition")
    };
    let closed: Vec<u32> = (0..PARTITIONS).map(first_of).collect();
    for case in &closed {
        let handler = running.handler(*case).await;
        for (_, wish) in work::whole_life(1_000) {
            let wish = request(command(*case, (&handler, "handler"), wish));
            running.commands().execute(wish).await.unwrap();
        }
    }
    let find = async |asked: FindSimilarRequest| {
        let found = running.queries().find_similar(asked).await.unwrap();
        found.into_inner().cases
    };
    let by_text = FindSimilarRequest {
        text: BROKEN.to_owned(),
        product: "电饭煲".to_owned(),
        ..FindSimilarRequest::default()
    };
    let found = find(by_text.clone()).await;
    let mut numbers = cases(
        &found
            .iter()
            .map(|f| f.case.clone().unwrap())
            .collect::<Vec<_>>(),
    );
    numbers.sort_unstable();
    let mut wanted = closed.clone();
    wanted.sort_unstable();
    assert_eq!(
        numbers, wanted,
        "one of every partition, and only closed ones"
    );
    assert!(found.is_sorted_by(|a, b| a.similarity >= b.similarity));
    assert!(
        found
            .iter()
            .all(|f| f.same_product && f.redress[0].kind == "refund")
    );

    let two = FindSimilarRequest {
        page_size: 2,
        ..by_text
    };
    assert_eq!(find(two).await.len(), 2);
    let like_a_closed_one = FindSimilarRequest {
        name: number(closed[0]),
        ..FindSimilarRequest::default()
    };
    let others = find(like_a_closed_one).await;
    assert_eq!(others.len(), closed.len() - 1, "a case is not like itself");
    let nothing = FindSimilarRequest::default();
    let refused = running.queries().find_similar(nothing).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
}
