//! Calendars of a policy: shared lists of days, iCalendar files, and each fault at its line.

mod common;
mod fault;

use common::{errors_with, shipped};
use fault::one_error;
use jiff::civil::Date;
use redress_policy::{Policy, PolicyError, Reason};

fn house(date: &str) -> bool {
    let policy = Policy::parse(&shipped()).unwrap_or_else(|errors| panic!("{errors}"));
    let house = policy.calendar(&"house".into()).expect("shipped");
    house.is_working_day(date.parse().expect("a date"))
}

/// The shipped policy with another file in the folder of calendars.
fn with_file(name: &str, text: &str) -> Result<Policy, Vec<PolicyError>> {
    let mut files = shipped();
    files.insert(format!("calendars/{name}"), text.to_owned());
    Policy::parse(&files).map_err(|errors| errors.0)
}

/// As the notices of the State Council say: days off on weekdays, and make-up days, per year.
const CHINA: [(i16, usize, usize); 9] = [
    (2018, 18, 7),
    (2019, 17, 6),
    (2020, 19, 6),
    (2021, 18, 7),
    (2022, 18, 7),
    (2023, 18, 7),
    (2024, 19, 8),
    (2025, 18, 5),
    (2026, 19, 6),
];

#[test]
fn each_year_of_the_chinese_calendar_has_its_holidays_and_make_up_days() {
    let policy = Policy::parse(&shipped()).unwrap_or_else(|errors| panic!("{errors}"));
    let house = policy.calendar(&"house".into()).expect("shipped");
    for (year, off, made_up) in CHINA {
        let (mut found_off, mut found_made_up) = (0, 0);
        let first = Date::new(year, 1, 1).expect("a date");
        for day in first
            .series(jiff::Span::new().days(1))
            .take_while(|d| d.year() == year)
        {
            let weekend = day.weekday().to_monday_one_offset() > 5;
            match (weekend, house.is_working_day(day)) {
                (false, false) => found_off += 1,
                (true, true) => found_made_up += 1,
                _ => {}
            }
        }
        assert_eq!((found_off, found_made_up), (off, made_up), "{year}");
    }
    assert_eq!(house.announced().1.to_string(), "2026-12-31");
}

#[test]
fn days_that_people_remember_are_as_they_were() {
    assert!(
        !house("2020-01-31") && !house("2020-02-02"),
        "the Spring Festival was extended"
    );
    assert!(house("2020-02-03"));
    assert!(
        house("2023-01-28") && house("2023-01-29"),
        "two make-up days in a row"
    );
    assert!(!house("2025-10-08") && house("2025-10-09") && house("2025-10-11"));
}

const UK: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20260403\r\nSUMMARY:Good Friday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const LONDON: &str = r#"
[[days]]
id = "uk"
file = "calendars/uk.ics"
to = "2026-12-31"

[[calendar]]
id = "london"
zone = "Europe/London"
from = "2026-01-01"
to = "2026-12-31"
days = ["uk"]
[calendar.week]
friday = ["09:00-17:00"]
"#;

fn with_uk(ics: &str, toml: &str) -> Result<Policy, Vec<PolicyError>> {
    let mut files = shipped();
    files.insert("calendars/uk.ics".to_owned(), ics.to_owned());
    files.insert("calendars/london.toml".to_owned(), toml.to_owned());
    Policy::parse(&files).map_err(|errors| errors.0)
}

#[test]
fn a_calendar_takes_its_holidays_from_an_icalendar_file() {
    let policy = with_uk(UK, LONDON).unwrap_or_else(|errors| panic!("{errors:?}"));
    let london = policy.calendar(&"london".into()).expect("declared");
    assert!(!london.is_working_day("2026-04-03".parse().expect("a date")));
    assert!(london.is_working_day("2026-04-10".parse().expect("a date")));
    let other = with_uk(&UK.replace("Good", "Long"), LONDON).expect("a policy");
    assert_ne!(
        policy.version(),
        other.version(),
        "the file is part of the version"
    );
}

#[test]
fn a_broken_line_of_an_icalendar_file_is_told_with_its_file_and_line() {
    let errors = with_uk(&UK.replace("SUMMARY:", "SUMMARY"), LONDON).expect_err("broken");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(
        (errors[0].file.as_str(), errors[0].line),
        ("calendars/uk.ics", 6)
    );
    assert!(matches!(&errors[0].reason, Reason::BadDays { list, .. } if list == "uk"));
}

#[test]
fn a_file_of_days_must_be_there_and_be_read() {
    let missing = LONDON.replace("uk.ics", "gb.ics");
    let errors = with_uk(UK, &missing).expect_err("a wrong name");
    let reasons: Vec<_> = errors
        .into_iter()
        .map(|error| (error.file, error.reason))
        .collect();
    let file = "calendars/gb.ics".to_owned();
    assert_eq!(
        reasons,
        [
            (
                "calendars/london.toml".to_owned(),
                Reason::NoSuchFile { file }
            ),
            ("calendars/uk.ics".to_owned(), Reason::UnusedFile),
        ]
    );
}

#[test]
fn a_list_that_does_not_exist_is_named_where_it_is_asked_for() {
    let reason = one_error(
        "calendars.toml",
        "days = [\"cn\"]",
        "days = [\"en\"]",
        "\"en\"",
    );
    assert!(
        matches!(
            reason,
            Reason::Dangling {
                what: "list of days",
                ..
            }
        ),
        "{reason}"
    );
}

/// A change of `calendars.toml` and what is then wrong, at the place of the change.
const FAULTS: [(&str, &str, &str, &str); 8] = [
    (
        "zone = \"Asia/Shanghai\"",
        "zone = \"Asia/Peking\"",
        "\"Asia/Peking\"",
        "unknown time zone",
    ),
    (
        "to = \"2028-12-31\"",
        "to = \"2017-12-31\"",
        "\"2017-12-31\"",
        "swap `from` and `to`",
    ),
    (
        "to = \"2028-12-31\"",
        "to = \"2128-12-31\"",
        "\"2128-12-31\"",
        "too wide",
    ),
    (
        "tuesday = [\"09:00-12:00\"",
        "tuesday = [\"09:00-14:00\"",
        "\"09:00-14:00\"",
        "09:00-14:00 and 13:30-18:00 overlap",
    ),
    (
        "tuesday = [\"09:00-12:00\"",
        "tuesday = [\"12:00-09:00\"",
        "\"12:00-09:00\"",
        "runs backward",
    ),
    (
        "days = [\"cn\"]",
        "days = [\"cn\"]\nhalf_days = [{ date = \"2029-01-01\", spans = [\"09:00-12:00\"] }]",
        "{ date = \"2029-01-01\"",
        "lies outside of the calendar",
    ),
    (
        "days = [\"cn\"]",
        "days = [\"cn\"]\nholidays = [{ from = \"2026-05-03\", to = \"2026-05-01\" }]",
        "{ from = \"2026-05-03\"",
        "before they begin",
    ),
    (
        "days = [\"cn\"]",
        "days = [\"cn\"]\nholidays = [{ date = \"2026-13-01\" }]",
        "\"2026-13-01\"",
        "is not a date",
    ),
];

#[test]
fn each_fault_of_a_calendar_is_told_at_its_line() {
    for (from, to, at, words) in FAULTS {
        let reason = one_error("calendars.toml", from, to, at).to_string();
        assert!(reason.contains(words), "{to}: {reason}");
    }
}

#[test]
fn a_calendar_without_working_time_is_refused() {
    let text = LONDON
        .replace("days = [\"uk\"]\n", "")
        .replace("friday = [\"09:00-17:00\"]\n", "");
    let text = text.replace(
        "[calendar.week]",
        "[calendar.week]\nsunday = [\"01:10-01:50\"]",
    );
    // The only Sunday is the one on which clocks skip this hour.
    let text = text.replace("from = \"2026-01-01\"", "from = \"2026-03-29\"");
    let text = text.replace(
        "to = \"2026-12-31\"\n[calendar",
        "to = \"2026-03-29\"\n[calendar",
    );
    let errors = with_uk(UK, &text).expect_err("no working time");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(
        errors[0].to_string().contains("has no working time"),
        "{}",
        errors[0]
    );
    assert_eq!(
        (errors[0].file.as_str(), errors[0].line),
        ("calendars/london.toml", 7)
    );
}

#[test]
fn faults_of_a_list_are_told_at_its_line() {
    let cases = [
        (
            "{ date = \"2018-02-11\", name = \"春节\" }",
            "{ date = \"2018-02-16\" }",
            "make-up day",
        ),
        (
            "{ date = \"2026-10-10\", name = \"国庆节\" }",
            "{ date = \"2027-10-10\" }",
            "outside",
        ),
    ];
    for (from, to, words) in cases {
        let reason = one_error("calendars/china.toml", from, to, to).to_string();
        assert!(reason.contains(words), "{reason}");
    }
    let errors = errors_with("calendars/china.toml", "id = \"cn\"", "id = \"CN\"");
    let reasons: Vec<_> = errors.iter().map(|error| &error.reason).collect();
    assert!(
        matches!(reasons[..], [Reason::Dangling { .. }, Reason::BadId { .. }]),
        "{errors:#?}"
    );
}

#[test]
fn a_second_list_of_the_same_name_is_refused() {
    let again = "[[days]]\nid = \"cn\"\nholidays = [{ every = \"05-01\" }]\n";
    let errors = with_file("more.toml", again).expect_err("twice");
    assert!(matches!(&errors[0].reason, Reason::Duplicate { id, .. } if id == "cn"));
}
