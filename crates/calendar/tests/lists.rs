//! Lists of days that calendars share, periods, yearly days, and where faults stand.

mod common;

use common::{SHANGHAI, calendar, spec};
use redress_calendar::{Calendar, DayKind, DayList, Part, SpecError, SpecFault};

fn list(text: &str) -> DayList {
    DayList::check(toml::from_str(text).expect("a list's text")).expect("a list")
}

fn faults(text: &str, lists: &[&DayList]) -> Vec<SpecFault> {
    Calendar::build(spec(text), lists).expect_err("a fault")
}

const MAY: &str = r#"
from = "2020-01-01"
to = "2026-06-30"
holidays = [{ from = "2026-05-01", to = "2026-05-05", name = "劳动节" }, { date = "2025-05-01" }]
make_up_days = [{ date = "2026-05-09", name = "劳动节" }]
"#;

#[test]
fn days_of_a_list_are_days_of_the_calendar() {
    let calendar = Calendar::build(spec(SHANGHAI), &[&list(MAY)]).unwrap();
    let works = |date: &str| calendar.is_working_day(date.parse().unwrap());
    assert!(!works("2026-05-04") && works("2026-05-09") && works("2026-05-06"));
    assert!(!works("2026-10-05"), "its own days stay");
    assert_eq!(
        calendar
            .day("2026-05-09".parse().unwrap())
            .unwrap()
            .open
            .len(),
        2
    );
}

#[test]
fn a_calendar_knows_up_to_where_its_holidays_are_known() {
    let calendar = Calendar::build(spec(SHANGHAI), &[&list(MAY)]).unwrap();
    let known = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    assert_eq!(
        calendar.announced(),
        (known("2026-01-01"), known("2026-06-30"))
    );
    let without = common::calendar(SHANGHAI);
    assert_eq!(without.announced(), without.validity());
}

#[test]
fn what_the_calendar_itself_says_stands_above_the_list() {
    let text =
        format!("{SHANGHAI}\n[[half_days]]\ndate = \"2026-05-01\"\nspans = [\"09:00-10:00\"]");
    let calendar = Calendar::build(spec(&text), &[&list(MAY)]).unwrap();
    assert_eq!(
        calendar.day("2026-05-01".parse().unwrap()).unwrap().kind,
        DayKind::HalfDay
    );
}

#[test]
fn two_lists_that_contradict_each_other_are_refused() {
    let other = list("holidays = [{ date = \"2026-05-09\" }, { date = \"2026-05-01\" }]");
    let faults = faults(SHANGHAI, &[&list(MAY), &other]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].part, Part::Lists);
    assert!(matches!(faults[0].error, SpecError::ConflictingDay { .. }));
}

#[test]
fn a_list_is_checked_by_itself() {
    let text = r#"
        to = "2026-12-31"
        holidays = [{ date = "2026-05-01" }, { date = "2027-05-01" }, { name = "?" }]
        make_up_days = [{ date = "2026-05-01" }]
    "#;
    let faults = DayList::check(toml::from_str(text).unwrap()).unwrap_err();
    let parts: Vec<_> = faults.iter().map(|fault| fault.part).collect();
    assert_eq!(
        parts,
        [Part::Holiday(1), Part::Holiday(2), Part::MakeUpDay(0)]
    );
}

#[test]
fn a_day_of_every_year_comes_every_year_that_has_it() {
    let text = SHANGHAI.replace("to = \"2026-12-31\"", "to = \"2029-12-31\"");
    let text = format!(
        "{text}\n[[holidays]]\nevery = \"12-25\"\n[[holidays]]\nevery = \"02-29\"\nname = \"leap\""
    );
    let calendar = calendar(&text);
    let kind = |date: &str| calendar.day(date.parse().unwrap()).unwrap().kind;
    assert_eq!(kind("2026-12-25"), DayKind::Holiday);
    assert_eq!(kind("2029-12-25"), DayKind::Holiday);
    assert_eq!(kind("2028-02-29"), DayKind::Holiday);
    assert_eq!(kind("2027-02-28"), DayKind::Ordinary);
    for wrong in ["25-12", "02-30", "1-1", "12-25-"] {
        let text = format!("{SHANGHAI}\n[[holidays]]\nevery = \"{wrong}\"");
        assert!(
            toml::from_str::<redress_calendar::CalendarSpec>(&text).is_err(),
            "{wrong}"
        );
    }
}

const SUMMER: &str = r#"
[[periods]]
from = "2026-06-01"
to = "2026-08-31"
name = "夏令作息"
[periods.week]
monday = ["08:00-12:00", "15:00-18:30"]
"#;

#[test]
fn a_period_has_a_week_of_its_own() {
    let calendar = calendar(&format!("{SHANGHAI}\n{SUMMER}"));
    let opens = |date: &str| {
        let open = calendar.day(date.parse().unwrap()).unwrap().open;
        open.first()
            .map(|open| calendar.zone().to_datetime(open.from).time().to_string())
    };
    assert_eq!(opens("2026-05-25").as_deref(), Some("09:00:00"));
    assert_eq!(opens("2026-06-01").as_deref(), Some("08:00:00"));
    assert_eq!(opens("2026-06-02"), None);
    assert_eq!(opens("2026-08-31").as_deref(), Some("08:00:00"));
    assert_eq!(opens("2026-09-01").as_deref(), Some("09:00:00"));
}

#[test]
fn periods_that_overlap_or_run_backwards_are_refused() {
    let twice = format!("{SHANGHAI}\n{SUMMER}\n{}", SUMMER.replace("06-01", "08-31"));
    let faults_found = faults(&twice, &[]);
    assert_eq!(faults_found[0].part, Part::Period(1, None));
    assert!(matches!(
        faults_found[0].error,
        SpecError::OverlappingPeriods { .. }
    ));
    let backward = format!("{SHANGHAI}\n{}", SUMMER.replace("08-31", "05-31"));
    assert!(matches!(
        faults(&backward, &[])[0].error,
        SpecError::BackwardPeriod { .. }
    ));
    let overlap = format!("{SHANGHAI}\n{}", SUMMER.replace("15:00", "11:00"));
    let part = Part::Period(0, Some(jiff::civil::Weekday::Monday));
    assert_eq!(faults(&overlap, &[])[0].part, part);
}

#[test]
fn every_fault_of_a_calendar_is_told_with_its_part() {
    let text = SHANGHAI
        .replace("Asia/Shanghai", "Asia/Shangri-La")
        .replace("friday = [\"09:00-12:00\"", "friday = [\"09:00-14:00\"")
        .replace("date = \"2026-12-24\"", "date = \"2025-12-24\"");
    let parts: Vec<_> = faults(&text, &[])
        .into_iter()
        .map(|fault| fault.part)
        .collect();
    let friday = Part::Weekday(jiff::civil::Weekday::Friday);
    assert_eq!(parts, [Part::Zone, friday, Part::HalfDay(0)]);
}

#[test]
fn a_calendar_that_only_its_lists_would_open_needs_hours_to_copy() {
    let text = "zone = \"UTC\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\n";
    let faults = faults(text, &[&list(MAY)]);
    assert_eq!(faults[0].part, Part::Lists);
    assert!(matches!(faults[0].error, SpecError::NothingToCopy { .. }));
}

#[test]
fn a_week_without_hours_is_one_fault_however_many_days_would_copy_them() {
    let text = "zone = \"UTC\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\n\
                [[make_up_days]]\ndate = \"2026-02-14\"\n[[make_up_days]]\ndate = \"2026-02-28\"\n\
                [[make_up_days]]\ndate = \"2026-10-10\"\n";
    let faults = faults(text, &[]);
    let told: Vec<_> = faults.iter().map(|it| (it.part, it.to_string())).collect();
    let words = "no weekday has working time that make-up day 2026-02-14 (and 2 more) could copy: \
                 give the week spans, or such days their own";
    assert_eq!(told, [(Part::MakeUpDay(0), words.to_owned())]);
}
