//! A calendar as it is written in a policy file, not yet checked.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::date;
use crate::hours::Hours;

/// The text of a calendar; `Calendar::try_from(spec)` checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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

/// One holiday (`date`) or a range of them (`from` and `to`, both included).
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
