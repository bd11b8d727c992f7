use jiff::{SignedDuration, Timestamp};
use redress_complaint::{CaseNumber, NumberSpace};
use redress_policy::House;

/// Around midnight two days may be asked for within one round, whose clock is read twice.
const AROUND_MIDNIGHT: SignedDuration = SignedDuration::from_mins(1);

/// Day (yyyymmdd) and sequence of a number as written, whatever prefix the house had then.
pub(crate) fn parts(text: &str) -> Option<(u32, u64)> {
    let number = NumberSpace::new(prefix(text), 1).read(text).ok()?;
    Some((CaseNumber::compact_day(number.day()), number.sequence()))
}

/// The letters that a number begins with.
pub(crate) fn prefix(text: &str) -> &str {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    &text[..end]
}

/// The number as the house writes it; nothing for a sequence that is none.
pub(crate) fn write(house: &House, day: u32, sequence: u64) -> Option<String> {
    let number = CaseNumber::new(CaseNumber::day_from_compact(day)?, sequence)?;
    Some(NumberSpace::from(&house.number).write(number))
}

/// The day that a complaint registered now belongs to, in the house's zone.
pub(crate) fn day(house: &House, now: Timestamp) -> u32 {
    CaseNumber::compact_day(CaseNumber::day_of(now, &house.time_zone))
}

/// The days that may be numbered now: today, and near midnight the day beyond it.
pub(crate) fn days(house: &House, now: Timestamp) -> Vec<u32> {
    let around = [-AROUND_MIDNIGHT, SignedDuration::ZERO, AROUND_MIDNIGHT];
    let mut days: Vec<u32> = around
        .iter()
        .filter_map(|by| Some(day(house, now.checked_add(*by).ok()?)))
        .collect();
    days.dedup();
    days
}
