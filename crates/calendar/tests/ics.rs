//! Days from iCalendar files.

mod common;

use common::{SHANGHAI, spec};
use jiff::civil::Date;
use redress_calendar::{Calendar, DayKind, DayList, IcsError, IcsFault, IcsWords};

fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{events}END:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    file(&format!("BEGIN:VEVENT\r\n{lines}END:VEVENT\r\n"))
}

fn words() -> IcsWords {
    IcsWords {
        make_up: vec!["补班".to_owned()],
        ignore: vec!["observance".to_owned()],
    }
}

fn read(text: &str) -> Calendar {
    let list = DayList::from_ics(text, &words(), None, None).unwrap_or_else(|f| panic!("{f:?}"));
    let text = SHANGHAI.replace("to = \"2026-12-31\"", "to = \"2029-12-31\"");
    Calendar::build(spec(&text), &[&list]).expect("a calendar")
}

/// The special days of a year that the list adds to the calendar of the tests.
fn days(text: &str, year: i16) -> Vec<String> {
    let calendar = read(text);
    let (from, to) = (
        Date::new(year, 1, 1).unwrap(),
        Date::new(year, 9, 30).unwrap(),
    );
    let letter = |kind| match kind {
        DayKind::MakeUp => "+",
        _ => "",
    };
    let show = |day: redress_calendar::Day<'_>| {
        format!("{}{}", day.date.strftime("%m-%d"), letter(day.kind))
    };
    calendar.special_days(from, to).map(show).collect()
}

fn faults(text: &str) -> Vec<IcsFault> {
    DayList::from_ics(text, &words(), None, None).expect_err("a fault")
}

fn one_fault(text: &str, line: usize) -> IcsError {
    let faults = faults(text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].line, line, "{}", faults[0]);
    faults[0].error.clone()
}

#[test]
fn an_event_of_whole_days_ends_before_its_dtend() {
    let text =
        event("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260504\r\nSUMMARY:劳动节\r\n");
    assert_eq!(days(&text, 2026), ["05-01", "05-02", "05-03"]);
    let calendar = read(&text);
    assert_eq!(
        calendar.day("2026-05-02".parse().unwrap()).unwrap().name,
        Some("劳动节")
    );
    assert_eq!(days(&event("DTSTART:20260501\r\n"), 2026), ["05-01"]);
    assert_eq!(
        days(&event("DTSTART:20260501\r\nDURATION:P2D\r\n"), 2026),
        ["05-01", "05-02"]
    );
}

#[test]
fn words_tell_make_up_days_from_holidays() {
    let text = file(
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260501\r\nSUMMARY:劳动节 假期\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260509\r\nSUMMARY:劳动节 补班\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20260308\r\nCATEGORIES:observance\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20260309\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n",
    );
    assert_eq!(days(&text, 2026), ["05-01", "05-09+"]);
}

#[test]
fn folded_lines_escapes_and_other_components_are_read() {
    let text = file(
        "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\n\
         END:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE;X-A=\"a:b;c\":2026\r\n 0501\r\n\
         SUMMARY:one\\, two\r\nBEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT\r\n",
    );
    assert_eq!(days(&text, 2026), ["05-01"]);
    assert_eq!(
        read(&text).day("2026-05-01".parse().unwrap()).unwrap().name,
        Some("one, two")
    );
}

#[test]
fn yearly_rules_repeat() {
    let rule = |start: &str, rule: &str| event(&format!("DTSTART:{start}\r\nRRULE:{rule}\r\n"));
    let on = |start: &str, text: &str, year| days(&rule(start, text), year);
    assert_eq!(on("20200501", "FREQ=YEARLY", 2028), ["05-01"]);
    assert_eq!(on("20200501", "FREQ=YEARLY;INTERVAL=3", 2027), [""; 0]);
    assert_eq!(on("20200501", "FREQ=YEARLY;INTERVAL=3", 2026), ["05-01"]);
    assert_eq!(on("20240501", "FREQ=YEARLY;COUNT=3", 2026), ["05-01"]);
    assert_eq!(on("20240501", "FREQ=YEARLY;COUNT=3", 2027), [""; 0]);
    assert_eq!(
        on("20240501", "FREQ=YEARLY;UNTIL=20260501T000000Z", 2026),
        ["05-01"]
    );
    assert_eq!(on("20240501", "FREQ=YEARLY;UNTIL=20260430", 2026), [""; 0]);
    assert_eq!(on("20240229", "FREQ=YEARLY", 2028), ["02-29"]);
    assert_eq!(on("20240229", "FREQ=YEARLY", 2027), [""; 0]);
}

#[test]
fn rules_count_weekdays_from_either_end() {
    let rule = |start: &str, rule: &str| event(&format!("DTSTART:{start}\r\nRRULE:{rule}\r\n"));
    let on = |start: &str, text: &str, year| days(&rule(start, text), year);
    // The last Monday of May 2027 is the 31st, the third of January 2027 the 18th.
    assert_eq!(
        on("20200525", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", 2027),
        ["05-31"]
    );
    assert_eq!(
        on("20200120", "FREQ=YEARLY;BYMONTH=1;BYDAY=3MO", 2027),
        ["01-18"]
    );
    assert_eq!(on("20200105", "FREQ=YEARLY;BYDAY=1SU", 2027), ["01-03"]);
    assert_eq!(
        on("20200131", "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=-1", 2028),
        ["02-29", "04-30"]
    );
    // The first Tuesday after the first Monday of a month.
    let rule = "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU";
    assert_eq!(on("20200908", rule, 2026), ["09-08"]);
}

#[test]
fn single_days_are_added_and_taken_out() {
    let text = event(
        "DTSTART:20250501\r\nRRULE:FREQ=YEARLY\r\nRDATE;VALUE=DATE:20260601,20260602\r\n\
         EXDATE;VALUE=DATE:20260501\r\n",
    );
    assert_eq!(days(&text, 2026), ["06-01", "06-02"]);
    assert_eq!(days(&text, 2027), ["05-01"]);
}

#[test]
fn a_broken_line_is_refused_with_its_number() {
    for broken in [
        "SUMMARY",
        "DT START:20260501",
        ";X=1:a",
        "DTEND;VALUE:20260502",
        "A;B=\"c:d",
    ] {
        let text = event(&format!("DTSTART:20260501\r\n{broken}\r\n"));
        let error = one_fault(&text, 6);
        assert!(
            matches!(error, IcsError::BrokenLine { .. }),
            "{broken}: {error}"
        );
    }
}

#[test]
fn what_is_read_must_be_understood() {
    let cases = [
        ("DTSTART:20260231\r\n", 5, "is not a date"),
        ("DTSTART:2026-05-01\r\n", 5, "is not a date"),
        (
            "DTSTART;TZID=Asia/Shanghai:20260501T090000\r\n",
            5,
            "has a time of day",
        ),
        ("SUMMARY:when?\r\n", 6, "has no DTSTART"),
        (
            "DTSTART:20260501\r\nDTEND:20260501\r\n",
            5,
            "not after its beginning",
        ),
        (
            "DTSTART:20260501\r\nDTEND:20280501\r\n",
            5,
            "more than a year",
        ),
        (
            "DTSTART:20260501\r\nDTSTART:20260502\r\n",
            6,
            "stands twice",
        ),
        (
            "DTSTART:20260501\r\nDURATION:PT8H\r\n",
            6,
            "no number of days",
        ),
        (
            "DTSTART:20260501\r\nRRULE:FREQ=WEEKLY\r\n",
            6,
            "FREQ=WEEKLY",
        ),
        (
            "DTSTART:20260501\r\nRRULE:INTERVAL=1\r\n",
            6,
            "FREQ is missing",
        ),
        (
            "DTSTART:20260501\r\nRRULE:FREQ=YEARLY;BYDAY=XX\r\n",
            6,
            "BYDAY=XX",
        ),
        (
            "DTSTART:20260501\r\nRRULE:FREQ=YEARLY;BYMONTH=13\r\n",
            6,
            "out of range",
        ),
        (
            "DTSTART:20260501\r\nRRULE:FREQ=YEARLY;BYSETPOS=1\r\n",
            6,
            "BYSETPOS=1",
        ),
    ];
    for (lines, line, words) in cases {
        let error = one_fault(&event(lines), line);
        assert!(error.to_string().contains(words), "{lines}: {error}");
    }
}

#[test]
fn a_file_must_be_whole() {
    assert!(matches!(one_fault("", 1), IcsError::NoDays));
    assert!(matches!(
        one_fault("<html></html>\n", 1),
        IcsError::BrokenLine { .. }
    ));
    let whole = event("DTSTART:20260501\r\n");
    let cut = whole.replace("END:VCALENDAR\r\n", "");
    assert!(matches!(one_fault(&cut, 6), IcsError::Unclosed { .. }));
    let crossed = whole.replace("END:VEVENT", "END:VTODO");
    assert!(
        faults(&crossed)
            .iter()
            .any(|f| matches!(f.error, IcsError::WrongEnd { .. }))
    );
}

#[test]
fn a_day_cannot_be_off_and_made_up() {
    let text = file(
        "BEGIN:VEVENT\r\nDTSTART:20260509\r\nSUMMARY:假期\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20260509\r\nSUMMARY:补班\r\nEND:VEVENT\r\n",
    );
    assert!(matches!(one_fault(&text, 9), IcsError::Conflict(_)));
}

#[test]
fn events_outside_of_the_years_it_speaks_of_are_passed_over() {
    let text = event("DTSTART:20200501\r\nRRULE:FREQ=YEARLY\r\n");
    let year = (
        Some("2026-01-01".parse().unwrap()),
        Some("2026-12-31".parse().unwrap()),
    );
    let list = DayList::from_ics(&text, &words(), year.0, year.1).unwrap();
    assert_eq!(list.counts(), (1, 0));
    let later = DayList::from_ics(&event("DTSTART:20200501\r\n"), &words(), year.0, year.1);
    assert_eq!(later.unwrap_err()[0].error, IcsError::NoDays);
}
