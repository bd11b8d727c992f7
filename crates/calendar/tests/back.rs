//! Deadlines backwards, steps over days, and rolling into working time.

mod common;

use common::{SHANGHAI, around_the_clock, at, calendar};
use redress_calendar::Counting::{FirstDayCounts, FromNextDay, SameTime};
use redress_calendar::{CalendarError, Counting, DayKind, Span};

fn before(end: &str, span: &str, counting: Counting) -> String {
    let calendar = calendar(SHANGHAI);
    let begin = calendar
        .before(at(&calendar, end), span.parse().unwrap(), counting)
        .unwrap();
    calendar
        .zone()
        .to_datetime(begin)
        .strftime("%m-%d %H:%M")
        .to_string()
}

#[test]
fn a_warning_two_working_hours_before_looks_past_the_night() {
    assert_eq!(
        before("2026-09-28T10:00", "2h working", SameTime),
        "09-25 17:00"
    );
}

#[test]
fn working_time_that_begins_at_opening_does_not_begin_at_the_closing_before() {
    assert_eq!(
        before("2026-09-28T10:00", "1h working", SameTime),
        "09-28 09:00"
    );
    assert_eq!(
        before("2026-09-28T14:30", "1h working", SameTime),
        "09-28 13:30"
    );
}

#[test]
fn wall_time_backwards_is_wall_time() {
    assert_eq!(before("2026-09-28T10:00", "24h", SameTime), "09-27 10:00");
}

#[test]
fn working_days_before_keep_the_time_of_day() {
    assert_eq!(
        before("2026-10-08T10:15", "3 working days", SameTime),
        "09-28 10:15"
    );
    assert_eq!(
        before("2026-10-12T10:15", "1 working day", SameTime),
        "10-10 10:15"
    );
}

#[test]
fn an_end_outside_of_working_time_counts_from_when_work_ended() {
    assert_eq!(
        before("2026-09-27T12:00", "1 working day", SameTime),
        "09-24 18:00"
    );
    assert_eq!(
        before("2026-09-28T12:30", "1 working day", SameTime),
        "09-25 12:00"
    );
    assert_eq!(
        before("2026-09-28T09:00", "1 working day", SameTime),
        "09-25 09:00"
    );
}

#[test]
fn the_beginning_is_moved_on_into_working_time() {
    assert_eq!(
        before("2026-12-25T15:00", "1 working day", SameTime),
        "12-24 12:00"
    );
}

#[test]
fn whole_working_days_before_begin_when_the_first_opens() {
    assert_eq!(
        before("2026-10-09T10:00", "2 working days", FromNextDay),
        "09-30 09:00"
    );
    assert_eq!(
        before("2026-10-09T10:00", "2 working days", FirstDayCounts),
        "10-08 09:00"
    );
    assert_eq!(
        before("2026-10-09T08:00", "2 working days", FirstDayCounts),
        "09-30 09:00"
    );
}

#[test]
fn calendar_days_before_begin_at_midnight_or_keep_the_time() {
    assert_eq!(
        before("2026-10-15T20:00", "15 calendar days", SameTime),
        "09-30 20:00"
    );
    assert_eq!(
        before("2026-10-15T20:00", "15 calendar days", FromNextDay),
        "09-30 00:00"
    );
    assert_eq!(
        before("2026-10-15T20:00", "15 calendar days", FirstDayCounts),
        "10-01 00:00"
    );
    assert_eq!(
        before("2026-10-16T00:00", "15 calendar days", FirstDayCounts),
        "10-01 00:00"
    );
}

#[test]
fn what_would_begin_before_the_first_day_is_refused() {
    let calendar = calendar(SHANGHAI);
    let end = at(&calendar, "2026-01-02T10:00");
    for span in [
        Span::working_days(3),
        Span::working_secs(36_000),
        Span::working_secs(u64::MAX),
    ] {
        for counting in [SameTime, FromNextDay, FirstDayCounts] {
            let refused = calendar.before(end, span, counting);
            let expected = matches!(refused, Err(CalendarError::AnswerBeforeBeginning { .. }));
            assert!(expected, "{span}: {refused:?}");
        }
    }
}

#[test]
fn a_day_around_the_clock_backwards_keeps_the_time() {
    let calendar = calendar(&around_the_clock("Asia/Shanghai"));
    for time in ["00:00", "12:34", "23:59"] {
        let end = at(&calendar, &format!("2026-05-02T{time}"));
        let begin = calendar
            .before(end, Span::working_days(1), SameTime)
            .unwrap();
        assert_eq!(begin, at(&calendar, &format!("2026-05-01T{time}")));
    }
}

#[test]
fn steps_count_working_days_only() {
    let calendar = calendar(SHANGHAI);
    let step = |date: &str, n| {
        calendar
            .working_day(date.parse().unwrap(), n)
            .unwrap()
            .to_string()
    };
    assert_eq!(step("2026-09-30", 1), "2026-10-08");
    assert_eq!(step("2026-10-03", 1), "2026-10-08");
    assert_eq!(step("2026-10-03", 0), "2026-10-03");
    assert_eq!(step("2026-10-03", -1), "2026-09-30");
    assert_eq!(step("2026-10-12", -1), "2026-10-10");
    let outside = calendar.working_day("2026-12-31".parse().unwrap(), 1);
    assert!(matches!(outside, Err(CalendarError::PastEnd { .. })));
    let outside = calendar.working_day("2026-01-01".parse().unwrap(), -1);
    assert!(matches!(
        outside,
        Err(CalendarError::AnswerBeforeBeginning { .. })
    ));
}

#[test]
fn closing_time_rolls_forward_to_the_next_opening_and_back_to_itself() {
    let calendar = calendar(SHANGHAI);
    let moved = |text: &str| {
        let at = at(&calendar, text);
        let read = |at| {
            calendar
                .zone()
                .to_datetime(at)
                .strftime("%d %H:%M")
                .to_string()
        };
        let (next, last) = (calendar.opening_from(at), calendar.closing_until(at));
        (read(next.unwrap()), read(last.unwrap()))
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(moved("2026-09-28T12:00"), pair("28 13:30", "28 12:00"));
    assert_eq!(moved("2026-09-28T09:00"), pair("28 09:00", "25 18:00"));
    assert_eq!(moved("2026-09-28T10:00"), pair("28 10:00", "28 10:00"));
    assert_eq!(moved("2026-09-27T10:00"), pair("28 09:00", "25 18:00"));
}

#[test]
fn a_day_tells_what_it_is_and_why() {
    let calendar = calendar(SHANGHAI);
    let day = |text: &str| {
        calendar
            .day(text.parse().unwrap())
            .expect("a day of the calendar")
    };
    let holiday = day("2026-10-02");
    assert_eq!(
        (holiday.kind, holiday.name),
        (DayKind::Holiday, Some("国庆节"))
    );
    assert!(holiday.open.is_empty());
    let make_up = day("2026-10-10");
    assert_eq!((make_up.kind, make_up.open.len()), (DayKind::MakeUp, 2));
    assert_eq!(day("2026-12-24").kind, DayKind::HalfDay);
    assert_eq!(day("2026-10-17").kind, DayKind::Ordinary);
    assert!(calendar.day("2027-01-01".parse().unwrap()).is_none());
    let special =
        calendar.special_days("2026-10-07".parse().unwrap(), "2026-12-31".parse().unwrap());
    let special: Vec<_> = special.map(|day| day.date.to_string()).collect();
    assert_eq!(special, ["2026-10-07", "2026-10-10", "2026-12-24"]);
}
