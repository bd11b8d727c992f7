//! When a deadline falls.

mod common;

use common::{SHANGHAI, around_the_clock, at, calendar};
use redress_calendar::Counting::{FirstDayCounts, FromNextDay, FromNextDayRolling, SameTime};
use redress_calendar::{CalendarError, Counting, Span, Unit};

fn shanghai_due(start: &str, span: &str, counting: Counting) -> String {
    let calendar = calendar(SHANGHAI);
    let due = calendar
        .due(at(&calendar, start), span.parse().unwrap(), counting)
        .unwrap();
    calendar
        .zone()
        .to_datetime(due)
        .strftime("%m-%d %H:%M")
        .to_string()
}

#[test]
fn wall_time_runs_through_the_night() {
    assert_eq!(
        shanghai_due("2026-09-30T17:00", "4h", SameTime),
        "09-30 21:00"
    );
}

#[test]
fn working_time_skips_lunch_nights_and_weekends() {
    assert_eq!(
        shanghai_due("2026-09-25T11:00", "2h working", SameTime),
        "09-25 14:30"
    );
    assert_eq!(
        shanghai_due("2026-09-25T17:00", "2h working", SameTime),
        "09-28 10:00"
    );
}

#[test]
fn working_time_full_at_closing_stays_at_closing() {
    assert_eq!(
        shanghai_due("2026-09-28T17:00", "1h working", SameTime),
        "09-28 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T11:00", "1h working", SameTime),
        "09-28 12:00"
    );
}

#[test]
fn working_time_counts_the_make_up_saturday_and_no_holiday() {
    assert_eq!(
        shanghai_due("2026-09-30T17:00", "2h working", SameTime),
        "10-08 10:00"
    );
    assert_eq!(
        shanghai_due("2026-10-09T17:00", "2h working", SameTime),
        "10-10 10:00"
    );
}

#[test]
fn working_days_end_at_the_same_time_of_day() {
    assert_eq!(
        shanghai_due("2026-09-28T10:15", "3 working days", SameTime),
        "10-08 10:15"
    );
    assert_eq!(
        shanghai_due("2026-10-08T10:15", "3 working days", SameTime),
        "10-12 10:15"
    );
}

#[test]
fn a_start_outside_of_working_time_begins_at_the_next_opening() {
    assert_eq!(
        shanghai_due("2026-09-26T10:00", "1 working day", SameTime),
        "09-29 09:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T12:30", "1 working day", SameTime),
        "09-29 13:30"
    );
    assert_eq!(
        shanghai_due("2026-09-28T18:00:01", "1 working day", SameTime),
        "09-30 09:00"
    );
}

#[test]
fn a_start_at_closing_time_is_still_of_that_day() {
    assert_eq!(
        shanghai_due("2026-09-25T18:00", "1 working day", SameTime),
        "09-28 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T12:00", "1 working day", SameTime),
        "09-29 12:00"
    );
}

#[test]
fn the_end_is_moved_back_into_a_half_day() {
    assert_eq!(
        shanghai_due("2026-12-23T16:00", "1 working day", SameTime),
        "12-24 12:00"
    );
}

#[test]
fn working_days_from_the_next_day_end_when_the_last_one_closes() {
    assert_eq!(
        shanghai_due("2026-09-28T10:15", "1 working day", FromNextDay),
        "09-29 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T23:15", "1 working day", FromNextDay),
        "09-29 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-26T10:15", "1 working day", FromNextDay),
        "09-28 18:00"
    );
    assert_eq!(
        shanghai_due("2026-12-23T10:15", "1 working day", FromNextDay),
        "12-24 12:00"
    );
}

#[test]
fn the_first_day_counts_while_it_is_open() {
    assert_eq!(
        shanghai_due("2026-09-28T10:15", "1 working day", FirstDayCounts),
        "09-28 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T19:00", "1 working day", FirstDayCounts),
        "09-29 18:00"
    );
    assert_eq!(
        shanghai_due("2026-09-28T10:15", "2 working days", FirstDayCounts),
        "09-29 18:00"
    );
}

#[test]
fn calendar_days_count_every_day() {
    assert_eq!(
        shanghai_due("2026-09-30T20:00", "15 calendar days", SameTime),
        "10-15 20:00"
    );
    assert_eq!(
        shanghai_due("2026-09-30T20:00", "15 calendar days", FromNextDay),
        "10-16 00:00"
    );
    assert_eq!(
        shanghai_due("2026-09-30T20:00", "1 calendar day", FirstDayCounts),
        "10-01 00:00"
    );
}

#[test]
fn calendar_days_that_end_on_a_day_off_may_roll_to_the_next_working_day() {
    let due = |start, span| shanghai_due(start, span, FromNextDayRolling);
    // Day 15 is Friday 16 October 2026.
    assert_eq!(due("2026-10-01T10:00", "15 calendar days"), "10-17 00:00");
    // Day 3 is Saturday 26 September, so Monday 28 is the last.
    assert_eq!(due("2026-09-23T10:00", "3 calendar days"), "09-29 00:00");
    // Day 3 is in the October holidays, which end with the 7th.
    assert_eq!(due("2026-09-30T10:00", "3 calendar days"), "10-09 00:00");
    assert_eq!(
        due("2026-09-28T10:15", "1 working day"),
        shanghai_due("2026-09-28T10:15", "1 working day", FromNextDay)
    );
}

#[test]
fn an_answer_past_the_last_day_names_that_day() {
    let calendar = calendar(SHANGHAI);
    let start = at(&calendar, "2026-12-31T17:00");
    let spans = [
        Span::working_secs(3601),
        Span::working_days(1),
        Span::working_secs(u64::MAX),
    ];
    for span in spans.into_iter().chain([Span::working_days(u64::MAX)]) {
        for counting in [SameTime, FromNextDay] {
            let refused = calendar.due(start, span, counting).unwrap_err();
            let CalendarError::PastEnd { last } = refused else {
                panic!("{refused}")
            };
            assert_eq!(last.to_string(), "2026-12-31");
        }
    }
    assert!(
        calendar
            .due(start, Span::working_secs(3600), SameTime)
            .is_ok()
    );
    assert!(
        calendar
            .due(start, Span::calendar_days(30), SameTime)
            .is_ok()
    );
}

#[test]
fn a_start_before_the_first_day_is_refused() {
    let calendar = calendar(SHANGHAI);
    let start = at(&calendar, "2025-12-31T23:59");
    let refused = calendar
        .due(start, Span::working_secs(1), SameTime)
        .unwrap_err();
    assert!(matches!(refused, CalendarError::BeforeBeginning { .. }));
}

#[test]
fn spans_beyond_all_time_are_refused() {
    let calendar = calendar(SHANGHAI);
    let start = at(&calendar, "2026-09-30T20:00");
    for span in [Span::wall_secs(u64::MAX), Span::calendar_days(u64::MAX)] {
        let refused = calendar.due(start, span, FromNextDay).unwrap_err();
        assert_eq!(refused, CalendarError::SpanTooLong { span });
    }
}

#[test]
fn a_calendar_open_around_the_clock_keeps_the_time_of_day() {
    let calendar = calendar(&around_the_clock("Asia/Shanghai"));
    let due = |start: &str| {
        let due = calendar
            .due(at(&calendar, start), Span::working_days(1), SameTime)
            .unwrap();
        calendar.zone().to_datetime(due).to_string()
    };
    assert_eq!(due("2026-05-01T00:00"), "2026-05-02T00:00:00");
    assert_eq!(due("2026-05-01T23:59:59"), "2026-05-02T23:59:59");
}

#[test]
fn a_pause_moves_a_deadline_in_its_own_unit() {
    let calendar = calendar(SHANGHAI);
    let moved = |due: &str, unit| {
        // From Friday 17:00 to Monday 10:00: 65 real hours, two working hours, one working day.
        let (from, to) = (
            at(&calendar, "2026-09-25T17:00"),
            at(&calendar, "2026-09-28T10:00"),
        );
        let due = calendar
            .postpone(at(&calendar, due), from, to, unit)
            .unwrap();
        calendar
            .zone()
            .to_datetime(due)
            .strftime("%m-%d %H:%M")
            .to_string()
    };
    assert_eq!(moved("2026-09-25T18:30", Unit::Wall), "09-28 11:30");
    assert_eq!(moved("2026-09-28T10:00", Unit::WorkingTime), "09-28 12:00");
    assert_eq!(moved("2026-09-29T16:00", Unit::WorkingDays), "09-30 16:00");
    assert_eq!(moved("2026-09-29T16:00", Unit::CalendarDays), "10-02 16:00");
}

#[test]
fn a_pause_moves_an_end_at_midnight_before_a_day_off_to_the_end_of_a_working_day() {
    let weekdays = "zone = \"Asia/Shanghai\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\n";
    let hours = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let hours = hours.map(|day| format!("{day} = [\"08:00-24:00\"]\n"));
    let calendar = calendar(&format!("{weekdays}{}", hours.concat()));
    let moved = |due: &str, resumed: &str| {
        let paused = at(&calendar, "2026-05-06T17:00");
        let (due, resumed) = (at(&calendar, due), at(&calendar, resumed));
        let due = calendar
            .postpone(due, paused, resumed, Unit::WorkingDays)
            .unwrap();
        let reading = calendar.zone().to_datetime(due);
        reading.strftime("%m-%d %H:%M").to_string()
    };
    // Over when Friday 8 May is: by one day, over when Monday is; by two, when Tuesday is.
    assert_eq!(moved("2026-05-09T00:00", "2026-05-07T10:00"), "05-12 00:00");
    assert_eq!(moved("2026-05-09T00:00", "2026-05-08T10:00"), "05-13 00:00");
    // Over when Thursday is: by one day, over when Friday is, and not when Saturday or Monday is.
    assert_eq!(moved("2026-05-08T00:00", "2026-05-07T10:00"), "05-09 00:00");
    assert_eq!(moved("2026-05-08T00:00", "2026-05-06T23:00"), "05-08 00:00");
}
