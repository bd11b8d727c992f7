//! The times that bound a simulation.

use anyhow::bail;
use jiff::{Span, Timestamp, civil, tz::TimeZone};
use redress_what_if::Window;

/// From `since`, else from the beginning, to `until`, else to now.
pub(crate) fn window(
    since: Option<&str>,
    until: Option<&str>,
    now: Timestamp,
    zone: &TimeZone,
) -> anyhow::Result<Window> {
    let read = |text: Option<&str>| text.map(|text| instant(text, now, zone)).transpose();
    let window = Window {
        since: read(since)?.unwrap_or(Timestamp::UNIX_EPOCH),
        until: read(until)?.unwrap_or(now),
    };
    if window.since >= window.until {
        bail!(
            "nothing lies between {} and {}: --since must be before --until",
            window.since,
            window.until
        );
    }
    Ok(window)
}

/// An exact time, a local one, a day (its beginning), or how long ago.
pub(crate) fn instant(text: &str, now: Timestamp, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    if let Some(time) = read(text.trim(), now, zone) {
        return Ok(time);
    }
    bail!("{text:?} is no time; write 2026-05-01T09:30+08:00, 2026-05-01 or how long ago: 90d, 12h")
}

fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return zone.to_timestamp(local).ok();
    }
    let ago: Span = text.parse().ok()?;
    let then = now.to_zoned(zone.clone()).checked_sub(ago).ok()?;
    Some(then.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-05-08T01:00:00Z".parse().expect("a time")
    }

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a zone")
    }

    #[test]
    fn a_time_may_be_exact_local_a_day_or_so_long_ago() {
        for (text, wanted) in [
            ("2026-05-03T18:00:00+02:00", "2026-05-03T16:00:00Z"),
            ("2026-05-03T18:00", "2026-05-03T10:00:00Z"),
            ("2026-05-03", "2026-05-02T16:00:00Z"),
            ("7d", "2026-05-01T01:00:00Z"),
            ("12h", "2026-05-07T13:00:00Z"),
        ] {
            let time = instant(text, now(), &zone()).expect(text);
            assert_eq!(time.to_string(), wanted, "{text}");
        }
        assert!(instant("lately", now(), &zone()).is_err());
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let error = window(Some("1d"), Some("2d"), now(), &zone()).expect_err("turned around");
        assert!(error.to_string().contains("--since"), "{error}");
        let all = window(None, None, now(), &zone()).expect("all");
        assert_eq!((all.since, all.until), (Timestamp::UNIX_EPOCH, now()));
    }
}
