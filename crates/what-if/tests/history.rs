//! What part of history counts, and how far a report can be trusted.

mod common;

use common::{Fact, LOGISTICS, against, case, changed, id, replayed, shipped, tell, ts, until};
use redress_policy::Milestone;
use redress_what_if::{
    Agreement, Happening, RecordedClock, Replay, Said, Shadow, Verdict, What, Window,
};
use std::collections::BTreeMap;

#[test]
fn only_cases_registered_in_the_window_count() {
    let sides = against(shipped());
    let window = Window {
        since: ts("2026-05-06T00:00:00"),
        until: ts("2026-05-08T00:00:00"),
    };
    let mut history = case(
        1,
        "2026-05-05T23:00:00",
        LOGISTICS,
        &[(120, Fact::Reached(Milestone::Accepted))],
    );
    history.extend(case(2, "2026-05-06T00:00:00", LOGISTICS, &[]));
    history.extend(case(3, "2026-05-08T00:00:00", LOGISTICS, &[]));
    let (report, _) = replayed(&sides, window, &history);
    assert_eq!(report.cases, 1);
    assert_eq!(
        report.skipped, 5,
        "three of the first case, two of the last"
    );
}

#[test]
fn clocks_run_until_the_end_of_the_window_and_no_further() {
    let sides = against(shipped());
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[(60 * 30, Fact::Reached(Milestone::Accepted))],
    );
    let (before, _) = replayed(&sides, until("2026-05-07T01:59:59"), &history);
    assert_eq!(before.clocks["start"].today.open, 1);
    let (after, _) = replayed(&sides, until("2026-05-07T02:00:00"), &history);
    assert_eq!(after.clocks["start"].today.late, 1, "its end has come");
}

#[test]
fn a_complaint_that_waits_for_its_routing_is_said_to_wait() {
    let sides = against(shipped());
    let mut history = case(1, "2026-05-06T02:00:00", LOGISTICS, &[]);
    history.pop();
    let (report, _) = replayed(&sides, until("2026-05-07T00:00:00"), &history);
    assert_eq!((report.cases, report.unrouted), (0, 1));
}

#[test]
fn words_that_nobody_can_read_any_more_are_routed_as_recorded_under_both() {
    let here = "id = \"logistics\"\nname = { zh = \"物流配送\", en = \"Logistics\" }\n\
                department = \"logistics_ops\"";
    let moved = here.replace("logistics_ops", "marketing");
    let sides = against(changed("categories.toml", here, &moved));
    let at = ts("2026-05-06T02:00:00");
    let history = vec![
        (1, at, Fact::Illegible),
        (1, at, Fact::RoutedAs("logistics")),
    ];
    let (report, differences) = replayed(&sides, until("2026-05-07T00:00:00"), &history);
    assert_eq!((report.cases, report.unreadable), (1, 1));
    assert_eq!(differences, []);
}

#[test]
fn a_recorded_routing_that_todays_rules_would_not_make_is_counted() {
    let sides = against(shipped());
    let mut history = case(1, "2026-05-06T02:00:00", LOGISTICS, &[]);
    history.extend(case(2, "2026-05-06T02:00:00", LOGISTICS, &[]));
    history[3].2 = Fact::RoutedAs("billing");
    let (report, _) = replayed(&sides, until("2026-05-07T00:00:00"), &history);
    assert_eq!(
        report.recorded.routings,
        Agreement {
            agree: 1,
            differ: 1
        }
    );
}

#[test]
fn recorded_ends_of_clocks_are_compared_with_todays() {
    let sides = against(shipped());
    let mut replay = Replay::new(&sides, until("2026-05-08T00:00:00"));
    let mut texts = BTreeMap::new();
    let accepted = (60, Fact::Reached(Milestone::Accepted));
    for fact in case(1, "2026-05-06T02:00:00", LOGISTICS, &[accepted]) {
        tell(&sides, &fact, &mut texts, &mut |id, happening| {
            replay.tell(id, happening);
        });
    }
    let mut say = |clock, said| {
        let what = What::Clock(RecordedClock { clock, said });
        let at = ts("2026-05-06T03:00:00");
        replay.tell(id(1), &Happening { at, what });
    };
    let at = ts("2026-05-06T02:00:00");
    let started = |due: &str| Said::Started {
        at,
        due_at: ts(due),
        met_at: None,
    };
    say("start", started("2026-05-07T02:00:00"));
    let at = ts("2026-05-06T03:00:00");
    say(
        "start",
        Said::Stopped {
            at,
            on_time: true,
            cancelled: false,
        },
    );
    say("result", started("2026-05-08T03:00:00"));
    let report = replay.finish();
    assert_eq!(report.recorded.clocks.agree, 1, "start is as recorded");
    assert!(
        report.recorded.clocks.differ >= 2,
        "result ends an hour sooner, others are missing"
    );
    assert_eq!(report.recorded.on_time, 1);
}

#[test]
fn a_case_that_is_over_is_summed_up_and_forgotten() {
    let sides = against(shipped());
    let mut replay = Replay::new(&sides, until("2026-06-01T00:00:00"));
    let mut texts = BTreeMap::new();
    let accepted = (60, Fact::Reached(Milestone::Accepted));
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[accepted, (90, Fact::Reached(Milestone::Closed))],
    );
    for fact in history {
        tell(&sides, &fact, &mut texts, &mut |id, happening| {
            replay.tell(id, happening);
        });
    }
    assert_eq!(replay.open(), 1);
    let ended = replay.end(id(1)).expect("it was known");
    assert_eq!(replay.open(), 0);
    let start = ended
        .clocks
        .today
        .iter()
        .find(|(clock, ..)| *clock == *"start");
    assert_eq!(start.map(|(_, _, verdict)| *verdict), Some(Verdict::OnTime));
    assert!(replay.end(id(1)).is_none());
    assert_eq!(replay.finish().cases, 1);
}

#[test]
fn a_shadow_tells_a_breach_when_it_comes_and_keeps_totals() {
    let start = "urgency = [\"normal\"]\nwithin = \"24h\"";
    let sides = against(changed(
        "deadlines.toml",
        start,
        &start.replace("24h", "8h"),
    ));
    let mut shadow = Shadow::new(&sides, ts("2026-05-06T00:00:00"), 10);
    let mut texts = BTreeMap::new();
    let mut told = Vec::new();
    for fact in case(1, "2026-05-06T02:00:00", LOGISTICS, &[]) {
        tell(&sides, &fact, &mut texts, &mut |id, happening| {
            told.extend(shadow.tell(id, happening));
        });
    }
    assert_eq!(told, [], "nothing is different yet");
    assert_eq!(shadow.tick(ts("2026-05-06T05:59:59")), []);
    let warned = shadow.tick(ts("2026-05-06T06:00:00"));
    assert_eq!(warned.len(), 1, "half of eight hours");
    let late = shadow.tick(ts("2026-05-06T10:00:00"));
    assert_eq!(&*late[late.len() - 1].number, "CF1");
    let report = shadow.report(ts("2026-05-06T10:00:00"));
    assert_eq!(report.total().late.more, 1);
    assert_eq!(shadow.open(), 1, "a report ends nothing");
}

#[test]
fn a_shadow_is_bounded_and_says_what_it_left_out() {
    let sides = against(shipped());
    let mut shadow = Shadow::new(&sides, ts("2026-05-06T00:00:00"), 2);
    let mut texts = BTreeMap::new();
    for number in 1..=5 {
        for fact in case(number, "2026-05-06T02:00:00", LOGISTICS, &[]) {
            tell(&sides, &fact, &mut texts, &mut |id, happening| {
                shadow.tell(id, happening);
            });
        }
    }
    assert_eq!((shadow.open(), shadow.left_out()), (2, 3));
    shadow.end(id(1));
    assert_eq!(shadow.open(), 1);
}
