//! What holds for every history.

mod common;

use std::collections::BTreeMap;

use common::{Fact, LOGISTICS, QUALITY, against, changed, replayed, shipped, tell, ts};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_policy::{CommandName, Milestone};
use redress_what_if::{Pair, Report, Shadow, Side, Window};

fn later_fact() -> impl Strategy<Value = Fact> {
    let milestone = prop::sample::select(vec![
        Milestone::Accepted,
        Milestone::Verified,
        Milestone::Investigated,
        Milestone::PlanProposed,
        Milestone::Offered,
        Milestone::CustomerAgreed,
        Milestone::Executed,
        Milestone::CustomerConfirmed,
        Milestone::Closed,
        Milestone::Reopened,
        Milestone::Withdrawn,
    ]);
    prop_oneof![
        6 => milestone.prop_map(Fact::Reached),
        1 => Just(Fact::Held("waiting_for_customer")),
        1 => Just(Fact::Resumed),
        1 => Just(Fact::Acknowledged),
        1 => (0_u64..2_000_000).prop_map(Fact::Proposed),
        1 => Just(Fact::Asked(CommandName::Close)),
        1 => prop::sample::select(vec!["urgent", "normal", "low"]).prop_map(|urgency| {
            Fact::CorrectedTo { category: None, urgency: Some(urgency), severity: None }
        }),
    ]
}

/// Lives of up to six cases, mixed, in the order of time.
fn history() -> impl Strategy<Value = common::History> {
    let later = prop::collection::vec((1_i64..20_000, later_fact()), 0..12);
    let life = (0_i64..50_000, any::<bool>(), later);
    prop::collection::vec(life, 1..6).prop_map(|lives| {
        let origin = ts("2026-04-20T00:00:00");
        let mut history = Vec::new();
        for (number, (start, quality, later)) in (1_u8..).zip(lives) {
            let at = |minutes: i64| origin + SignedDuration::from_mins(minutes);
            let text = if quality { QUALITY } else { LOGISTICS };
            history.push((number, at(start), Fact::Registered(text)));
            history.push((number, at(start), Fact::Routed));
            for (minutes, fact) in later {
                history.push((number, at(start + minutes), fact));
            }
        }
        history.sort_by_key(|(_, at, _)| *at);
        history
    })
}

fn candidate() -> &'static Pair<Side> {
    static SIDES: std::sync::OnceLock<Pair<Side>> = std::sync::OnceLock::new();
    SIDES.get_or_init(|| {
        let result = "urgency = [\"urgent\", \"normal\"]\nwithin = \"48h\"";
        against(changed(
            "deadlines.toml",
            result,
            &result.replace("48h", "20h"),
        ))
    })
}

fn window() -> Window {
    Window {
        since: Timestamp::UNIX_EPOCH,
        until: ts("2026-07-01T00:00:00"),
    }
}

fn shadowed(sides: &Pair<Side>, history: &common::History) -> Report {
    let mut shadow = Shadow::new(sides, window().since, 100);
    let mut texts = BTreeMap::new();
    for fact in history {
        shadow.tick(fact.1 - SignedDuration::from_nanos(1));
        tell(sides, fact, &mut texts, &mut |id, happening| {
            shadow.tell(id, happening);
        });
    }
    shadow.tick(window().until);
    shadow.report(window().until)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_policy_twice_never_differs(history in history()) {
        let sides = against(shipped());
        let (report, differences) = replayed(&sides, window(), &history);
        prop_assert!(!report.has_differences());
        prop_assert!(differences.is_empty());
        prop_assert_eq!(report.recorded.routings.differ, 0);
    }

    #[test]
    fn parts_add_up_to_the_whole(history in history(), split in 1_u8..6) {
        let (whole, _) = replayed(candidate(), window(), &history);
        let (one, other): (Vec<_>, Vec<_>) =
            history.into_iter().partition(|(number, ..)| *number < split);
        let (mut sum, _) = replayed(candidate(), window(), &other);
        sum.merge(replayed(candidate(), window(), &one).0);
        prop_assert_eq!(sum, whole);
    }

    #[test]
    fn a_shadow_comes_to_the_same_totals_as_a_replay(history in history()) {
        let (replayed, _) = replayed(candidate(), window(), &history);
        prop_assert_eq!(shadowed(candidate(), &history), replayed);
    }

    #[test]
    fn less_time_never_makes_a_late_clock_on_time(history in history()) {
        let (report, _) = replayed(candidate(), window(), &history);
        if let Some(result) = report.clocks.get("result") {
            prop_assert!(result.candidate.late >= result.today.late);
        }
        prop_assert_eq!(report.total().late.less, 0);
    }

    #[test]
    fn every_clock_has_one_verdict(history in history()) {
        let (report, _) = replayed(candidate(), window(), &history);
        for counts in [report.total().counts.today, report.total().counts.candidate] {
            let verdicts = counts.on_time + counts.late + counts.open + counts.cancelled;
            prop_assert_eq!(counts.clocks, verdicts);
        }
    }
}
