//! Times as people read them.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use redress_host::{Clock as _, SystemClock};

use super::Output;

/// Now.
pub(crate) fn moment() -> Timestamp {
    SystemClock.now()
}

/// A time of a gRPC answer in the local time zone; empty when absent.
pub(crate) fn at(time: Option<&prost_types::Timestamp>) -> String {
    at_in(time, &TimeZone::system())
}

/// The same in another zone.
pub(crate) fn at_in(time: Option<&prost_types::Timestamp>, zone: &TimeZone) -> String {
    let Some(time) = time.and_then(read) else {
        return String::new();
    };
    time.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// A time and how far away it is.
pub(crate) fn due(out: &Output, time: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    let Some(end) = time.and_then(read) else {
        return String::new();
    };
    let left = end.duration_since(now);
    let text = span(left.abs());
    let relation = if left.is_negative() {
        format!("{text} {}", out.pick("late", "已超时"))
    } else {
        format!("{} {text}", out.pick("in", "剩余"))
    };
    format!("{} ({relation})", at(time))
}

/// A span in its two largest units.
pub(crate) fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{:02}s", seconds % 60),
        (0, _, _) => format!("{hours}h{minutes:02}m"),
        _ => format!("{days}d{hours:02}h"),
    }
}

fn read(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn spans_show_their_two_largest_units() {
        let shown = |seconds| span(SignedDuration::from_secs(seconds));
        assert_eq!(shown(9), "9s");
        assert_eq!(shown(75), "1m15s");
        assert_eq!(shown(7_260), "2h01m");
        assert_eq!(shown(90_000), "1d01h");
    }

    #[test]
    fn a_time_that_is_over_is_late() {
        let time = prost_types::Timestamp {
            seconds: 1_000,
            nanos: 0,
        };
        let out = Output::plain(Lang::En);
        let now = Timestamp::new(1_060, 0).expect("a time");
        assert!(due(&out, Some(&time), now).ends_with("(1m00s late)"));
        let out = Output::plain(Lang::Zh);
        let now = Timestamp::new(940, 0).expect("a time");
        assert!(due(&out, Some(&time), now).ends_with("(剩余 1m00s)"));
        assert_eq!(due(&out, None, now), "");
    }
}
