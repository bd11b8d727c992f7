//! Random calendars against a clock that looks at every minute.

mod common;

use common::random::{FIRST, any_spec};
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_calendar::{Calendar, CalendarSpec, Counting, Hours, Span};

/// The hours of a day as the text of the calendar says, without any table.
fn hours(spec: &CalendarSpec, date: Date) -> Vec<Hours> {
    let period = spec
        .periods
        .iter()
        .find(|p| (p.from..=p.to).contains(&date));
    let week = period.map_or(&spec.week, |period| &period.week);
    let usual = week.hours(date.weekday()).to_vec();
    if spec.holidays.iter().any(|day| day.date == Some(date)) {
        return Vec::new();
    }
    if let Some(half) = spec.half_days.iter().find(|day| day.date == date) {
        return half.spans.clone();
    }
    match spec.make_up_days.iter().find(|day| day.date == date) {
        None => usual,
        Some(day) => {
            let lent = week.days().find(|(_, hours)| !hours.is_empty());
            let lent = || lent.map_or_else(Vec::new, |(_, hours)| hours.to_vec());
            [usual, day.spans.clone().unwrap_or_else(lent)].concat()
        }
    }
}

fn open_at(spec: &CalendarSpec, reading: DateTime) -> bool {
    let time = reading.time();
    let second = time.hour() as u32 * 3600 + time.minute() as u32 * 60 + time.second() as u32;
    let inside = |h: &Hours| (h.start_second()..h.end_second()).contains(&second);
    hours(spec, reading.date()).iter().any(inside)
}

fn minute() -> SignedDuration {
    SignedDuration::from_mins(1)
}

/// A minute of the year in which every sort of special day stands, and clocks change.
fn start() -> impl Strategy<Value = Timestamp> {
    let first = FIRST
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a date")
        .timestamp();
    (1_440..560_000_i64).prop_map(move |minutes| first + SignedDuration::from_mins(minutes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn elapsed_time_is_what_a_look_at_every_minute_counts(
        spec in any_spec(), start in start(), minutes in 0..6_000_i64,
    ) {
        let calendar = Calendar::try_from(spec.clone()).expect("a random calendar");
        let mut counted = 0;
        for at in 0..minutes {
            let at = start + SignedDuration::from_mins(at);
            let open = open_at(&spec, calendar.zone().to_datetime(at));
            prop_assert_eq!(open, calendar.is_working(at));
            counted += i64::from(open);
        }
        let end = start + SignedDuration::from_mins(minutes);
        prop_assert_eq!(calendar.elapsed(start, end).unwrap().as_mins(), counted);
    }

    #[test]
    fn working_time_is_due_at_the_minute_where_a_walk_finds_it(
        spec in any_spec(), start in start(), wanted in 1..900_i64,
    ) {
        let calendar = Calendar::try_from(spec.clone()).expect("a random calendar");
        let (mut at, mut left) = (start, wanted);
        while left > 0 {
            left -= i64::from(open_at(&spec, calendar.zone().to_datetime(at)));
            at += minute();
        }
        let span = Span::working_secs(wanted as u64 * 60);
        prop_assert_eq!(calendar.due(start, span, Counting::SameTime).unwrap(), at);

        let (mut at, mut left) = (start, wanted);
        while left > 0 && at > calendar.day(FIRST).expect("a day").date.to_zoned(
            calendar.zone().clone(),
        ).expect("a date").timestamp() {
            at -= minute();
            left -= i64::from(open_at(&spec, calendar.zone().to_datetime(at)));
        }
        match calendar.before(start, span, Counting::SameTime) {
            Ok(before) => prop_assert_eq!(before, at),
            Err(_) => prop_assert!(left > 0),
        }
    }

    #[test]
    fn working_days_are_the_days_with_hours(spec in any_spec(), start in start(), days in 1..9_u64) {
        let calendar = Calendar::try_from(spec.clone()).expect("a random calendar");
        let (mut date, mut left) = (calendar.date_of(start), days);
        while left > 0 {
            date = date.tomorrow().unwrap();
            left -= u64::from(!hours(&spec, date).is_empty());
        }
        prop_assert_eq!(calendar.working_day(calendar.date_of(start), days as i64).unwrap(), date);
        let due = calendar.due(start, Span::working_days(days), Counting::FromNextDay).unwrap();
        prop_assert_eq!(Some(due), calendar.day(date).unwrap().open.last().map(|open| open.to));
        let first = calendar.before(due, Span::working_days(days), Counting::FirstDayCounts);
        let opening = calendar.working_day(date, 1 - days as i64).unwrap();
        let opening = calendar.day(opening).unwrap().open[0].from;
        prop_assert_eq!(first.unwrap(), opening);
    }
}
