//! What is counted, in sentences.

mod common;
mod partition;

use common::{
    NINE, SECOND, at, breached, clock, given_up, planned, registered, retried, routed, started,
    stopped, warned,
};
use partition::{Partition, count};
use redress_analytics::total;
use redress_store::state_hash;
use redress_wire::{Payload, analytics::Query, intake::RepeatLinked, log::Event};

const ONE: &str = "CF20260501001";
const TWO: &str = "CF20260501002";
const NEXT_DAY: &str = "CF20260502001";

#[test]
fn a_registered_complaint_counts_by_channel_kind_state_and_day() {
    let figures = Partition::after(&[&[registered(ONE, "email")]]).figures();
    assert_eq!(figures.complaints, 1);
    for (dimension, value) in [
        ("channel", "email"),
        ("kind", "complaint"),
        ("state", "registered"),
        ("day", "20260501"),
    ] {
        assert_eq!(count(&figures, dimension, value), 1, "{dimension}");
    }
}

#[test]
fn a_routed_case_counts_by_category_department_urgency_severity_and_leaves_registered() {
    let events = [
        registered(ONE, "email"),
        registered(TWO, "app"),
        routed(ONE, "after_sales", 40_000),
    ];
    let figures = Partition::after(&[&events]).figures();
    for (dimension, value) in [
        ("category", "product_quality"),
        ("department", "after_sales"),
        ("urgency", "urgent"),
        ("severity", "ordinary"),
        ("state", "assigned"),
        ("state", "registered"),
    ] {
        assert_eq!(count(&figures, dimension, value), 1, "{dimension} {value}");
    }
    let routing = figures.routing.expect("always there");
    assert_eq!(routing.count, 1);
    assert!((routing.p50_seconds - 0.04).abs() < 0.0004, "{routing:?}");
}

#[test]
fn the_on_time_rate_counts_every_decided_clock_once() {
    let clocks = vec![
        clock("first_response", 10 * SECOND, Some(NINE)),
        clock("start", 10 * SECOND, None),
        clock("preliminary_plan", 20 * SECOND, None),
        clock("result", 30 * SECOND, None),
    ];
    let events = [
        started(ONE, clocks),
        stopped(ONE, "start", 11 * SECOND, false, false),
        breached(ONE, "preliminary_plan", SECOND / 10),
        stopped(ONE, "preliminary_plan", 25 * SECOND, false, true),
    ];
    let figures = Partition::after(&[&events]).figures();
    assert_eq!(
        (
            figures.clocks_on_time,
            figures.clocks_late,
            figures.clocks_running
        ),
        (1, 2, 1)
    );
    assert!((figures.on_time_rate.expect("decided") - 1.0 / 3.0).abs() < 1e-9);
}

#[test]
fn without_a_decided_clock_there_is_no_rate() {
    let running = [started(ONE, vec![clock("result", SECOND, None)])];
    assert_eq!(Partition::after(&[&running]).figures().on_time_rate, None);
}

#[test]
fn the_first_response_time_comes_from_its_clock_however_it_was_met() {
    let events = [
        started(
            ONE,
            vec![clock("first_response", 10 * SECOND, Some(NINE + SECOND))],
        ),
        started(TWO, vec![clock("first_response", 7200 * SECOND, None)]),
        stopped(TWO, "first_response", 100 * SECOND, true, false),
        stopped(TWO, "result", 500 * SECOND, true, false),
    ];
    let response = Partition::after(&[&events])
        .figures()
        .first_response
        .expect("always there");
    assert_eq!(response.count, 2);
    assert!((response.p50_seconds - 1.0).abs() < 0.01, "{response:?}");
    assert!(
        (response.max_seconds - 100.0).abs() < f64::EPSILON,
        "{response:?}"
    );
}

#[test]
fn lateness_is_from_the_due_time_to_the_firing() {
    let events = [warned(ONE, "start", 20_000), breached(ONE, "start", 80_000)];
    let figures = Partition::after(&[&events]).figures();
    assert_eq!((figures.warnings, figures.breaches), (1, 1));
    let lateness = figures.clock_lateness.expect("always there");
    assert!((lateness.p99_seconds - 0.08).abs() < 0.0008, "{lateness:?}");
}

#[test]
fn a_notification_given_up_and_retried_is_not_given_up() {
    let events = [planned(ONE, "webhook"), planned(TWO, "none"), given_up(ONE)];
    let mut partition = Partition::after(&[&events]);
    let figures = partition.figures();
    assert_eq!(
        (
            figures.notifications_planned,
            figures.notifications_given_up
        ),
        (2, 1)
    );
    assert_eq!(
        (
            count(&figures, "means", "webhook"),
            count(&figures, "means", "none")
        ),
        (1, 1)
    );
    partition.fold(&[retried(ONE)]);
    partition.commit();
    assert_eq!(partition.figures().notifications_given_up, 0);
}

#[test]
fn a_likely_repeat_counts_on_the_day_of_its_own_number() {
    let linked = RepeatLinked {
        earlier: Vec::new(),
        number: NEXT_DAY.to_owned(),
    };
    let events = [
        registered(ONE, "app"),
        registered(NEXT_DAY, "app"),
        at(NINE, Payload::RepeatLinked(linked)),
    ];
    let partition = Partition::after(&[&events]);
    let of_day = |day| {
        partition
            .ask(Query {
                from_day: day,
                to_day: day,
                ..Query::default()
            })
            .days
    };
    assert_eq!(of_day(20_260_501)[0].repeats, 0);
    assert_eq!(of_day(20_260_502)[0].repeats, 1);
}

#[test]
fn only_the_days_asked_for_are_counted() {
    let events = [
        registered(ONE, "app"),
        registered(TWO, "app"),
        registered(NEXT_DAY, "app"),
    ];
    let partition = Partition::after(&[&events]);
    for (from_day, to_day, complaints) in [
        (0, 0, 3),
        (20_260_502, 0, 1),
        (0, 20_260_501, 2),
        (20_270_101, 0, 0),
    ] {
        let found = partition.ask(Query {
            from_day,
            to_day,
            ..Query::default()
        });
        assert_eq!(
            total(&found.days).complaints,
            complaints,
            "{from_day} to {to_day}"
        );
    }
}

#[test]
fn the_revision_changes_with_the_figures_of_the_days_asked_for_and_with_nothing_else() {
    let mut partition = Partition::after(&[&[registered(ONE, "app")]]);
    let revision = |partition: &Partition, day| {
        let query = Query {
            from_day: day,
            to_day: day,
            revision_only: true,
        };
        let found = partition.ask(query);
        assert!(found.days.is_empty());
        found.revision
    };
    let before = (
        revision(&partition, 20_260_501),
        revision(&partition, 20_260_502),
    );
    partition.fold(&[registered(NEXT_DAY, "app")]);
    partition.commit();
    assert_eq!(revision(&partition, 20_260_501), before.0);
    assert_ne!(revision(&partition, 20_260_502), before.1);
}

#[test]
fn figures_survive_a_restart_and_go_on() {
    let mut partition = Partition::after(&[&[registered(ONE, "app")]]);
    partition.restart();
    partition.fold(&[registered(TWO, "app")]);
    partition.commit();
    assert_eq!(partition.figures().complaints, 2);
}

#[test]
fn a_round_that_is_rolled_back_counts_nothing() {
    let mut partition = Partition::after(&[&[registered(ONE, "app")]]);
    partition.fold(&[registered(TWO, "app")]);
    partition.roll_back();
    assert_eq!(partition.figures().complaints, 1);
}

#[test]
fn days_that_left_the_memory_are_read_from_their_rows() {
    let days: Vec<Event> = (1..=28)
        .map(|day| registered(&format!("CF202602{day:02}001"), "app"))
        .collect();
    let rounds: Vec<&[Event]> = days.chunks(1).chain(days.chunks(1)).collect();
    let figures = Partition::after(&rounds).figures();
    assert_eq!(figures.complaints, 56);
    assert_eq!(count(&figures, "day", "20260214"), 2);
}

#[test]
fn the_same_log_gives_the_same_rows_however_it_is_cut_into_rounds() {
    let events = [
        registered(ONE, "email"),
        registered(NEXT_DAY, "app"),
        routed(ONE, "after_sales", 40_000),
        started(ONE, vec![clock("result", SECOND, None)]),
        breached(ONE, "result", 70_000),
        planned(ONE, "webhook"),
    ];
    let at_once = Partition::after(&[&events]);
    let one_by_one = Partition::after(&events.chunks(1).collect::<Vec<_>>());
    assert_eq!(
        state_hash(&at_once.rows).unwrap(),
        state_hash(&one_by_one.rows).unwrap()
    );
}
