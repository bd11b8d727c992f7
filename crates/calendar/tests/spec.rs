//! What a calendar's text may say.

mod common;

use common::{SHANGHAI, at, calendar, refusal, spec};
use redress_calendar::{CalendarSpec, SpecError};

fn with(extra: &str) -> String {
    format!("{SHANGHAI}\n{extra}")
}

#[test]
fn a_calendar_knows_when_it_is_open() {
    let calendar = calendar(SHANGHAI);
    let open = |text: &str| calendar.is_working(at(&calendar, text));
    assert!(open("2026-09-28T09:00"), "opening belongs to working time");
    assert!(!open("2026-09-28T12:00"), "closing does not");
    assert!(!open("2026-10-02T10:00"), "a holiday");
    assert!(open("2026-10-10T10:00"), "a make-up Saturday");
    assert!(!open("2026-10-17T10:00"), "an ordinary Saturday");
    assert!(open("2026-12-24T11:00"), "the open half of a half day");
    assert!(!open("2026-12-24T14:00"), "the closed half of a half day");
    assert!(!open("2027-01-04T10:00"), "after the last day");
}

#[test]
fn a_text_written_back_is_the_same_calendar() {
    let spec = spec(SHANGHAI);
    let again: CalendarSpec = toml::from_str(&toml::to_string(&spec).unwrap()).unwrap();
    assert_eq!(again, spec);
}

#[test]
fn a_make_up_day_adds_to_its_weekday() {
    let calendar = calendar(&with(
        "[[make_up_days]]\ndate = 2026-05-11\nspans = [\"11:00-14:00\", \"20:00-21:00\"]",
    ));
    let day = (
        at(&calendar, "2026-05-11T00:00"),
        at(&calendar, "2026-05-12T00:00"),
    );
    // 09:00-18:00 without a break, and an hour in the evening.
    assert_eq!(calendar.elapsed(day.0, day.1).unwrap().as_hours(), 10);
}

#[test]
fn an_unknown_zone_is_refused() {
    let refused = refusal(&SHANGHAI.replace("Asia/Shanghai", "Asia/Shangri-La"));
    assert_eq!(
        refused,
        SpecError::UnknownZone {
            zone: "Asia/Shangri-La".to_owned()
        }
    );
}

#[test]
fn overlapping_hours_name_their_day() {
    let refused =
        refusal(&SHANGHAI.replace("tuesday = [\"09:00-12:00\"", "tuesday = [\"09:00-14:00\""));
    assert_eq!(
        refused.to_string(),
        "tuesday: 09:00-14:00 and 13:30-18:00 overlap: join them or move one"
    );
}

#[test]
fn hours_that_run_backward_are_refused_where_they_are_read() {
    let text = SHANGHAI.replace("spans = [\"09:00-12:00\"]", "spans = [\"12:00-09:00\"]");
    let refused = toml::from_str::<CalendarSpec>(&text).unwrap_err();
    assert!(refused.message().contains("runs backward"), "{refused}");
}

#[test]
fn unknown_fields_are_refused() {
    let refused = toml::from_str::<CalendarSpec>(&with("[holliday]")).unwrap_err();
    assert!(
        refused.message().contains("unknown field `holliday`"),
        "{refused}"
    );
}

#[test]
fn a_calendar_without_working_time_is_refused() {
    let text = "zone = \"UTC\"\nfrom = \"2026-05-02\"\nto = \"2026-05-03\"\n\
                [week]\nmonday = [\"09:00-12:00\"]";
    assert_eq!(refusal(text), SpecError::NoWorkingTime);
}

#[test]
fn validity_must_run_forward_and_be_bounded() {
    let to = |to: &str| refusal(&SHANGHAI.replace("to = \"2026-12-31\"", to));
    assert!(matches!(
        to("to = \"2025-12-31\""),
        SpecError::BackwardValidity { .. }
    ));
    assert!(matches!(
        to("to = \"2126-12-31\""),
        SpecError::TooWide { .. }
    ));
    assert!(matches!(
        to("to = \"2300-12-31\""),
        SpecError::TooWide { .. }
    ));
}

#[test]
fn a_special_day_in_a_wrong_year_is_refused() {
    for extra in [
        "[[holidays]]\ndate = \"2062-05-01\"",
        "[[holidays]]\nfrom = \"2026-05-01\"\nto = \"9999-05-01\"",
        "[[make_up_days]]\ndate = \"2025-05-09\"",
        "[[half_days]]\ndate = \"2027-05-09\"\nspans = [\"09:00-12:00\"]",
    ] {
        let refused = refusal(&with(extra));
        assert!(
            matches!(refused, SpecError::OutsideValidity { .. }),
            "{extra}: {refused}"
        );
    }
}

#[test]
fn one_date_has_one_meaning() {
    let refused = refusal(&with("[[make_up_days]]\ndate = \"2026-10-03\""));
    assert_eq!(
        refused.to_string(),
        "2026-10-03 is listed as a holiday and as a make-up day: keep one of them"
    );
    let twice = "[[half_days]]\ndate = \"2026-12-24\"\nspans = [\"13:30-18:00\"]";
    assert!(matches!(
        refusal(&with(twice)),
        SpecError::ConflictingDay { .. }
    ));
    // Two holidays on one day are one day off.
    calendar(&with(
        "[[holidays]]\ndate = \"2026-10-06\"\nname = \"中秋节\"",
    ));
}

#[test]
fn holidays_need_a_date_or_a_range() {
    for extra in [
        "name = \"春节\"",
        "from = \"2026-05-01\"",
        "date = \"2026-05-01\"\nto = \"2026-05-02\"",
    ] {
        let refused = refusal(&with(&format!("[[holidays]]\n{extra}")));
        assert!(
            matches!(refused, SpecError::HolidayWithoutDate { .. }),
            "{extra}: {refused}"
        );
    }
    let backward = "[[holidays]]\nfrom = \"2026-05-03\"\nto = \"2026-05-01\"";
    assert!(matches!(
        refusal(&with(backward)),
        SpecError::BackwardHolidays { .. }
    ));
}

#[test]
fn special_days_need_hours() {
    let half = "[[half_days]]\ndate = \"2026-05-12\"\nspans = []";
    assert!(matches!(refusal(&with(half)), SpecError::NoHours { .. }));
    let none = "zone = \"UTC\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\n\
                [[make_up_days]]\ndate = \"2026-05-09\"";
    assert!(matches!(refusal(none), SpecError::NothingToCopy { .. }));
}
