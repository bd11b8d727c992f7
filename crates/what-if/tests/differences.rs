//! What a candidate changes is found, all of it, and counted where it belongs.

mod common;

use common::{
    Fact, LOGISTICS, QUALITY, against, case, changed, edited, of_department, replayed, shipped,
    until,
};
use redress_policy::{CommandName, Milestone, Need};
use redress_what_if::{
    Axis, Delta, Difference, ExampleKind, FiredPoint, Move, Pair, Report, Which,
};

const NORMAL_START: &str = "urgency = [\"normal\"]\nwithin = \"24h\"";

fn counts_of(report: &Report, clock: &str) -> [u64; 2] {
    report
        .clocks
        .get(clock)
        .map_or([0, 0], |counts| counts.map(|it| it.late).into_array())
}

/// Cases accepted after 1, 10, 20 and 30 hours.
fn four_cases() -> common::History {
    [1, 10, 20, 30]
        .iter()
        .zip(1..)
        .flat_map(|(hours, number)| {
            let accepted = (hours * 60, Fact::Reached(Milestone::Accepted));
            case(number, "2026-05-06T02:00:00", LOGISTICS, &[accepted])
        })
        .collect()
}

#[test]
fn the_same_policy_twice_makes_no_difference() {
    let sides = against(shipped());
    let (report, differences) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    assert_eq!(report.cases, 4);
    assert!(!report.has_differences());
    assert_eq!(differences, []);
    assert!(report.total().counts.today.clocks >= 8, "clocks did run");
    assert!(report.total().counts.today.breached > 0, "and some late");
}

#[test]
fn a_deadline_for_key_customers_is_missed_by_theirs_alone() {
    let of_vip = "tier = [\"vip\"]\nurgency = [\"normal\"]\nwithin = \"30m\"\n\n[[clock.target]]\n";
    let sides = against(changed(
        "deadlines.toml",
        NORMAL_START,
        &format!("{of_vip}{NORMAL_START}"),
    ));
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    let newly: Vec<_> = report
        .examples()
        .filter(|example| example.kind == ExampleKind::NewlyLate)
        .map(|example| &*example.number)
        .collect();
    assert_eq!(newly, ["CF1"], "the only one of a key customer");
}

#[test]
fn a_candidate_that_shares_the_look_at_texts_is_told_the_same_of_as_one_that_does_not() {
    let shorter = NORMAL_START.replace("24h", "8h");
    let beside = changed("deadlines.toml", NORMAL_START, &shorter);
    let alone = common::alone("deadlines.toml", NORMAL_START, &shorter);
    assert_eq!(beside.policy().version(), alone.policy().version());
    let of = |side| replayed(&against(side), until("2026-06-01T00:00:00"), &four_cases());
    assert_eq!(of(beside), of(alone));
}

#[test]
fn a_shorter_deadline_is_missed_by_exactly_the_cases_that_took_longer() {
    let shorter = NORMAL_START.replace("24h", "8h");
    let sides = against(changed("deadlines.toml", NORMAL_START, &shorter));
    let (report, differences) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    assert_eq!(counts_of(&report, "start"), [1, 3], "30 h; 10, 20 and 30 h");
    let late = of_department(&report, "logistics_ops").late;
    assert_eq!(late, Delta { more: 2, less: 0 });
    let newly: Vec<_> = report
        .examples()
        .filter(|example| example.kind == ExampleKind::NewlyLate)
        .map(|example| (&*example.number, example.about.as_str()))
        .collect();
    assert_eq!(newly, [("CF2", "start"), ("CF3", "start")]);
    let ends_alone = differences.iter().filter(|it| {
        matches!(it, Difference::Fired { which: Which::Candidate, fired }
            if fired.point == FiredPoint::Breached)
    });
    assert_eq!(
        ends_alone.count(),
        3,
        "the third is late under both, earlier"
    );
}

#[test]
fn a_longer_deadline_is_kept_by_those_who_missed_it() {
    let longer = NORMAL_START.replace("24h", "40h");
    let sides = against(changed("deadlines.toml", NORMAL_START, &longer));
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    assert_eq!(counts_of(&report, "start"), [1, 0]);
    let late = report.total().late;
    assert_eq!(late, Delta { more: 0, less: 1 });
}

#[test]
fn a_moved_category_is_routed_differently_and_counted_under_both_departments() {
    let moved = "id = \"logistics\"\nname = { zh = \"物流配送\", en = \"Logistics\" }\n\
                 department = \"customer_service\"\nsupporting = [\"product\"]";
    let here = "id = \"logistics\"\nname = { zh = \"物流配送\", en = \"Logistics\" }\n\
                department = \"logistics_ops\"\nsupporting = [\"customer_service\"]";
    let sides = against(changed("categories.toml", here, moved));
    let mut history = four_cases();
    history.extend(case(5, "2026-05-06T02:00:00", QUALITY, &[]));
    let (report, differences) = replayed(&sides, until("2026-05-06T03:00:00"), &history);
    let old = of_department(&report, "logistics_ops");
    let new = of_department(&report, "customer_service");
    assert_eq!(old.routed, Delta { more: 0, less: 4 });
    assert_eq!(new.routed, Delta { more: 4, less: 0 });
    assert_eq!(old.counts.map(|it| it.cases).into_array(), [4, 0]);
    assert_eq!(new.counts.map(|it| it.cases).into_array(), [0, 4]);
    assert_eq!(new.reclassified, 0, "it is about the same");
    let listed: Vec<_> = report.moves.iter().collect();
    let expected = Move {
        axis: Axis::Department,
        from: "logistics_ops".to_owned(),
        to: "customer_service".to_owned(),
    };
    assert_eq!(listed, [(&expected, &4)]);
    assert_eq!(differences.len(), 4, "each said when it was routed");
}

#[test]
fn an_earlier_warning_is_given_to_those_who_took_longer_than_it() {
    let start = "start = \"registered\"\nmet_by = [\"accepted\"]\nwarn_at = [0.5, 0.8]";
    let early = start.replace("[0.5, 0.8]", "[0.25, 0.5, 0.8]");
    let sides = against(changed("deadlines.toml", start, &early));
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    let warned = report.clocks["start"].map(|it| it.warnings).into_array();
    // At 6, 12 and 19.2 of 24 hours: cases of 10, 20 and 30 hours.
    assert_eq!(warned, [4, 7]);
    let clocks = report.total().warned;
    assert_eq!(clocks, Delta { more: 1, less: 0 }, "the one of 10 hours");
}

#[test]
fn a_step_that_comes_sooner_escalates_more() {
    let urge = "id = \"urge\"\nname = { zh = \"催办\", en = \"Urge\" }\nafter = \"2h\"";
    let later = urge.replace("2h", "12h");
    let sides = against(changed("deadlines.toml", urge, &later));
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &four_cases());
    let steps = report
        .steps
        .iter()
        .find(|((clock, step), _)| *clock == *"start" && *step == *"urge");
    let (_, counts) = steps.expect("the step was reached");
    assert_eq!(counts.into_array(), [1, 0], "6 hours late");
    assert_eq!(report.total().escalated, Delta { more: 0, less: 1 });
}

#[test]
fn a_lower_limit_asks_more_levels() {
    let sides = against(changed(
        "approvals.toml",
        "above = 50_000",
        "above = 10_000",
    ));
    let mut history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[(60, Fact::Proposed(20_000))],
    );
    history.extend(case(
        2,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[(60, Fact::Proposed(60_000))],
    ));
    let (report, differences) = replayed(&sides, until("2026-05-06T04:00:00"), &history);
    let cell = of_department(&report, "logistics_ops");
    assert_eq!(cell.counts.map(|it| it.plans).into_array(), [2, 2]);
    assert_eq!(cell.counts.map(|it| it.to_approve).into_array(), [1, 2]);
    assert_eq!(cell.approvals, Delta { more: 1, less: 0 });
    assert_eq!(report.approvals.len(), 1);
    let approval = |it: &Difference| matches!(it, Difference::Approval(_));
    assert_eq!(differences.iter().filter(|it| approval(it)).count(), 1);
}

#[test]
fn a_gate_that_asks_for_more_holds_commands_up() {
    let gate = "needs = [\"verification\", \"finding\", \"five_w_one_h\", \"responsibility\"]";
    let more = gate.replace("\"finding\"", "\"finding\", \"root_cause\"");
    let sides = against(changed("procedures.toml", gate, &more));
    let complete = Fact::Asked(CommandName::CompleteInvestigation);
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[
            (10, Fact::Reached(Milestone::Verified)),
            (20, Fact::There(Need::Finding)),
            (30, complete.clone()),
        ],
    );
    let (report, differences) = replayed(&sides, until("2026-05-07T00:00:00"), &history);
    let counts = |need: Need| {
        let key = (CommandName::CompleteInvestigation, need);
        report
            .held_up
            .get(&key)
            .map_or([0, 0], |it| it.into_array())
    };
    assert_eq!(counts(Need::RootCause), [0, 1]);
    assert_eq!(counts(Need::FiveWOneH), [1, 1], "missing for both");
    assert_eq!(counts(Need::Finding), [0, 0], "it is there");
    let held_up = |it: &Difference| matches!(it, Difference::HeldUp { .. });
    assert_eq!(differences.iter().filter(|it| held_up(it)).count(), 2);
}

#[test]
fn a_hold_stops_only_the_clocks_that_list_its_reason() {
    let pauses = "pauses = [\"waiting_for_customer\", \"outside_cooperation\", \"force_majeure\"]";
    let fewer = "pauses = [\"outside_cooperation\", \"force_majeure\"]";
    let sides = against(changed("deadlines.toml", pauses, fewer));
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[
            (60, Fact::Held("waiting_for_customer")),
            (60 * 49, Fact::Resumed),
            (60 * 50, Fact::Reached(Milestone::Closed)),
        ],
    );
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &history);
    assert_eq!(
        counts_of(&report, "result"),
        [0, 1],
        "48 hours, 48 of them on hold"
    );
}

#[test]
fn a_correction_that_the_candidate_makes_unnecessary_is_counted_as_spared() {
    let sides = against(edited("triage.toml", |text| {
        text.replacen(
            "[default]\ncategory = \"other\"",
            "[default]\ncategory = \"billing\"",
            1,
        )
    }));
    let corrected = Fact::CorrectedTo {
        category: Some("billing"),
        urgency: None,
        severity: None,
    };
    let history = case(1, "2026-05-06T02:00:00", "嗯", &[(5, corrected)]);
    let (report, _) = replayed(&sides, until("2026-05-07T00:00:00"), &history);
    let corrections = report.corrections;
    assert_eq!(corrections.made, 1);
    assert_eq!(corrections.spared_today, 0);
    assert_eq!(corrections.spared_by_candidate, 1);
}

#[test]
fn corrected_urgency_moves_the_ends_of_running_clocks_under_both() {
    let sides = against(shipped());
    let corrected = Fact::CorrectedTo {
        category: None,
        urgency: Some("urgent"),
        severity: None,
    };
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[
            (30, corrected),
            (60 * 3, Fact::Reached(Milestone::Accepted)),
        ],
    );
    let (report, differences) = replayed(&sides, until("2026-05-08T00:00:00"), &history);
    assert_eq!(
        counts_of(&report, "start"),
        [1, 1],
        "2 hours from the registration on"
    );
    assert_eq!(differences, []);
}

#[test]
fn second_processing_runs_its_clocks_anew() {
    let sides = against(shipped());
    let history = case(
        1,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &[
            (60, Fact::Reached(Milestone::Closed)),
            (120, Fact::Reached(Milestone::Reopened)),
            (60 * 80, Fact::Reached(Milestone::Closed)),
        ],
    );
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &history);
    let result = report.clocks["result"].today;
    assert_eq!([result.started, result.on_time, result.late], [2, 1, 1]);
}

#[test]
fn what_comes_at_the_last_instant_is_on_time() {
    let sides = against(shipped());
    let accepted = |minutes| vec![(minutes, Fact::Reached(Milestone::Accepted))];
    let mut history = case(1, "2026-05-06T02:00:00", LOGISTICS, &accepted(24 * 60));
    history.extend(case(
        2,
        "2026-05-06T02:00:00",
        LOGISTICS,
        &accepted(24 * 60 + 1),
    ));
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &history);
    assert_eq!(report.clocks["start"].today.on_time, 1);
    assert_eq!(report.clocks["start"].today.late, 1);
}

#[test]
fn figures_stand_in_the_week_of_the_registration_in_the_houses_zone() {
    let sides = Pair {
        today: shipped(),
        candidate: shipped(),
    };
    // Sunday evening in Greenwich is Monday in Shanghai.
    let history = case(1, "2026-05-03T20:00:00", LOGISTICS, &[]);
    let (report, _) = replayed(&sides, until("2026-06-01T00:00:00"), &history);
    let weeks: Vec<String> = report.by_week().keys().map(ToString::to_string).collect();
    assert_eq!(weeks, ["2026-W19"]);
}
