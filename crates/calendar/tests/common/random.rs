//! Random calendars.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use redress_calendar::{CalendarSpec, HalfDay, Holiday, Hours, MakeUpDay, Period, Week};

/// Zones with every sort of clock change: none, in the night, by half an hour, at midnight.
const ZONES: [&str; 8] = [
    "UTC",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
];

/// Opening and closing hours. Those between midnight and four are left out: what a span means that
/// begins or ends within a repeated hour is told in tests of its own.
const CUTS: [u32; 10] = [0, 4, 7, 9, 12, 13, 17, 18, 22, 24];

/// The first day of random calendars.
pub(crate) const FIRST: Date = date(2026, 1, 1);
/// The last day of random calendars.
pub(crate) const LAST: Date = date(2028, 6, 30);

/// Up to three spans of a day.
fn spans(least: usize) -> impl Strategy<Value = Vec<Hours>> {
    subsequence(CUTS.to_vec(), least * 2..=6).prop_map(|cuts| {
        let pairs = cuts.chunks_exact(2);
        let hours = |pair: &[u32]| Hours::from_seconds(pair[0] * 3600, pair[1] * 3600);
        pairs
            .map(|pair| hours(pair).expect("cuts are in order"))
            .collect()
    })
}

fn any_week() -> impl Strategy<Value = Week> {
    (
        spans(1),
        spans(0),
        spans(0),
        spans(1),
        spans(0),
        spans(0),
        spans(0),
    )
        .prop_map(
            |(monday, tuesday, wednesday, thursday, friday, saturday, sunday)| Week {
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
            },
        )
}

/// Days of the first year, no two the same.
fn some_days(most: usize) -> impl Strategy<Value = Vec<Date>> {
    prop::collection::btree_set(0..400_i32, 0..=most).prop_map(|days: BTreeSet<i32>| {
        let day = |n: i32| FIRST.checked_add(jiff::Span::new().days(n)).expect("a day");
        days.into_iter().map(day).collect()
    })
}

/// Any calendar over two and a half years, with every sort of special day and a period.
pub(crate) fn any_spec() -> impl Strategy<Value = CalendarSpec> {
    let period = prop::option::of((0..300_i32, 1..90_i32, any_week()));
    (
        select(&ZONES[..]),
        any_week(),
        some_days(60),
        spans(1),
        period,
    )
        .prop_map(|(zone, week, days, hours, period)| {
            let mut spec = CalendarSpec {
                name: None,
                version: None,
                zone: zone.to_owned(),
                from: FIRST,
                to: LAST,
                week,
                periods: Vec::new(),
                holidays: Vec::new(),
                make_up_days: Vec::new(),
                half_days: Vec::new(),
            };
            for (at, date) in days.into_iter().enumerate() {
                match at % 3 {
                    0 => spec.holidays.push(Holiday {
                        date: Some(date),
                        ..Holiday::default()
                    }),
                    1 => spec.make_up_days.push(MakeUpDay {
                        date,
                        spans: (at % 2 == 0).then(|| hours.clone()),
                        name: None,
                    }),
                    _ => spec.half_days.push(HalfDay {
                        date,
                        spans: hours.clone(),
                        name: None,
                    }),
                }
            }
            if let Some((from, length, week)) = period {
                let day = |n: i32| FIRST.checked_add(jiff::Span::new().days(n)).expect("a day");
                let (from, to) = (day(from), day(from + length));
                spec.periods.push(Period {
                    from,
                    to,
                    name: None,
                    week,
                });
            }
            spec
        })
}
