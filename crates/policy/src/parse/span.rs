//! Durations, units and shares as they are written in policy files.

use jiff::SignedDuration;
use redress_calendar::{Counting, Span};

use crate::error::Reason;
use crate::ids::CalendarId;
use crate::model::deadline::{Allowance, WarnAt};
use crate::model::words::Share;
use crate::parse::declared::Declared;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Report};

const DAY_SECONDS: i64 = 86_400;

/// A duration such as `1h30m`: whole numbers, each with a unit; greater than zero.
pub(crate) fn parse_duration(text: &str) -> Result<SignedDuration, Reason> {
    let bad = || Reason::BadDuration {
        text: text.to_owned(),
    };
    if text.trim_start().starts_with('-') {
        return Err(Reason::NotPositive {
            text: text.to_owned(),
        });
    }
    let mut seconds = 0_i64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(bad());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let amount: i64 = rest[..digits].parse().map_err(|_| bad())?;
        rest = rest[digits..].trim_start();
        let end = rest
            .find(|c: char| c.is_ascii_digit() || c == ' ')
            .unwrap_or(rest.len());
        let each = match &rest[..end] {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => DAY_SECONDS,
            unit => {
                let unit = unit.to_owned();
                return Err(Reason::UnknownUnit {
                    text: text.to_owned(),
                    unit,
                });
            }
        };
        let part = amount.checked_mul(each).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).ok_or_else(bad)?;
        rest = rest[end..].trim_start();
    }
    if seconds == 0 {
        return Err(Reason::NotPositive {
            text: text.to_owned(),
        });
    }
    Ok(SignedDuration::from_secs(seconds))
}

fn checked(report: &Report<'_>, text: &At<String>) -> Option<SignedDuration> {
    match parse_duration(&text.value) {
        Ok(duration) => Some(duration),
        Err(reason) => {
            report.fault(text.place, reason);
            None
        }
    }
}

/// A duration that must be there.
pub(crate) fn duration(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<SignedDuration> {
    let text = fields.req::<String>(key)?;
    checked(fields.report, &text)
}

/// A duration that may be absent.
pub(crate) fn opt_duration(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
) -> Option<SignedDuration> {
    let text = fields.opt::<String>(key)?;
    checked(fields.report, &text)
}

/// A share above 0 and up to 1 that must be there.
pub(crate) fn share(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Share> {
    let number = fields.req::<f64>(key)?;
    let share = Share::from_fraction(number.value).filter(|s| s.permille() > 0);
    if share.is_none() {
        let found = number.value.to_string();
        fields
            .report
            .fault(number.place, Reason::BadShare { found });
    }
    share
}

/// A whole number that must be there and be greater than zero.
pub(crate) fn positive(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<u64> {
    let number = fields.req::<i64>(key)?;
    let positive = u64::try_from(number.value).ok().filter(|n| *n > 0);
    if positive.is_none() {
        let text = number.value.to_string();
        fields
            .report
            .fault(number.place, Reason::NotPositive { text });
    }
    positive
}

/// Calendar and counting that stand once for everything below them.
#[derive(Clone, Default)]
pub(crate) struct Measure {
    calendar: Option<CalendarId>,
    counting: Option<Counting>,
}

impl Measure {
    /// Reads `calendar` and `counting`, falling back on those around.
    pub(crate) fn read(fields: &mut Fields<'_, '_>, calendars: &Declared, around: &Self) -> Self {
        let calendar = fields.opt_text("calendar");
        let calendar = calendar.and_then(|c| calendars.resolve(fields.report, &c));
        let counting = fields.opt::<Counting>("counting").map(|c| c.value);
        Self {
            calendar: calendar.or_else(|| around.calendar.clone()),
            counting: counting.or(around.counting),
        }
    }

    /// Whether a calendar is named.
    pub(crate) fn has_calendar(&self) -> bool {
        self.calendar.is_some()
    }

    /// The allowance for a span.
    pub(crate) fn of(&self, span: Span) -> Option<Allowance> {
        let calendar = self.calendar.clone()?;
        Some(Allowance {
            span,
            counting: self.counting.unwrap_or_default(),
            calendar,
        })
    }

    /// The allowance under a key, in this measure.
    pub(crate) fn allowance(
        &self,
        fields: &mut Fields<'_, '_>,
        key: &'static str,
    ) -> Option<Allowance> {
        let text = fields.req::<String>(key)?;
        let reason = match text.value.parse::<Span>() {
            Ok(span) if span.amount > 0 => return self.of(span),
            Ok(_) => Reason::NotPositive { text: text.value },
            Err(_) if text.value.trim_start().starts_with('-') => {
                Reason::NotPositive { text: text.value }
            }
            Err(error) => Reason::BadSpan(error.to_string()),
        };
        fields.report.fault(text.place, reason);
        None
    }
}

/// `warn_at = [0.5, "30m"]`: shares of the allowance, or how long before it expires.
pub(crate) fn warnings(fields: &mut Fields<'_, '_>) -> Vec<WarnAt> {
    let report = fields.report;
    let mut warnings = Vec::new();
    for at in fields.list::<toml::Value>("warn_at") {
        let found = at.value.to_string();
        let warning = match at.value {
            toml::Value::String(text) => parse_duration(&text).map(WarnAt::Before),
            toml::Value::Float(number) => Share::from_fraction(number)
                .filter(|s| (1..1000).contains(&s.permille()))
                .map(WarnAt::Share)
                .ok_or(Reason::BadShare { found }),
            _ => Err(Reason::BadShare { found }),
        };
        match warning {
            Ok(warning) => warnings.push(warning),
            Err(reason) => report.fault(at.place, reason),
        }
    }
    warnings
}
