//! Restarts, replays and lists.

mod common;

use common::{Partition, acknowledged, at, id, list, number, routed, show};
use redress_complaint::partition_of;
use redress_runtime::Core as _;
use redress_sla_monitor::page_of;
use redress_store::state_hash;
use redress_wire::sla_monitor::{DueClock, query};

const URGENCIES: [&str; 3] = ["urgent", "normal", "low"];
const CHANNELS: [&str; 3] = ["email", "phone", "web"];

/// Cases of all sorts, one a minute from ten o'clock; every fourth is acknowledged.
fn busy() -> Partition<'static> {
    let mut partition = Partition::new();
    for case in 1..60 {
        let when = format!("05-07 10:{case:02}");
        let urgency = URGENCIES[case as usize % 3];
        partition.reads(&[routed(
            case,
            CHANNELS[case as usize / 3 % 3],
            urgency,
            &when,
        )]);
        if case.is_multiple_of(4) {
            partition.reads(&[acknowledged(case, "05-07 11:00")]);
        }
    }
    partition
}

#[test]
fn what_fires_is_the_same_with_a_restart_between_any_two_points() {
    let mut steady = busy();
    let mut whole = steady.lives("05-20 00:00");
    let mut restarted = busy();
    let mut fired = Vec::new();
    while let Some(due) = restarted
        .core
        .next_due()
        .filter(|due| *due <= at("05-20 00:00"))
    {
        fired.extend(restarted.expires(due));
        restarted.restart();
    }
    assert!(whole.len() > 300, "{}", whole.len());
    // Which of the points of one instant is the first does not matter.
    whole.sort_unstable();
    fired.sort_unstable();
    assert!(
        fired == whole,
        "{} points instead of {}",
        fired.len(),
        whole.len()
    );
    assert_eq!(
        state_hash(&restarted.rows).unwrap(),
        state_hash(&steady.rows).unwrap()
    );
}

#[test]
fn where_rounds_end_leaves_no_trace_in_the_rows() {
    let when = "05-07 10:00";
    let cases: Vec<_> = (1..40)
        .map(|case| routed(case, "web", "normal", when))
        .collect();
    let hash_by = |size| {
        let mut partition = Partition::new();
        for round in cases.chunks(size) {
            partition.reads(round);
        }
        state_hash(&partition.rows).unwrap()
    };
    assert_eq!(hash_by(1), hash_by(7));
    assert_eq!(hash_by(1), hash_by(40));
}

#[test]
fn a_replay_ends_in_the_same_rows_with_the_same_timers() {
    let mut partition = busy();
    partition.lives("05-07 14:30");
    let mut replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&partition.rows).unwrap()
    );
    assert_eq!(replayed.core.next_due(), partition.core.next_due());
    assert_eq!(replayed.due(""), partition.due(""));
    assert_eq!(replayed.late(""), partition.late(""));
    assert_eq!(
        replayed.lives("05-20 00:00"),
        partition.lives("05-20 00:00")
    );
}

#[test]
fn at_most_a_thousand_points_fire_at_once_and_the_rest_at_the_next_call() {
    let mut partition = Partition::new();
    for case in 1..=1200 {
        partition.reads(&[routed(case, "phone", "urgent", "05-07 10:00")]);
    }
    assert_eq!(partition.expires(at("05-07 11:00")).len(), 1000);
    assert_eq!(partition.core.next_due(), Some(at("05-07 11:00")));
    assert_eq!(partition.expires(at("05-07 11:00")).len(), 200);
}

#[test]
fn lists_tell_what_is_due_next_and_what_is_late() {
    let mut partition = Partition::new();
    partition.reads(&[
        routed(1, "phone", "normal", "05-07 10:00"),
        routed(2, "phone", "urgent", "05-07 10:30"),
        routed(3, "phone", "urgent", "05-07 10:00"),
    ]);
    let shown = |clocks: &[DueClock]| {
        let line = |due: &DueClock| {
            let clock = due.clock.clone().expect("a clock");
            format!(
                "{} {} {}",
                &due.number[10..],
                clock.clock,
                &show(clock.due_at_us)[..11]
            )
        };
        clocks.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&partition.due("")[..3]),
        [
            "003 start 05-07 12:00",
            "002 start 05-07 12:30",
            "003 preliminary_plan 05-07 14:00"
        ]
    );
    assert!(partition.late("").is_empty());
    partition.lives("05-07 14:00");
    assert_eq!(
        shown(&partition.late("")),
        [
            "003 start 05-07 12:00",
            "002 start 05-07 12:30",
            "003 preliminary_plan 05-07 14:00"
        ]
    );
    assert_eq!(
        shown(&partition.due("")[..1]),
        ["002 preliminary_plan 05-07 14:30"]
    );
    assert_eq!(
        shown(&partition.late("logistics_ops")),
        ["002 start 05-07 12:30"]
    );
    assert_eq!(
        partition.due("logistics_ops")[0].department,
        "logistics_ops"
    );
    assert!(partition.due("nobody").is_empty());
}

#[test]
fn a_restart_keeps_the_lists() {
    let mut partition = busy();
    partition.lives("05-07 13:00");
    let before = (
        partition.due(""),
        partition.late(""),
        partition.due("logistics_ops"),
    );
    partition.restart();
    assert_eq!(
        (
            partition.due(""),
            partition.late(""),
            partition.due("logistics_ops")
        ),
        before
    );
    assert!(!before.0.is_empty() && !before.1.is_empty());
}

#[test]
fn the_clocks_of_a_case_are_found_by_its_number() {
    let partition = busy();
    let found = partition.asks(query::Query::Number(number(7))).cases;
    assert_eq!(found[0].complaint_id, id(7).as_bytes());
    assert!(
        partition
            .asks(query::Query::Number(number(77)))
            .cases
            .is_empty()
    );
}

#[test]
fn pages_over_partitions_hold_every_clock_once_and_in_order() {
    let mut partitions: Vec<Partition> = (0..4).map(|_| Partition::new()).collect();
    for case in 1..80 {
        let partition = &mut partitions[partition_of(&id(case), 4) as usize];
        // Ends that many share, so that the id has to decide.
        partition.reads(&[routed(
            case,
            "phone",
            URGENCIES[case as usize % 3],
            "05-07 10:00",
        )]);
    }
    let all: usize = partitions
        .iter()
        .map(|partition| partition.due("").len())
        .sum();
    let (size, mut asked, mut clocks) = (7, list(""), Vec::new());
    loop {
        asked.limit = size + 1;
        let ask = |p: &Partition| p.asks(query::Query::Due(asked.clone())).due;
        let page = page_of(
            [1, 2, 3, 4],
            partitions.iter().map(ask).collect(),
            size as usize,
        );
        asked.after = page
            .clocks
            .last()
            .map(|clock| clock.sort_key.clone())
            .unwrap_or_default();
        clocks.extend(page.clocks);
        if page.next_page_token.is_empty() {
            break;
        }
    }
    assert_eq!(clocks.len(), all);
    assert!(clocks.is_sorted_by(|a, b| a.sort_key < b.sort_key));
}

#[test]
fn a_page_goes_on_where_the_last_ended_though_clocks_changed() {
    let mut partition = busy();
    let mut asked = list("");
    asked.limit = 5;
    let first = partition.asks(query::Query::Due(asked.clone())).due;
    let all = partition.due("");
    // Those shown become late or stop meanwhile.
    let last = first
        .last()
        .and_then(|due| due.clock.clone())
        .expect("a clock");
    partition.expires(at("05-07 10:01"));
    partition.reads(&[
        acknowledged(1, "05-07 12:00"),
        routed(90, "phone", "urgent", "05-07 09:00"),
    ]);
    asked.after = first.last().expect("a page").sort_key.clone();
    let second = partition.asks(query::Query::Due(asked)).due;
    assert!(
        second
            .iter()
            .all(|due| due.clock.as_ref().unwrap().due_at_us >= last.due_at_us)
    );
    let expected: Vec<_> = all[5..]
        .iter()
        .filter(|due| due.number != number(90))
        .collect();
    assert_eq!(second[0].sort_key, expected[0].sort_key);
}
