//! Days from iCalendar files (RFC 5545): a small, strict reader.
//!
//! Read are the all-day events of one `VCALENDAR`: `DTSTART`, `DTEND` or `DURATION`, `SUMMARY`,
//! `CATEGORIES`, `STATUS`, `RRULE` of `FREQ=YEARLY`, `RDATE`, `EXDATE`. Other components and
//! properties are passed over, but every line must have the form of a content line, and what is read
//! must be understood: a holiday file with a broken line would shift deadlines without a word.

mod error;
mod event;
mod line;
mod rule;

use jiff::civil::Date;

pub use error::{IcsError, IcsFault};

use crate::list::{DayList, FIRST_DAY, LAST_DAY};
use crate::specials::{Special, Specials};
use event::Event;
use line::Line;

/// The most days that one file may name: 60 years of holidays are a tenth of it.
const MAX_DAYS: usize = 20_000;

/// Which events of a file are not holidays, by words in their summary or categories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IcsWords {
    /// Events with one of these words are make-up days (such as 补班).
    pub make_up: Vec<String>,
    /// Events with one of these words are passed over.
    pub ignore: Vec<String>,
}

impl DayList {
    /// Reads the text of an iCalendar file.
    ///
    /// `from` and `to` are the days that the file speaks of, as far as that is known; events
    /// outside of them are passed over.
    ///
    /// # Errors
    /// Every broken line, and every event that is not understood.
    pub fn from_ics(
        text: &str,
        words: &IcsWords,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<Self, Vec<IcsFault>> {
        let (lines, mut faults) = line::unfold(text);
        let file = read(lines, &mut faults);
        let (first, last) = (from.unwrap_or(FIRST_DAY), to.unwrap_or(LAST_DAY));
        let mut specials = Specials::empty(first.max(FIRST_DAY), last.min(LAST_DAY));
        for event in &file.events {
            if let Err(error) = enter(event, words, (first, last), &mut specials) {
                let line = event.line;
                faults.push(IcsFault { line, error });
            }
        }
        if faults.is_empty() && specials.by_date.is_empty() {
            let error = IcsError::NoDays;
            faults.push(IcsFault { line: 1, error });
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.line);
            return Err(faults);
        }
        Ok(Self {
            name: file.name,
            version: None,
            from,
            to,
            by_date: specials.by_date,
        })
    }
}

/// Adds the days of one event.
fn enter(
    event: &Event,
    words: &IcsWords,
    (first, last): (Date, Date),
    specials: &mut Specials,
) -> Result<(), IcsError> {
    if event.cancelled || event.has_one_of(&words.ignore) {
        return Ok(());
    }
    let special = if event.has_one_of(&words.make_up) {
        Special::MakeUp(None)
    } else {
        Special::Holiday
    };
    for day in event.dates(last) {
        if !(first..=last).contains(&day) {
            continue;
        }
        if specials.by_date.len() >= MAX_DAYS {
            return Err(IcsError::TooManyDays { limit: MAX_DAYS });
        }
        let known = specials.by_date.get(&day);
        if known.is_some_and(|known| known.special == special && special != Special::Holiday) {
            continue;
        }
        let added = specials.add(day, special.clone(), event.summary.as_ref());
        added.map_err(|error| IcsError::Conflict(error.to_string()))?;
    }
    Ok(())
}

/// What the file says.
#[derive(Default)]
struct File {
    name: Option<String>,
    events: Vec<Event>,
}

/// Follows the nesting of components and collects the events.
fn read(lines: Vec<Line>, faults: &mut Vec<IcsFault>) -> File {
    let mut file = File::default();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut event: Vec<Line> = Vec::new();
    let mut last = 1;
    for line in lines {
        last = line.number;
        let mut fault = |error| {
            let line = line.number;
            faults.push(IcsFault { line, error });
        };
        match line.name.as_str() {
            "BEGIN" => {
                let name = line.value.to_ascii_uppercase();
                if open.is_empty() && name != "VCALENDAR" {
                    fault(IcsError::NoCalendar);
                }
                open.push((name, line.number));
            }
            "END" => match open.pop() {
                Some((name, _)) if name.eq_ignore_ascii_case(&line.value) => {
                    if name == "VEVENT" {
                        let lines = std::mem::take(&mut event);
                        file.events.extend(Event::read(&lines, line.number, faults));
                    }
                }
                Some((expected, _)) => {
                    let found = line.value.clone();
                    fault(IcsError::WrongEnd { found, expected });
                }
                None => fault(IcsError::NoCalendar),
            },
            _ => match open.last() {
                None => fault(IcsError::NoCalendar),
                Some((name, _)) if name == "VEVENT" => event.push(line),
                Some((name, _)) if name == "VCALENDAR" && line.name == "X-WR-CALNAME" => {
                    file.name = Some(line.text());
                }
                Some(_) => {}
            },
        }
    }
    if let Some((name, from)) = open.pop() {
        let error = IcsError::Unclosed { name, from };
        faults.push(IcsFault { line: last, error });
    }
    file
}
