//! Days on which clocks change: working time is real time.

mod common;

use common::{around_the_clock, at, calendar};
use jiff::SignedDuration;
use redress_calendar::Counting::SameTime;
use redress_calendar::{Calendar, Span};

fn berlin(sunday: &str) -> Calendar {
    calendar(&format!(
        "zone = \"Europe/Berlin\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\n\
         sunday = {sunday}\nmonday = [\"09:00-17:00\"]\n"
    ))
}

fn worked_on(calendar: &Calendar, from: &str, to: &str) -> i64 {
    calendar
        .elapsed(at(calendar, from), at(calendar, to))
        .unwrap()
        .as_mins()
}

#[test]
fn a_day_around_the_clock_has_23_or_25_hours_when_clocks_change() {
    let calendar = calendar(&around_the_clock("Europe/Berlin"));
    assert_eq!(
        worked_on(&calendar, "2026-03-29T00:00", "2026-03-30T00:00"),
        23 * 60
    );
    assert_eq!(
        worked_on(&calendar, "2026-10-25T00:00", "2026-10-26T00:00"),
        25 * 60
    );
}

#[test]
fn a_span_that_ends_within_the_skipped_hour_ends_at_the_skip() {
    let calendar = berlin(r#"["01:00-02:30"]"#);
    assert_eq!(
        worked_on(&calendar, "2026-03-29T00:00", "2026-03-29T23:00"),
        60
    );
}

#[test]
fn a_span_within_the_skipped_hour_has_no_time() {
    let calendar = berlin(r#"["02:10-02:50"]"#);
    assert_eq!(
        worked_on(&calendar, "2026-03-29T00:00", "2026-03-29T23:00"),
        0
    );
    assert!(!calendar.is_working_day("2026-03-29".parse().unwrap()));
}

#[test]
fn spans_on_both_sides_of_the_repeated_hour_share_no_time() {
    let calendar = berlin(r#"["01:00-02:30", "02:30-04:00"]"#);
    assert_eq!(
        worked_on(&calendar, "2026-10-25T00:00", "2026-10-25T23:00"),
        4 * 60
    );
}

#[test]
fn a_span_until_the_repeated_hour_ends_when_the_clock_first_says_so() {
    for (hours, minutes) in [
        (r#"["00:00-02:00"]"#, 2 * 60),
        (r#"["00:00-02:00", "02:00-06:00"]"#, 7 * 60),
        (r#"["00:00-03:00"]"#, 4 * 60),
    ] {
        let calendar = berlin(hours);
        assert_eq!(
            worked_on(&calendar, "2026-10-25T00:00", "2026-10-25T23:00"),
            minutes,
            "{hours}"
        );
    }
}

#[test]
fn working_time_over_the_change_is_real_time() {
    let calendar = calendar(&around_the_clock("Europe/Berlin"));
    let start = at(&calendar, "2026-03-28T20:00");
    let due = calendar
        .due(start, Span::working_secs(24 * 3600), SameTime)
        .unwrap();
    assert_eq!(due, at(&calendar, "2026-03-29T21:00"));
    assert_eq!(due.duration_since(start), SignedDuration::from_hours(24));
}

#[test]
fn days_over_the_change_keep_the_clocks_reading() {
    let calendar = calendar(&around_the_clock("Europe/Berlin"));
    for span in [Span::working_days(1), Span::calendar_days(1)] {
        let due = calendar
            .due(at(&calendar, "2026-10-24T20:00"), span, SameTime)
            .unwrap();
        assert_eq!(due, at(&calendar, "2026-10-25T20:00"), "{span}");
    }
}

#[test]
fn a_time_of_day_that_is_skipped_falls_due_at_the_skip() {
    let calendar = calendar(&around_the_clock("Europe/Berlin"));
    for span in [Span::working_days(1), Span::calendar_days(1)] {
        let due = calendar
            .due(at(&calendar, "2026-03-28T02:30"), span, SameTime)
            .unwrap();
        assert_eq!(due, at(&calendar, "2026-03-29T03:00"), "{span}");
    }
}
