//! Calendars and instants that the tests share.
#![allow(dead_code)]

pub(crate) mod random;

use jiff::Timestamp;
use redress_calendar::{Calendar, CalendarSpec, SpecError};

/// Two spans a day, a week of holidays in October with its make-up Saturday, one half day.
pub(crate) const SHANGHAI: &str = r#"
name = "客服"
zone = "Asia/Shanghai"
from = "2026-01-01"
to = "2026-12-31"

[week]
monday = ["13:30-18:00", "09:00-12:00"]
tuesday = ["09:00-12:00", "13:30-18:00"]
wednesday = ["09:00-12:00", "13:30-18:00"]
thursday = ["09:00-12:00", "13:30-18:00"]
friday = ["09:00-12:00", "13:30-18:00"]

[[holidays]]
from = "2026-10-01"
to = 2026-10-07
name = "国庆节"

[[make_up_days]]
date = "2026-10-10"
name = "国庆节调休"

[[half_days]]
date = "2026-12-24"
spans = ["09:00-12:00"]
"#;

/// Open around the clock, every day.
pub(crate) fn around_the_clock(zone: &str) -> String {
    let day = r#"["00:00-24:00"]"#;
    format!(
        "zone = \"{zone}\"\nfrom = \"2026-01-01\"\nto = \"2026-12-31\"\n[week]\nmonday = {day}\n\
         tuesday = {day}\nwednesday = {day}\nthursday = {day}\nfriday = {day}\nsaturday = {day}\n\
         sunday = {day}\n"
    )
}

pub(crate) fn spec(text: &str) -> CalendarSpec {
    toml::from_str(text).expect("a calendar's text")
}

pub(crate) fn calendar(text: &str) -> Calendar {
    Calendar::try_from(spec(text)).expect("a calendar")
}

pub(crate) fn refusal(text: &str) -> SpecError {
    Calendar::try_from(spec(text)).expect_err("a refusal")
}

/// `2026-10-01T09:00` in the calendar's zone.
pub(crate) fn at(calendar: &Calendar, text: &str) -> Timestamp {
    let reading: jiff::civil::DateTime = text.parse().expect("a date and time");
    calendar.zone().to_timestamp(reading).expect("an instant")
}
