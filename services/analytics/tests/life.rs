//! What is counted while cases are worked on, in sentences.

mod common;
mod partition;

use common::{
    NINE, SECOND, at, breached, clock, escalated, fact, planned, registered, routed, started,
    stopped,
};
use partition::{Partition, count};
use redress_store::state_hash;
use redress_wire::{
    Payload,
    intake::RepeatLinked,
    log::Event,
    notifier::NotificationDropped,
    router::{
        ApprovalEscalated, ApprovalGiven, ApprovalRefused, CaseAccepted, CaseArchived,
        CaseAssigned, CaseClosed, CaseEvent, CaseExtended, CaseHeld, CaseMerged, CaseReopened,
        CaseWithdrawn, CommandRefused, NoteAdded, Satisfaction, SatisfactionRecorded,
        TriageCorrected, case_event::Change,
    },
};

const ONE: &str = "CF20260501001";
const TWO: &str = "CF20260501002";
const FAR: &str = "CF20260501900";

/// A routed case, and what is done with it, a second apart.
fn life(number: &str, facts: &[(&str, Change)]) -> Vec<Event> {
    let mut events = vec![registered(number, "app"), routed(number, "quality", 1)];
    for (after, (state, change)) in (1..).zip(facts) {
        events.push(fact(number, after * SECOND, state, change.clone()));
    }
    events
}

fn changed(event: &mut Event, change: impl FnOnce(&mut CaseEvent)) {
    match &mut event.payload {
        Some(Payload::CaseEvent(fact)) => change(fact),
        _ => panic!("a fact of the case's life"),
    }
}

fn accepted() -> (&'static str, Change) {
    ("accepted", Change::Accepted(CaseAccepted {}))
}

fn closed() -> (&'static str, Change) {
    ("closed", Change::Closed(CaseClosed::default()))
}

fn reopened() -> (&'static str, Change) {
    ("reopened", Change::Reopened(CaseReopened::default()))
}

fn said(satisfaction: Satisfaction) -> (&'static str, Change) {
    let satisfaction = satisfaction.into();
    let said = SatisfactionRecorded {
        satisfaction,
        ..SatisfactionRecorded::default()
    };
    ("executed", Change::SatisfactionRecorded(said))
}

#[test]
fn a_case_counts_in_the_state_it_is_in_now() {
    let mut events = life(
        ONE,
        &[accepted(), ("on_hold", Change::Held(CaseHeld::default()))],
    );
    events.extend(life(TWO, &[]));
    let figures = Partition::after(&[&events]).figures();
    let states = ["registered", "assigned", "accepted", "on_hold"];
    let counts = states.map(|state| count(&figures, "state", state));
    assert_eq!(counts, [0, 1, 0, 1]);
    assert_eq!(figures.holds, 1);
}

#[test]
fn a_case_counts_where_it_was_reassigned_to_and_as_its_triage_was_corrected() {
    let assigned = ("assigned", Change::Assigned(CaseAssigned::default()));
    let corrected = (
        "assigned",
        Change::TriageCorrected(TriageCorrected::default()),
    );
    let mut events = life(ONE, &[assigned, corrected]);
    changed(&mut events[2], |fact| {
        fact.department = "logistics".to_owned();
        fact.handler = "li".to_owned();
    });
    changed(&mut events[3], |fact| {
        fact.department = "logistics".to_owned();
        fact.handler = "li".to_owned();
        fact.category = "delivery".to_owned();
        fact.urgency = "normal".to_owned();
        fact.severity = "major".to_owned();
    });
    let figures = Partition::after(&[&events]).figures();
    for (dimension, from, to) in [
        ("department", "quality", "logistics"),
        ("department_open", "quality", "logistics"),
        ("handler", "chen", "li"),
        ("category", "product_quality", "delivery"),
        ("urgency", "urgent", "normal"),
        ("severity", "ordinary", "major"),
    ] {
        let counts = (
            count(&figures, dimension, from),
            count(&figures, dimension, to),
        );
        assert_eq!(counts, (0, 1), "{dimension}");
    }
}

#[test]
fn the_satisfaction_is_what_each_customer_said_last() {
    let mut events = life(
        ONE,
        &[
            said(Satisfaction::Dissatisfied),
            reopened(),
            said(Satisfaction::MostlySatisfied),
        ],
    );
    events.extend(life(TWO, &[said(Satisfaction::Dissatisfied)]));
    events.extend(life(FAR, &[said(Satisfaction::Satisfied)]));
    let figures = Partition::after(&[&events]).figures();
    let said = (
        figures.satisfied,
        figures.mostly_satisfied,
        figures.dissatisfied,
    );
    assert_eq!(said, (1, 1, 1));
    assert!((figures.satisfaction_rate.expect("said") - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(count(&figures, "department_dissatisfied", "quality"), 1);
}

#[test]
fn nobody_is_satisfied_or_not_before_they_said_so() {
    let figures = Partition::after(&[&life(ONE, &[closed()])]).figures();
    assert_eq!(figures.satisfaction_rate, None);
}

#[test]
fn the_resolution_time_is_from_the_registration_to_the_last_closing() {
    let mut partition = Partition::after(&[&life(ONE, &[accepted(), closed()])]);
    let resolution = |partition: &Partition| partition.figures().resolution.expect("there");
    assert_eq!(resolution(&partition).count, 1);
    assert!((resolution(&partition).p50_seconds - 2.0).abs() < 0.02);
    let (state, change) = reopened();
    partition.fold(&[fact(ONE, 10 * SECOND, state, change)]);
    partition.commit();
    assert_eq!(
        resolution(&partition).count,
        0,
        "it is not resolved any more"
    );
    let (state, change) = closed();
    let note = Change::NoteAdded(NoteAdded::default());
    let archived = Change::Archived(CaseArchived::default());
    partition.fold(&[
        fact(ONE, 20 * SECOND, state, change),
        fact(ONE, 21 * SECOND, state, note),
        fact(ONE, 22 * SECOND, "archived", archived),
    ]);
    partition.commit();
    let last = resolution(&partition);
    assert_eq!(last.count, 1);
    assert!((last.p50_seconds - 20.0).abs() < 0.2, "{last:?}");
    assert!((last.max_seconds - 20.0).abs() < 0.2, "{last:?}");
}

#[test]
fn outcomes_follow_the_cases_and_stay_when_they_are_archived() {
    let archived = || ("archived", Change::Archived(CaseArchived::default()));
    let mut events = life(ONE, &[closed(), archived()]);
    events.extend(life(
        TWO,
        &[
            ("withdrawn", Change::Withdrawn(CaseWithdrawn::default())),
            reopened(),
        ],
    ));
    events.extend(life(
        FAR,
        &[
            ("merged", Change::Merged(CaseMerged::default())),
            archived(),
        ],
    ));
    let figures = Partition::after(&[&events]).figures();
    assert_eq!(
        (figures.closed, figures.withdrawn, figures.merged),
        (1, 0, 1)
    );
    assert_eq!((figures.rejected, figures.unmeetable), (0, 0));
    assert_eq!(figures.reopenings, 1);
    for (dimension, cases) in [
        ("department", 3),
        ("department_open", 1),
        ("department_closed", 1),
        ("department_reopened", 1),
    ] {
        assert_eq!(count(&figures, dimension, "quality"), cases, "{dimension}");
    }
}

#[test]
fn approvals_extensions_escalations_and_what_was_dropped_add_up() {
    let waiting = || "plan_proposed";
    let mut events = life(
        ONE,
        &[
            (waiting(), Change::ApprovalGiven(ApprovalGiven::default())),
            (
                waiting(),
                Change::ApprovalRefused(ApprovalRefused::default()),
            ),
            (
                waiting(),
                Change::ApprovalEscalated(ApprovalEscalated::default()),
            ),
            (waiting(), Change::Extended(CaseExtended::default())),
            (waiting(), Change::CommandRefused(CommandRefused::default())),
        ],
    );
    events.push(escalated(ONE, "result", "supervise"));
    let dropped = NotificationDropped {
        notification_id: format!("{ONE}-customer_accepted-v2"),
        reason: "closed".to_owned(),
    };
    events.push(at(NINE, Payload::NotificationDropped(dropped)));
    let figures = Partition::after(&[&events]).figures();
    let approvals = (
        figures.approvals_given,
        figures.approvals_refused,
        figures.approvals_escalated,
    );
    assert_eq!(approvals, (1, 1, 1));
    let others = (
        figures.extensions,
        figures.escalations,
        figures.notifications_dropped,
    );
    assert_eq!(others, (1, 1, 1));
}

#[test]
fn the_repeat_rate_is_the_share_of_likely_repeats() {
    let linked = RepeatLinked {
        number: TWO.to_owned(),
        ..RepeatLinked::default()
    };
    let events = [
        registered(ONE, "app"),
        registered(TWO, "app"),
        at(NINE, Payload::RepeatLinked(linked)),
    ];
    assert_eq!(
        Partition::after(&[&events]).figures().repeat_rate,
        Some(0.5)
    );
    assert_eq!(Partition::new().figures().repeat_rate, None);
}

#[test]
fn news_after_a_breach_of_what_was_in_time_makes_the_clock_on_time() {
    let events = [
        started(ONE, vec![clock("start", 10 * SECOND, None)]),
        breached(ONE, "start", SECOND),
        stopped(ONE, "start", 9 * SECOND, true, true),
    ];
    let figures = Partition::after(&[&events]).figures();
    let clocks = (
        figures.clocks_on_time,
        figures.clocks_late,
        figures.clocks_running,
    );
    assert_eq!(clocks, (1, 0, 0));
}

#[test]
fn counts_move_after_a_restart_and_not_with_a_round_that_is_rolled_back() {
    let mut partition = Partition::after(&[&life(ONE, &[accepted()])]);
    let (state, change) = closed();
    let close = [fact(ONE, 5 * SECOND, state, change)];
    partition.fold(&close);
    partition.roll_back();
    assert_eq!(count(&partition.figures(), "state", "accepted"), 1);
    partition.restart();
    partition.fold(&close);
    partition.commit();
    let figures = partition.figures();
    assert_eq!(count(&figures, "state", "accepted"), 0);
    assert_eq!(count(&figures, "state", "closed"), 1);
}

#[test]
fn cases_whose_rows_left_the_memory_move_all_the_same() {
    let numbers: Vec<String> = (0..600)
        .map(|n| format!("CF20260501{}", 256 * n + 100))
        .collect();
    let first: Vec<Event> = numbers.iter().flat_map(|n| life(n, &[])).collect();
    let (state, change) = closed();
    let second = numbers
        .iter()
        .map(|n| fact(n, SECOND, state, change.clone()));
    let second: Vec<Event> = second.collect();
    let rounds: Vec<&[Event]> = first.chunks(2).chain(second.chunks(1)).collect();
    let figures = Partition::after(&rounds).figures();
    assert_eq!(count(&figures, "state", "closed"), 600);
    assert_eq!(count(&figures, "state", "assigned"), 0);
}

#[test]
fn the_same_lives_give_the_same_rows_however_they_are_cut_into_rounds() {
    let mut events = life(ONE, &[accepted(), closed(), reopened(), closed()]);
    events.extend(life(TWO, &[said(Satisfaction::Satisfied)]));
    events.push(planned(ONE, "email"));
    let at_once = Partition::after(&[&events]);
    let one_by_one = Partition::after(&events.chunks(1).collect::<Vec<_>>());
    assert_eq!(
        state_hash(&at_once.rows).unwrap(),
        state_hash(&one_by_one.rows).unwrap()
    );
}

#[test]
fn a_clock_that_is_no_longer_asked_for_runs_no_more_and_is_late_only_if_it_was() {
    for late in [false, true] {
        let mut events = vec![started(ONE, vec![clock("start", 10 * SECOND, None)])];
        if late {
            events.push(breached(ONE, "start", SECOND));
        }
        let mut gone = stopped(ONE, "start", 9 * SECOND, !late, late);
        if let Some(Payload::ClockStopped(stopped)) = &mut gone.payload {
            stopped.cancelled = true;
        }
        events.push(gone);
        let figures = Partition::after(&[&events]).figures();
        let clocks = (
            figures.clocks_on_time,
            figures.clocks_late,
            figures.clocks_running,
        );
        assert_eq!(clocks, (0, u64::from(late), 0), "late: {late}");
    }
}
