//! A calendar as it is written in a policy file, not yet checked.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::date::{self, MonthDay};
use crate::hours::Hours;

/// The text of a calendar; [`Calendar::build`](crate::Calendar::build) checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which edition of the calendar this is, as its keepers count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// IANA time zone name, such as `Asia/Shanghai`.
    pub zone: String,
    /// First day that the calendar knows.
    #[serde(deserialize_with = "date::required")]
    pub from: Date,
    /// Last day that the calendar knows.
    #[serde(deserialize_with = "date::required")]
    pub to: Date,
    /// Working hours of an ordinary week.
    pub week: Week,
    /// Stretches of time with a week of their own, such as summer hours (夏令作息).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Period>,
    /// Days without work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
    /// Days worked to make up for holidays (调休).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub make_up_days: Vec<MakeUpDay>,
    /// Days with other hours than their weekday's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub half_days: Vec<HalfDay>,
}

/// A stretch of time in which another week counts; both days included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    #[serde(deserialize_with = "date::required")]
    pub from: Date,
    /// The last day.
    #[serde(deserialize_with = "date::required")]
    pub to: Date,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Working hours of its weeks.
    pub week: Week,
}

/// Days that several calendars share: the holidays and make-up days of a country;
/// [`DayList::check`](crate::DayList::check) checks it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DayListSpec {
    /// Who made it known, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which edition this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The first day that it speaks of; left out, all days before its entries are ordinary.
    #[serde(
        deserialize_with = "date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub from: Option<Date>,
    /// The last day that it speaks of; left out, all days after its entries are ordinary.
    #[serde(
        deserialize_with = "date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub to: Option<Date>,
    /// Days without work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
    /// Days worked to make up for holidays (调休).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub make_up_days: Vec<MakeUpDay>,
    /// Days with other hours than their weekday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub half_days: Vec<HalfDay>,
}

/// Working hours of each weekday; a day left out has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Spans of Monday.
    pub monday: Vec<Hours>,
    /// Spans of Tuesday.
    pub tuesday: Vec<Hours>,
    /// Spans of Wednesday.
    pub wednesday: Vec<Hours>,
    /// Spans of Thursday.
    pub thursday: Vec<Hours>,
    /// Spans of Friday.
    pub friday: Vec<Hours>,
    /// Spans of Saturday.
    pub saturday: Vec<Hours>,
    /// Spans of Sunday.
    pub sunday: Vec<Hours>,
}

impl Week {
    /// The spans of one weekday, to write into.
    pub fn hours_mut(&mut self, weekday: Weekday) -> &mut Vec<Hours> {
        match weekday {
            Weekday::Monday => &mut self.monday,
            Weekday::Tuesday => &mut self.tuesday,
            Weekday::Wednesday => &mut self.wednesday,
            Weekday::Thursday => &mut self.thursday,
            Weekday::Friday => &mut self.friday,
            Weekday::Saturday => &mut self.saturday,
            Weekday::Sunday => &mut self.sunday,
        }
    }

    /// The spans of one weekday.
    pub fn hours(&self, weekday: Weekday) -> &[Hours] {
        match weekday {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    /// The weekdays from Monday on with their spans.
    pub fn days(&self) -> impl Iterator<Item = (Weekday, &[Hours])> {
        Weekday::Monday
            .cycle_forward()
            .take(7)
            .map(|day| (day, self.hours(day)))
    }
}

/// One holiday (`date`), a range of them (`from` and `to`, both included), or a day of every year
/// (`every`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Holiday {
    /// The only day.
    #[serde(
        deserialize_with = "date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub date: Option<Date>,
    /// The first day.
    #[serde(
        deserialize_with = "date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub from: Option<Date>,
    /// The last day.
    #[serde(
        deserialize_with = "date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub to: Option<Date>,
    /// The same day of every year, such as `12-25`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<MonthDay>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A working day that makes up for a holiday. Its hours are added to whatever its weekday has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeUpDay {
    /// The day.
    #[serde(deserialize_with = "date::required")]
    pub date: Date,
    /// Its hours; left out, those of the first weekday from Monday on that has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spans: Option<Vec<Hours>>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A day with hours of its own, which stand instead of its weekday's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HalfDay {
    /// The day.
    #[serde(deserialize_with = "date::required")]
    pub date: Date,
    /// Its hours.
    pub spans: Vec<Hours>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
