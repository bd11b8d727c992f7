//! From a wall clock's reading to an instant, on the days when clocks change as well.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::hours::SECONDS_PER_DAY;

/// Which instant is meant by a reading that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// The first one: work begins.
    First,
    /// The second one: work ends. But the reading with which the repeated hour begins is reached at
    /// its first occurrence, so work until then ends there.
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
            let second = after.to_timestamp(reading).ok()?;
            if twice == Twice::Second && !changes_at(zone, second) {
                return Some(second);
            }
            before.to_timestamp(reading).ok()
        }
        AmbiguousOffset::Gap { after, .. } => {
            let before_skip = after.to_timestamp(reading).ok()?;
            zone.following(before_skip)
                .next()
                .map(|skip| skip.timestamp())
        }
    }
}

/// Whether clocks change at this very instant.
fn changes_at(zone: &TimeZone, at: Timestamp) -> bool {
    let Ok(just_before) = at.checked_sub(SignedDuration::from_nanos(1)) else {
        return false;
    };
    let next = zone.following(just_before).next();
    next.is_some_and(|change| change.timestamp() == at)
}
