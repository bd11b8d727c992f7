//! What holds for every clock, pause and start.

mod common;

use std::sync::LazyLock;

use common::{facts, shipped_files};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_calendar::Unit;
use redress_policy::{Milestone, Moment, PauseId, Policy};
use redress_sla::explain::explain;
use redress_sla::{Clock, ClockSet};

/// Calendars with a hard side: make-up days, nights over the change of the clocks, no night at all.
const CALENDARS: &str = r#"
[[calendar]]
id = "nights"
zone = "America/New_York"
from = "2026-01-01"
to = "2027-12-31"
[calendar.week]
monday = ["22:00-24:00"]
tuesday = ["00:00-06:00"]
wednesday = ["00:00-01:30", "01:30-02:30", "22:00-24:00"]
saturday = ["22:00-24:00"]
sunday = ["00:00-01:30", "01:30-02:30", "02:30-06:00"]

[[calendar]]
id = "weekdays"
zone = "Australia/Lord_Howe"
from = "2026-01-01"
to = "2027-12-31"
[calendar.week]
monday = ["00:00-24:00"]
tuesday = ["00:00-24:00"]
wednesday = ["00:00-24:00"]
thursday = ["00:00-24:00"]
friday = ["00:00-24:00"]
"#;

/// A clock for every unit, way of counting, calendar, and a short and a long time.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let mut files = shipped_files();
    files
        .get_mut("calendars.toml")
        .expect("calendars")
        .push_str(CALENDARS);
    let mut text = common::CLOCKS.to_owned();
    for calendar in ["house", "nights", "weekdays"] {
        for (at, within) in ALLOWED.iter().enumerate() {
            let clocks = COUNTINGS.map(|counting| clock(calendar, at, within, counting));
            text.extend(clocks);
        }
    }
    files.insert("deadlines.toml".to_owned(), text);
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"))
});

const ALLOWED: [&str; 8] = [
    "1h",
    "50h",
    "30m working",
    "31h working",
    "1 working day",
    "9 working days",
    "1 calendar day",
    "20 calendar days",
];
const COUNTINGS: [&str; 4] = [
    "same_time",
    "first_day_counts",
    "from_next_day",
    "from_next_day_rolling",
];

fn clock(calendar: &str, at: usize, within: &str, counting: &str) -> String {
    format!(
        "\n[[clock]]\nid = \"{calendar}-{at}-{counting}\"\nname = {{ zh = \"钟\", en = \"Clock\" }}\n\
         start = \"routed\"\nmet_by = [\"closed\"]\npauses = [\"waiting_for_customer\"]\n\
         warn_at = [0.5]\ncalendar = \"{calendar}\"\ncounting = \"{counting}\"\n\
         [[clock.target]]\nwithin = \"{within}\"\n"
    )
}

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// From January to October 2026, often on the full minute or hour.
fn instant() -> impl Strategy<Value = Timestamp> {
    let second = 1_767_300_000_i64..1_793_000_000;
    prop_oneof![
        second.clone().prop_map(|s| (s, 0)),
        second.clone().prop_map(|s| (s - s % 1800, 0)),
        (second, 0..1_000_000_000_i32),
    ]
    .prop_map(|(second, nanos)| Timestamp::new(second, nanos).expect("an instant of 2026"))
}

/// After how long a pause begins, and how long it is.
fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let length = prop_oneof![1..MINUTE, MINUTE..DAY, DAY..20 * DAY];
    prop::collection::vec((0..6 * DAY, length), 0..4)
}

fn started(at: Timestamp) -> ClockSet {
    let rules = POLICY.clock_rules();
    ClockSet::begin(rules, &facts("normal"), [(Milestone::Routed.into(), at)]).0
}

fn routed(set: &ClockSet) -> impl Iterator<Item = &Clock> {
    set.clocks()
        .iter()
        .filter(|clock| clock.id.as_str().contains('-'))
}

/// How much lies between two ends, in a clock's own unit: seconds or days.
fn between(clock: &Clock, from: Timestamp, to: Timestamp) -> i128 {
    let rules = POLICY.clock_rules();
    let calendar = rules
        .calendar(&clock.allowance.calendar)
        .expect("a calendar");
    // An end at midnight is of the day before.
    let of = |at: Timestamp| {
        at.checked_sub(SignedDuration::from_nanos(1))
            .expect("an instant")
    };
    match clock.allowance.span.unit {
        Unit::Wall => to.duration_since(from).as_nanos(),
        Unit::WorkingTime => calendar.elapsed(from, to).expect("inside").as_nanos(),
        Unit::WorkingDays => calendar
            .working_days_between(of(from), of(to))
            .expect("inside")
            .into(),
        Unit::CalendarDays => (calendar.date_of(of(to)) - calendar.date_of(of(from)))
            .get_days()
            .into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_pause_moves_the_end_by_exactly_its_length_in_the_clocks_unit(
        at in instant(), after in 0..6 * DAY, length in prop_oneof![1..DAY, DAY..30 * DAY],
    ) {
        let (rules, facts) = (POLICY.clock_rules(), facts("normal"));
        let before = started(at);
        let mut set = before.clone();
        let since = at + SignedDuration::from_secs(after);
        let until = since + SignedDuration::from_secs(length);
        set.hold(rules, &PauseId::new("waiting_for_customer"), since);
        set.resume(rules, &facts, until);
        for clock in routed(&set) {
            let due = before.get(&clock.id).expect("the same clock").due_at;
            if since >= due {
                prop_assert_eq!(clock.due_at, due, "what is late stays late");
                continue;
            }
            let rolling = clock.id.as_str().ends_with("rolling");
            let days = matches!(clock.allowance.span.unit, Unit::WorkingDays | Unit::CalendarDays);
            if days && (rolling || clock.id.as_str().ends_with("same_time")) {
                // The time of day may not be worked there, or the end roll on: never earlier.
                prop_assert!(clock.due_at >= due);
                continue;
            }
            let expected = if days {
                let calendar = rules.calendar(&clock.allowance.calendar).expect("a calendar");
                match clock.allowance.span.unit {
                    Unit::WorkingDays => {
                        i128::from(calendar.working_days_between(since, until).expect("inside"))
                    }
                    _ => (calendar.date_of(until) - calendar.date_of(since)).get_days().into(),
                }
            } else {
                between(clock, since, until)
            };
            prop_assert_eq!(between(clock, due, clock.due_at), expected, "{}", clock.id);
        }
    }

    #[test]
    fn what_is_explained_sums_up_to_what_is_allowed(at in instant(), pauses in pauses()) {
        let (rules, facts) = (POLICY.clock_rules(), facts("normal"));
        let mut set = started(at);
        let mut now = at;
        for (after, length) in pauses {
            now += SignedDuration::from_secs(after);
            set.hold(rules, &PauseId::new("waiting_for_customer"), now);
            now += SignedDuration::from_secs(length);
            set.resume(rules, &facts, now);
        }
        for clock in routed(&set) {
            let explained = explain(rules, clock).expect("rows");
            prop_assert_eq!(
                explained.counted, clock.allowance.span.amount, "{} {:#?}", clock.id, explained
            );
            let ends = explained.rows.last().and_then(|row| row.to);
            prop_assert_eq!(ends, Some(clock.due_at), "{} {:#?}", clock.id, explained);
            let rows = &explained.rows;
            prop_assert!(rows.is_sorted_by_key(|row| row.from), "{:#?}", rows);
        }
    }

    #[test]
    fn the_order_of_two_extensions_and_a_pause_does_not_matter_around_the_clock(
        at in instant(), after in 0..3600_i64, length in 1..DAY,
    ) {
        let (rules, facts) = (POLICY.clock_rules(), facts("normal"));
        let since = at + SignedDuration::from_secs(after);
        let until = since + SignedDuration::from_secs(length);
        let (one, two) = ("2h".parse().unwrap(), "5h".parse().unwrap());
        let mut first = started(at);
        first.extend(rules, &facts, None, one, at);
        first.extend(rules, &facts, None, two, at);
        first.hold(rules, &PauseId::new("waiting_for_customer"), since);
        first.resume(rules, &facts, until);
        let mut second = started(at);
        second.extend(rules, &facts, None, two, at);
        second.hold(rules, &PauseId::new("waiting_for_customer"), since);
        second.extend(rules, &facts, None, one, since);
        second.resume(rules, &facts, until);
        for clock in routed(&first).filter(|clock| clock.allowance.span.unit == Unit::Wall) {
            prop_assert_eq!(clock.due_at, second.get(&clock.id).expect("the same").due_at);
        }
    }

    #[test]
    fn no_point_is_before_the_start_and_no_warning_after_the_end(at in instant(), pauses in pauses()) {
        let (rules, facts) = (POLICY.clock_rules(), facts("normal"));
        let mut set = started(at);
        let mut now = at;
        for (after, length) in pauses {
            now += SignedDuration::from_secs(after);
            set.hold(rules, &PauseId::new("waiting_for_customer"), now);
            now += SignedDuration::from_secs(length);
            set.resume(rules, &facts, now);
        }
        set.reach(rules, &facts, &Moment::from(Milestone::Verified), now);
        for clock in set.clocks() {
            prop_assert!(clock.warn_at.iter().all(|w| clock.started_at < *w && *w < clock.due_at));
            prop_assert!(clock.steps.iter().all(|step| clock.started_at < step.at));
            prop_assert!(clock.steps.is_sorted_by_key(|step| step.at));
        }
    }
}
