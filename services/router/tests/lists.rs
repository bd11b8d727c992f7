//! Lists: in order, filtered, and in pages that fit together.

mod common;

use common::{Partition, clock_stopped, clocks_started, everything, id, lived, number, numbers};
use redress_case::{ON_HOLD, Stage};
use redress_complaint::partition_of;
use redress_router::{Page, filled, page_of, places_of, unread};
use redress_wire::router::{CaseRow, ListQuery, RowsQuery, query};

const WORK: u32 = 0;
const DUE: u32 = 1;
const NEWEST: u32 = 2;

const URGENT: &str = "插座漏电起火，有人触电";
const NORMAL: &str = "电饭煲质量太差，要求换货";
const LOW: &str = "建议增加英文菜单";

/// Cases of three kinds whose clocks end in the reverse of the order they came in.
fn partition(cases: &[(u32, &str)]) -> Partition {
    let mut partition = Partition::new();
    for (case, text) in cases {
        partition.routes(*case, text);
        partition.hears(&clocks_started(
            *case,
            &[("start", 10_000 - i64::from(*case))],
        ));
    }
    partition
}

#[test]
fn urgent_cases_of_wide_impact_come_first() {
    let wide = format!("{URGENT}，全小区大面积停电，很多用户受影响");
    let partition = partition(&[(1, LOW), (2, NORMAL), (3, URGENT), (4, &wide), (5, URGENT)]);
    let cases = partition.lists(everything(WORK));
    let first = &cases[0];
    assert_eq!(
        (&*first.urgency, first.wide_impact),
        ("urgent", true),
        "{:?}",
        numbers(&cases)
    );
    assert_eq!(numbers(&cases), ["004", "005", "003", "002", "001"]);
    assert!(cases.is_sorted_by_key(|case| case.rank));
}

#[test]
fn lists_by_due_time_put_what_has_none_last() {
    let mut partition = partition(&[(1, LOW), (2, NORMAL), (3, URGENT)]);
    assert_eq!(
        numbers(&partition.lists(everything(DUE))),
        ["003", "002", "001"]
    );
    partition.hears(&clock_stopped(3, "start"));
    assert_eq!(
        numbers(&partition.lists(everything(DUE))),
        ["002", "001", "003"]
    );
}

#[test]
fn lists_of_the_newest_begin_with_the_last_registered() {
    let partition = partition(&[(1, LOW), (3, NORMAL), (2, URGENT)]);
    assert_eq!(
        numbers(&partition.lists(everything(NEWEST))),
        ["003", "002", "001"]
    );
}

#[test]
fn lists_are_filtered_by_each_field_and_by_several() {
    let partition = partition(&[(1, LOW), (2, NORMAL), (3, URGENT), (4, "快递三天没有派送")]);
    let list = |filter: ListQuery| {
        let cases = partition.lists(ListQuery {
            limit: 10,
            order: NEWEST,
            ..filter
        });
        cases
            .into_iter()
            .map(|case| case.number)
            .collect::<Vec<_>>()
    };
    let word = str::to_owned;
    let department = |department| ListQuery {
        department: word(department),
        ..everything(0)
    };
    assert_eq!(list(department("logistics_ops")), [number(4)]);
    assert_eq!(
        list(ListQuery {
            urgency: word("urgent"),
            ..everything(0)
        }),
        [number(3)]
    );
    assert_eq!(
        list(ListQuery {
            category: word("suggestion"),
            ..everything(0)
        }),
        [number(1)]
    );
    assert_eq!(
        list(ListQuery {
            state: word("assigned"),
            ..everything(0)
        })
        .len(),
        4
    );
    let handler = partition.case(2).unwrap().handler;
    assert!(
        list(ListQuery {
            handler,
            ..everything(0)
        })
        .contains(&number(2))
    );
    let both = ListQuery {
        urgency: word("urgent"),
        ..department("logistics_ops")
    };
    assert!(list(both).is_empty());
    assert!(list(department("nobody")).is_empty());
}

#[test]
fn every_state_can_be_asked_for_and_what_has_ended_is_no_work() {
    let mut partition = Partition::new();
    let mut states: Vec<&str> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
    states.push(ON_HOLD);
    for (case, state) in (1..).zip(&states) {
        partition.routes(case, NORMAL);
        partition.records(lived(case, 2, state));
    }
    for (case, state) in (1..).zip(&states) {
        let asked = ListQuery {
            state: (*state).to_owned(),
            ..everything(WORK)
        };
        let found = partition.lists(asked);
        assert_eq!(found.len(), 1, "{state}");
        assert_eq!(found[0].number, number(case), "{state}");
    }
    let ended = Stage::ALL.iter().filter(|stage| stage.has_ended()).count();
    for (order, left_out) in [(WORK, ended), (DUE, ended), (NEWEST, 0)] {
        let found = partition.lists(everything(order));
        assert_eq!(found.len(), states.len() - left_out, "order {order}");
    }
}

#[test]
fn a_restart_keeps_every_list() {
    let texts = [LOW, NORMAL, URGENT];
    let cases: Vec<_> = (1..60)
        .map(|case| (case, texts[case as usize % 3]))
        .collect();
    let mut partition = partition(&cases);
    let lists = |p: &Partition| [WORK, DUE, NEWEST].map(|order| p.lists(everything(order)));
    let before = lists(&partition);
    partition.restart();
    assert_eq!(lists(&partition), before);
}

/// Everything in pages, each asked of all partitions.
fn paged(partitions: &[Partition], order: u32, size: usize) -> Vec<Vec<CaseRow>> {
    let mut asked = ListQuery {
        limit: size as u32 + 1,
        ..everything(order)
    };
    let mut pages = Vec::new();
    loop {
        let found = partitions
            .iter()
            .map(|partition| partition.lists(asked.clone()))
            .collect();
        let page = page_of(&asked, found, size);
        assert_eq!(page.next_page_token.is_empty(), page.cases.len() < size);
        asked.after = page
            .cases
            .last()
            .map(|case| case.sort_key.clone())
            .unwrap_or_default();
        pages.push(page.cases);
        if page.next_page_token.is_empty() {
            return pages;
        }
    }
}

#[test]
fn pages_over_partitions_hold_every_case_once_and_in_order() {
    let texts = [LOW, NORMAL, URGENT];
    let mut partitions: Vec<Partition> = (0..4).map(|_| Partition::new()).collect();
    for case in 1..100 {
        let partition = &mut partitions[partition_of(&id(case), 4) as usize];
        partition.routes(case, texts[case as usize % 3]);
        // Ends that many share, so that the id has to decide.
        partition.hears(&clocks_started(
            case,
            &[("start", 1000 + i64::from(case % 5))],
        ));
    }
    for order in [WORK, DUE, NEWEST] {
        let cases: Vec<CaseRow> = paged(&partitions, order, 10).concat();
        let keys: Vec<&[u8]> = cases.iter().map(|case| &case.sort_key[..]).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "order {order}");
        assert_eq!(cases.len(), 99, "order {order}");
    }
}

#[test]
fn a_page_goes_on_where_the_last_ended_though_cases_changed() {
    let cases: Vec<_> = (1..21).map(|case| (case, NORMAL)).collect();
    let mut partition = partition(&cases);
    let mut asked = ListQuery {
        limit: 5,
        ..everything(DUE)
    };
    let first = partition.lists(asked.clone());
    // One that was shown goes to the end, one comes in front, and the last one shown disappears.
    partition.hears(&clock_stopped(20, "start"));
    partition.hears(&clock_stopped(16, "start"));
    partition.routes(30, NORMAL);
    partition.hears(&clocks_started(30, &[("start", 1)]));
    asked.after = first.last().unwrap().sort_key.clone();
    let second = partition.lists(asked);
    assert_eq!(numbers(&first), ["020", "019", "018", "017", "016"]);
    assert_eq!(numbers(&second), ["015", "014", "013", "012", "011"]);
}

/// A page in two questions, as the door asks them; `meanwhile` happens between the two.
fn page_by_places(
    partition: &mut Partition,
    asked: &ListQuery,
    size: usize,
    meanwhile: impl FnOnce(&mut Partition),
) -> Page {
    let places = ListQuery {
        places_only: true,
        ..asked.clone()
    };
    let found = partition.answers(query::Query::List(places)).unwrap();
    assert!(found.cases.is_empty(), "no case is read for its place");
    let page = page_of(asked, vec![places_of(found)], size);
    meanwhile(partition);
    let of = unread(&page, 1);
    let read = partition.asks(query::Query::Rows(RowsQuery { of }));
    filled(page, read, |row| row.state == "assigned")
}

fn shown(page: &Page) -> Vec<String> {
    page.cases.iter().map(|row| row.number.clone()).collect()
}

#[test]
fn a_page_found_by_places_is_that_found_with_all_cases() {
    let texts = [LOW, NORMAL, URGENT];
    let cases: Vec<_> = (1..60).map(|n| (n, texts[n as usize % 3])).collect();
    let mut partition = partition(&cases);
    for order in [WORK, DUE, NEWEST] {
        let mut asked = ListQuery {
            limit: 8,
            ..everything(order)
        };
        for _ in 0..3 {
            let whole = page_of(&asked, vec![partition.lists(asked.clone())], 7);
            let page = page_by_places(&mut partition, &asked, 7, |_| {});
            assert_eq!(shown(&page), shown(&whole), "order {order}");
            assert_eq!(page.next_page_token, whole.next_page_token);
            asked.after.clone_from(&whole.cases[6].sort_key);
        }
    }
}

#[test]
fn a_case_that_leaves_the_list_while_the_page_is_read_is_left_out_and_the_next_page_is_the_same() {
    let cases: Vec<_> = (1..9).map(|case| (case, NORMAL)).collect();
    let mut partition = partition(&cases);
    let asked = ListQuery {
        limit: 5,
        ..everything(DUE)
    };
    let whole = page_of(&asked, vec![partition.lists(asked.clone())], 4);
    let page = page_by_places(&mut partition, &asked, 4, |partition| {
        partition.records(lived(7, 2, "closed"));
    });
    assert_eq!(shown(&page), [number(8), number(6), number(5)]);
    assert_eq!(page.next_page_token, whole.next_page_token);
}

#[test]
fn lists_and_cases_are_told_as_the_last_commit_left_them_beside_a_round_on_its_way() {
    let mut partition = partition(&[(1, NORMAL), (2, NORMAL)]);
    partition.commits();
    let id_of = |case| query::Query::ComplaintId(id(case).as_bytes().to_vec());
    let places = query::Query::List(ListQuery {
        places_only: true,
        state: "assigned".to_owned(),
        ..everything(WORK)
    });
    let before = partition.glances(places.clone());
    assert_eq!(before.as_ref().map(Vec::len), Some(2));
    partition.folds_into_a_round(&lived(1, 2, "closed"));
    assert_eq!(partition.glances(places.clone()), before);
    let told = partition.glances(id_of(1)).expect("an answer");
    assert_eq!(told[0].state, "assigned");
    let of_all_cases = query::Query::Number(number(1));
    assert_eq!(
        partition.glances(of_all_cases),
        None,
        "it waits for the round"
    );

    partition.takes_back();
    assert_eq!(partition.glances(places.clone()), before);
    partition.records(lived(1, 2, "closed"));
    partition.commits();
    assert_eq!(partition.glances(places).map(|found| found.len()), Some(1));
    assert_eq!(
        partition.glances(id_of(1)).expect("an answer")[0].state,
        "closed"
    );
}
