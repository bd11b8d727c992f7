//! How many due times a second, beside the day-by-day loop that most systems use.
//!
//! `cargo run --release -p redress-calendar --example due_times`
//!
//! Both answer the same questions in one process: random starts over nine years of the shipped
//! Chinese calendar, and spans of working time as deadlines have them. The loop walks from day to
//! day, looks the date up among holidays and make-up days (a hash set each), turns the day's spans
//! into instants and takes off what they have. Every answer is compared.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Instant;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use redress_calendar::{Calendar, CalendarSpec, Counting, DayList, DayListSpec, Span};

const CALENDAR: &str = r#"
zone = "Asia/Shanghai"
from = "2018-01-01"
to = "2028-12-31"
[week]
monday = ["09:00-12:00", "13:30-18:00"]
tuesday = ["09:00-12:00", "13:30-18:00"]
wednesday = ["09:00-12:00", "13:30-18:00"]
thursday = ["09:00-12:00", "13:30-18:00"]
friday = ["09:00-12:00", "13:30-18:00"]
"#;

const QUESTIONS: usize = 4_000;
const HEAP: usize = 50;
const ROUNDS: usize = 10;

/// Working hours of 7.5 a day: an hour, a day, 3, 7, 15 and 45 working days.
const SPANS: [(&str, u64); 6] = [
    ("1 hour", 3_600),
    ("1 working day", 27_000),
    ("3 working days", 81_000),
    ("7 working days", 189_000),
    ("15 working days", 405_000),
    ("45 working days", 1_215_000),
];

/// What a system without tables does.
struct DayByDay {
    zone: TimeZone,
    off: HashSet<Date>,
    made_up: HashSet<Date>,
    spans: [(Time, Time); 2],
}

impl DayByDay {
    fn due(&self, start: Timestamp, seconds: u64) -> Timestamp {
        let mut left = SignedDuration::from_secs(seconds as i64);
        let mut date = self.zone.to_datetime(start).date();
        loop {
            let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
            let works = self.made_up.contains(&date) || (!weekend && !self.off.contains(&date));
            let spans = if works { &self.spans[..] } else { &[] };
            for (open, close) in spans {
                let at = |time| {
                    self.zone
                        .to_timestamp(date.to_datetime(time))
                        .expect("an instant")
                };
                let (open, close) = (at(*open).max(start), at(*close));
                let worked = close.duration_since(open);
                if worked >= left {
                    return open + left;
                }
                if !worked.is_negative() {
                    left -= worked;
                }
            }
            date = date.tomorrow().expect("a date");
        }
    }
}

/// Deterministic, so that two runs ask the same.
fn starts() -> Vec<Timestamp> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // 2018-01-01 to 2026-12-31.
    let second = |n: u64| 1_514_736_000 + (n % 283_996_800) as i64;
    (0..QUESTIONS)
        .map(|_| Timestamp::from_second(second(next())).expect("an instant"))
        .collect()
}

/// Answers a second. The questions are asked in small heaps, each several times, and of each heap
/// the best time counts: others may be at work on this machine.
fn per_second(starts: &[Timestamp], mut ask: impl FnMut(Timestamp)) -> f64 {
    let mut round = |heap: &[Timestamp]| {
        let began = Instant::now();
        for start in heap {
            ask(*start);
        }
        began.elapsed().as_secs_f64()
    };
    let heaps = starts.chunks(HEAP);
    let best = heaps.map(|heap| {
        (0..ROUNDS)
            .map(|_| round(heap))
            .fold(f64::INFINITY, f64::min)
    });
    starts.len() as f64 / best.sum::<f64>()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = include_str!("../../../policy/calendars/china.toml");
    let text = text.replace("[[days]]", "").replace("id = \"cn\"", "");
    let spec: DayListSpec = toml::from_str(&text)?;
    let china = DayList::check(spec).map_err(|faults| faults[0].to_string())?;
    let spec: CalendarSpec = toml::from_str(CALENDAR)?;
    let calendar = Calendar::build(spec, &[&china]).map_err(|faults| faults[0].to_string())?;

    let (first, last) = calendar.validity();
    let special = |wanted: bool| {
        let days = calendar.special_days(first, last);
        let days = days.filter(move |day| day.open.is_empty() != wanted);
        days.map(|day| day.date).collect::<HashSet<_>>()
    };
    let time = |hour, minute| jiff::civil::time(hour, minute, 0, 0);
    let slow = DayByDay {
        zone: calendar.zone().clone(),
        off: special(false),
        made_up: special(true),
        spans: [(time(9, 0), time(12, 0)), (time(13, 30), time(18, 0))],
    };

    let starts = starts();
    println!(
        "{:16} {:>14} {:>14} {:>7}",
        "span", "table, per s", "loop, per s", "ratio"
    );
    let (mut fast_time, mut slow_time) = (0.0, 0.0);
    for (name, seconds) in SPANS {
        let due = |start| {
            let span = Span::working_secs(seconds);
            calendar
                .due(start, span, Counting::SameTime)
                .expect("inside of the calendar")
        };
        for start in &starts {
            assert_eq!(due(*start), slow.due(*start, seconds), "{start} + {name}");
        }
        let fast = per_second(&starts, |start| {
            black_box(due(start));
        });
        let walk = per_second(&starts, |start| {
            black_box(slow.due(start, seconds));
        });
        println!("{name:16} {fast:14.0} {walk:14.0} {:7.0}", fast / walk);
        fast_time += 1.0 / fast;
        slow_time += 1.0 / walk;
    }
    let (all, walk) = (
        SPANS.len() as f64 / fast_time,
        SPANS.len() as f64 / slow_time,
    );
    println!(
        "{:16} {all:14.0} {walk:14.0} {:7.0}",
        "all, in turn",
        all / walk
    );
    Ok(())
}
