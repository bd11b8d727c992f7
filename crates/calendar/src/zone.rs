//! From a wall clock's reading to an instant, on the days when clocks change as well.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::hours::SECONDS_PER_DAY;

/// Which instant is meant by a reading that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// The first one: work begins.
    First,
    /// The second one: work ends.
    Second,
}

/// The instant of a second of a day (0 to 86,400, which is the next day's beginning).
///
/// A reading that is skipped means the instant of the skip, so that a span never gets time that no
/// clock showed. `None` beyond the range of instants.
pub(crate) fn second_instant(
    zone: &TimeZone,
    date: Date,
    second: u32,
    twice: Twice,
) -> Option<Timestamp> {
    if second >= SECONDS_PER_DAY {
        return wall_instant(zone, date.tomorrow().ok()?, Time::midnight(), Twice::First);
    }
    let (hour, minute) = ((second / 3600) as i8, (second / 60 % 60) as i8);
    let time = Time::new(hour, minute, (second % 60) as i8, 0).ok()?;
    wall_instant(zone, date, time, twice)
}

/// The instant of a reading of the wall clock.
pub(crate) fn wall_instant(
    zone: &TimeZone,
    date: Date,
    time: Time,
    twice: Twice,
) -> Option<Timestamp> {
    let reading = date.to_datetime(time);
    match zone.to_ambiguous_timestamp(reading).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(reading).ok(),
        AmbiguousOffset::Fold { before, after } => {
            let offset = if twice == Twice::First { before } else { after };
            offset.to_timestamp(reading).ok()
        }
        AmbiguousOffset::Gap { after, .. } => {
            let before_skip = after.to_timestamp(reading).ok()?;
            zone.following(before_skip)
                .next()
                .map(|skip| skip.timestamp())
        }
    }
}
