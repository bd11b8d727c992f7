//! What holds for every calendar, start and span.

mod common;

use std::sync::LazyLock;

use common::random::any_spec;
use common::{SHANGHAI, around_the_clock, calendar};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_calendar::{Calendar, Counting, Span, Unit};

const NIGHT_SHIFT: &str = r#"
zone = "America/New_York"
from = "2026-01-01"
to = "2026-12-31"
[week]
monday = ["22:00-24:00"]
tuesday = ["00:00-06:00"]
saturday = ["22:00-24:00"]
sunday = ["00:00-01:30", "01:30-02:30", "02:30-06:00"]
"#;

static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
    let lord_howe = around_the_clock("Australia/Lord_Howe");
    [SHANGHAI, NIGHT_SHIFT, &lord_howe].map(calendar).to_vec()
});

/// An instant in the first ten months of 2026.
fn start() -> impl Strategy<Value = Timestamp> {
    (
        1_767_300_000_i64..1_793_000_000,
        prop_oneof![Just(0), 0..1_000_000_000],
    )
        .prop_map(|(second, nanos)| Timestamp::new(second, nanos).expect("an instant of 2026"))
}

/// One of the calendars with a hard side, or any other.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    prop_oneof![
        (0..CALENDARS.len()).prop_map(|index| CALENDARS[index].clone()),
        any_spec().prop_map(|spec| Calendar::try_from(spec).expect("a random calendar")),
    ]
}

fn counting() -> impl Strategy<Value = Counting> {
    prop_oneof![
        Just(Counting::SameTime),
        Just(Counting::FirstDayCounts),
        Just(Counting::FromNextDay),
        Just(Counting::FromNextDayRolling)
    ]
}

fn unit() -> impl Strategy<Value = (Unit, u64)> {
    prop_oneof![
        (Just(Unit::Wall), 0..1_000_000_u64),
        (Just(Unit::WorkingTime), 0..200_000_u64),
        (Just(Unit::WorkingDays), 0..12_u64),
        (Just(Unit::CalendarDays), 0..40_u64),
    ]
}

proptest! {
    #[test]
    fn exactly_the_working_time_asked_for_has_elapsed_when_it_is_due(
        calendar in any_calendar(), start in start(), amount in 0..200_000_u64,
    ) {
        let due = calendar.due(start, Span::working_secs(amount), Counting::SameTime).unwrap();
        let elapsed = calendar.elapsed(start, due).unwrap();
        prop_assert_eq!(elapsed, SignedDuration::from_secs(amount as i64));
    }

    #[test]
    fn working_time_is_due_no_later_than_it_must(
        calendar in any_calendar(), start in start(), amount in 1..200_000_u64,
    ) {
        let due = calendar.due(start, Span::working_secs(amount), Counting::SameTime).unwrap();
        let before = due - SignedDuration::from_nanos(1);
        let elapsed = calendar.elapsed(start, before).unwrap();
        prop_assert!(elapsed < SignedDuration::from_secs(amount as i64));
    }

    #[test]
    fn working_time_in_two_parts_is_due_when_the_whole_is(
        calendar in any_calendar(), start in start(), a in 0..100_000_u64, b in 0..100_000_u64,
    ) {
        let due = |start, amount| {
            calendar.due(start, Span::working_secs(amount), Counting::SameTime).unwrap()
        };
        prop_assert_eq!(due(due(start, a), b), due(start, a + b));
    }

    #[test]
    fn elapsed_working_time_adds_up(
        calendar in any_calendar(), a in start(), b in start(), c in start(),
    ) {
        let elapsed = |from, to| calendar.elapsed(from, to).unwrap();
        prop_assert_eq!(elapsed(a, b) + elapsed(b, c), elapsed(a, c));
        prop_assert!(elapsed(a, b).abs() <= b.duration_since(a).abs());
    }

    #[test]
    fn a_later_start_is_never_due_earlier(
        calendar in any_calendar(), a in start(), b in start(), (unit, amount) in unit(),
        counting in counting(),
    ) {
        let due = |start| calendar.due(start, Span { amount, unit }, counting).unwrap();
        prop_assert!(due(a.min(b)) <= due(a.max(b)));
    }

    #[test]
    fn a_longer_span_is_never_due_earlier(
        calendar in any_calendar(), start in start(), (unit, amount) in unit(),
        counting in counting(),
    ) {
        let due = |amount| calendar.due(start, Span { amount, unit }, counting).unwrap();
        prop_assert!(start <= due(amount));
        prop_assert!(due(amount) <= due(amount + 1));
    }

    #[test]
    fn working_days_end_in_working_time(
        calendar in any_calendar(), start in start(), days in 1..12_u64, counting in counting(),
    ) {
        let due = calendar.due(start, Span::working_days(days), counting).unwrap();
        let before = due - SignedDuration::from_nanos(1);
        prop_assert!(calendar.is_working(due) || calendar.is_working(before));
    }

    #[test]
    fn exactly_the_time_asked_for_is_left_when_a_warning_is_due(
        calendar in any_calendar(), end in start(), amount in 0..3_600_u64,
    ) {
        let span = Span::working_secs(amount);
        let Ok(warn) = calendar.before(end, span, Counting::SameTime) else { return Ok(()) };
        prop_assert_eq!(
            calendar.elapsed(warn, end).unwrap(),
            SignedDuration::from_secs(amount as i64)
        );
    }

    #[test]
    fn a_span_backwards_is_never_later_and_longer_ones_begin_earlier(
        calendar in any_calendar(), a in start(), b in start(), (unit, amount) in unit(),
        counting in counting(),
    ) {
        let before = |end, amount| calendar.before(end, Span { amount, unit }, counting);
        let (Ok(early), Ok(late)) = (before(a.min(b), amount), before(a.max(b), amount)) else {
            return Ok(());
        };
        prop_assert!(early <= late && early <= a.min(b));
        if let Ok(longer) = before(a.max(b), amount + 1) {
            prop_assert!(longer <= late);
        }
    }

    #[test]
    fn as_many_working_days_lie_between_as_were_asked_for(
        calendar in any_calendar(), start in start(), days in 1..12_i64,
    ) {
        let start = calendar.opening_from(start).unwrap();
        let today = calendar.date_of(start);
        let span = Span::working_days(days as u64);
        let day = calendar.day(calendar.working_day(today, days).unwrap()).unwrap();
        let (opening, closing) = (day.open[0].from, day.open[day.open.len() - 1].to);
        prop_assert_eq!(calendar.working_days_between(start, opening).unwrap(), days);
        prop_assert_eq!(calendar.working_days_between(opening, start).unwrap(), -days);
        prop_assert_eq!(calendar.due(start, span, Counting::FromNextDay).unwrap(), closing);
        let due = calendar.due(start, span, Counting::SameTime).unwrap();
        prop_assert!((opening..=closing).contains(&due));
        let Ok(first) = calendar.working_day(today, -days) else { return Ok(()) };
        let day = calendar.day(first).unwrap();
        let (opening, closing) = (day.open[0].from, day.open[day.open.len() - 1].to);
        prop_assert_eq!(calendar.before(start, span, Counting::FromNextDay).unwrap(), opening);
        let begin = calendar.before(start, span, Counting::SameTime).unwrap();
        prop_assert!((opening..=closing).contains(&begin));
    }

    #[test]
    fn steps_over_working_days_lead_back(
        calendar in any_calendar(), start in start(), steps in 1..12_i64,
    ) {
        let date = calendar.date_of(start);
        let there = calendar.working_day(date, steps).unwrap();
        prop_assert!(calendar.is_working_day(there) && there > date);
        if calendar.is_working_day(date) {
            prop_assert_eq!(calendar.working_day(there, -steps).unwrap(), date);
        }
    }

    #[test]
    fn spans_add_up_to_what_has_elapsed(
        calendar in any_calendar(), a in start(), b in start(),
    ) {
        let (from, to) = (a.min(b), a.max(b));
        let sum = calendar.spans(from, to).map(|span| span.to.duration_since(span.from));
        let sum = sum.fold(SignedDuration::ZERO, |sum, span| sum + span);
        prop_assert_eq!(sum, calendar.elapsed(from, to).unwrap());
    }

    #[test]
    fn working_time_is_where_the_rolls_stand_still(
        calendar in any_calendar(), at in start(),
    ) {
        let opening = calendar.opening_from(at).unwrap();
        prop_assert_eq!(opening == at, calendar.is_working(at));
        prop_assert!(calendar.is_working(opening));
        prop_assert_eq!(calendar.elapsed(at, opening).unwrap(), SignedDuration::ZERO);
        if let Ok(closing) = calendar.closing_until(at) {
            prop_assert!(calendar.is_working(closing - SignedDuration::from_nanos(1)));
            prop_assert_eq!(calendar.elapsed(closing, at).unwrap(), SignedDuration::ZERO);
        }
    }

    #[test]
    fn a_pause_keeps_the_working_time_that_was_left(
        calendar in any_calendar(), a in start(), pause in 1..2_000_000_i64, amount in 1..90_000_u64,
    ) {
        let due = calendar.due(a, Span::working_secs(amount), Counting::SameTime).unwrap();
        let resumed = a + SignedDuration::from_secs(pause);
        let moved = calendar.postpone(due, a, resumed, Unit::WorkingTime).unwrap();
        prop_assert_eq!(calendar.elapsed(a, due), calendar.elapsed(resumed, moved));
    }

    #[test]
    fn a_pause_moves_the_end_of_a_day_at_midnight_to_the_end_of_a_later_day(
        calendar in any_calendar(), a in start(), days in 1..12_u64, pause in 1..2_000_000_i64,
    ) {
        let due = |days| calendar.due(a, Span::working_days(days), Counting::FromNextDay).unwrap();
        let end = due(days);
        let last = end - SignedDuration::from_nanos(1);
        let resumed = a + SignedDuration::from_secs(pause);
        let moved = calendar.postpone(end, a, resumed, Unit::WorkingDays).unwrap();
        let taken = calendar.working_days_between(a, resumed).unwrap();
        let passed = calendar.working_days_between(last, moved - SignedDuration::from_nanos(1));
        prop_assert_eq!(passed.unwrap(), taken);
        if calendar.date_of(last) < calendar.date_of(end) {
            prop_assert_eq!(moved, due(days + taken.unsigned_abs()));
        }
    }
}
