//! Vectors: questions about due times with the answers that other systems give to them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use redress_calendar::{Calendar, CalendarSpec, HalfDay, Holiday, Hours, SpecError, Week};
use serde::{Deserialize, Deserializer};

/// One question and its answer. Times stay texts, for a vector may be about a wrong one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Vector {
    pub(super) kind: String,
    pub(super) calendar: WrittenCalendar,
    pub(super) start: String,
    #[serde(default)]
    pub(super) end: Option<String>,
    #[serde(default)]
    pub(super) working_seconds: Option<f64>,
    #[serde(default)]
    pub(super) working_days: Option<i64>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) pauses: Vec<Pause>,
    #[serde(default)]
    pub(super) expected_due: Option<String>,
    #[serde(default)]
    pub(super) expected_working_seconds: Option<f64>,
    #[serde(default)]
    pub(super) expected_working_days: Option<i64>,
    #[serde(default)]
    pub(super) expected_bool: Option<bool>,
    #[serde(default)]
    pub(super) tolerance_seconds: f64,
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// Time in which the clock stands still.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pause {
    pub(super) from: String,
    pub(super) to: String,
}

/// A calendar as vectors write it: opening and closing times of each day, `YYYY-MM-DD` or yearly
/// `MM-DD` holidays, and dates with times of their own.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct WrittenCalendar {
    tz: String,
    #[serde(default)]
    weekly: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default, deserialize_with = "or_none")]
    holidays: Vec<String>,
    #[serde(default, deserialize_with = "or_none")]
    day_overrides: BTreeMap<String, Vec<(String, String)>>,
}

/// What a list or a map says; `null` says that there is nothing.
fn or_none<'de, D, T>(written: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(written)?.unwrap_or_default())
}

/// Why a calendar of a vector is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Hours(#[from] redress_calendar::HoursError),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("{0:?} is no day of the week")]
    Weekday(String),
    #[error("{0:?} is no date")]
    Date(String),
}

fn frames(written: &[(String, String)]) -> Result<Vec<Hours>, Refused> {
    let hours = |(open, close): &(String, String)| Ok(format!("{open}-{close}").parse()?);
    written.iter().map(hours).collect()
}

fn date(text: &str) -> Result<Date, Refused> {
    text.parse().map_err(|_| Refused::Date(text.to_owned()))
}

impl WrittenCalendar {
    /// The calendar over some years. Single days outside of them do not matter.
    ///
    /// A holiday stands above times of its own on the same date.
    pub(super) fn build(&self, from: Date, to: Date) -> Result<Calendar, Refused> {
        let mut spec = CalendarSpec {
            name: None,
            version: None,
            zone: self.tz.clone(),
            from,
            to,
            week: self.week()?,
            periods: Vec::new(),
            holidays: Vec::new(),
            make_up_days: Vec::new(),
            half_days: Vec::new(),
        };
        for text in &self.holidays {
            let holiday = match text.parse() {
                Ok(every) => Holiday {
                    every: Some(every),
                    ..Holiday::default()
                },
                Err(_) => Holiday {
                    date: Some(date(text)?),
                    ..Holiday::default()
                },
            };
            spec.holidays.push(holiday);
        }
        for (text, hours) in &self.day_overrides {
            let (date, spans) = (date(text)?, frames(hours)?);
            if spans.is_empty() {
                let date = Some(date);
                spec.holidays.push(Holiday {
                    date,
                    ..Holiday::default()
                });
            } else if !self.is_holiday(date) {
                let name = None;
                spec.half_days.push(HalfDay { date, spans, name });
            }
        }
        let inside = |date: Option<Date>| date.is_none_or(|date| (from..=to).contains(&date));
        spec.holidays.retain(|holiday| inside(holiday.date));
        spec.half_days.retain(|day| inside(Some(day.date)));
        Ok(Calendar::try_from(spec)?)
    }

    fn week(&self) -> Result<Week, Refused> {
        let mut week = Week::default();
        for (day, hours) in &self.weekly {
            let of_day = match day.as_str() {
                "mon" => &mut week.monday,
                "tue" => &mut week.tuesday,
                "wed" => &mut week.wednesday,
                "thu" => &mut week.thursday,
                "fri" => &mut week.friday,
                "sat" => &mut week.saturday,
                "sun" => &mut week.sunday,
                _ => return Err(Refused::Weekday(day.clone())),
            };
            *of_day = frames(hours)?;
        }
        Ok(week)
    }

    fn is_holiday(&self, date: Date) -> bool {
        let (whole, yearly) = (date.to_string(), date.strftime("%m-%d").to_string());
        self.holidays
            .iter()
            .any(|text| *text == whole || *text == yearly)
    }
}
