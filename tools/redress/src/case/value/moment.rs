//! A point in time: `2026-05-03T18:00+08:00`, `2026-05-03T18:00`, `2026-05-03`, `3d`, `2h 30m`.

use std::str::FromStr;

use jiff::{Span, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize};

use crate::output::moment;

/// As RFC 3339. Without a zone it is the local one; a day alone means its end; a span counts from
/// now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Moment(String);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text.trim(), moment(), &TimeZone::system())
            .map(|time| Self(time.to_string()))
            .ok_or_else(|| {
                format!("{text:?} is no time; write 2026-05-03T18:00, 2026-05-03, 3d or 2h30m")
            })
    }
}

fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Ok(day) = text.parse::<civil::Date>()
        && text.len() <= 10
    {
        let end = day.at(23, 59, 59, 0);
        return zone.to_timestamp(end).ok();
    }
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return zone.to_timestamp(local).ok();
    }
    let span: Span = text.parse().ok()?;
    let then = now.to_zoned(zone.clone()).checked_add(span).ok()?;
    Some(then.timestamp())
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_be_exact_local_a_day_or_a_span_from_now() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let now: Timestamp = "2026-05-01T01:00:00Z".parse().expect("a time");
        for (text, wanted) in [
            ("2026-05-03T18:00:00+02:00", "2026-05-03T16:00:00Z"),
            ("2026-05-03T18:00", "2026-05-03T10:00:00Z"),
            ("2026-05-03", "2026-05-03T15:59:59Z"),
            ("3d", "2026-05-04T01:00:00Z"),
            ("2h30m", "2026-05-01T03:30:00Z"),
        ] {
            let time = read(text, now, &zone).expect(text);
            assert_eq!(time.to_string(), wanted, "{text}");
        }
        assert_eq!(read("soon", now, &zone), None);
        assert_eq!(read("", now, &zone), None);
    }
}
