//! Dates of data files as times.

use jiff::{Timestamp, civil, tz::TimeZone};

/// The time in RFC 3339: as written with a zone, in `zone` without one, at noon of a day without
/// a time; `None` for what is no date.
pub(super) fn time(text: &str, zone: &TimeZone) -> Option<String> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.to_string());
    }
    let local = match text.parse::<civil::DateTime>() {
        Ok(local) if text.len() > 10 => local,
        _ => text
            .replace('/', "-")
            .parse::<civil::Date>()
            .ok()?
            .at(12, 0, 0, 0),
    };
    let zoned = zone.to_zoned(local).ok()?;
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_files_write_them() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let cases = [
            ("2024-09-03", "2024-09-03T12:00:00+08:00"),
            ("2020/09/03", "2020-09-03T12:00:00+08:00"),
            ("2019-02-28T11:25:05", "2019-02-28T11:25:05+08:00"),
            ("2019-02-28 11:25:05", "2019-02-28T11:25:05+08:00"),
            ("2019-02-28T11:25:05Z", "2019-02-28T11:25:05Z"),
        ];
        for (text, wanted) in cases {
            assert_eq!(time(text, &zone).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(time("soon", &zone), None);
        assert_eq!(time("", &zone), None);
    }
}
