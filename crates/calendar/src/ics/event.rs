//! One all-day event.

use jiff::civil::Date;

use super::error::{IcsError, IcsFault};
use super::line::Line;
use super::rule::Rule;

/// An event, checked.
#[derive(Debug)]
pub(super) struct Event {
    /// Of its `DTSTART`.
    pub(super) line: usize,
    pub(super) summary: Option<String>,
    pub(super) cancelled: bool,
    categories: Vec<String>,
    start: Date,
    /// At least 1.
    days: i32,
    rule: Option<Rule>,
    also: Vec<Date>,
    except: Vec<Date>,
}

/// The properties of an event as far as they have been read.
#[derive(Default)]
struct Draft {
    start: Option<(usize, Date)>,
    end: Option<Date>,
    duration: Option<i32>,
    rule: Option<Rule>,
    also: Vec<Date>,
    except: Vec<Date>,
    summary: Option<String>,
    categories: Vec<String>,
    cancelled: bool,
}

impl Event {
    /// Reads the lines between `BEGIN:VEVENT` and `END:VEVENT`.
    pub(super) fn read(lines: &[Line], end: usize, faults: &mut Vec<IcsFault>) -> Option<Self> {
        let mut draft = Draft::default();
        let before = faults.len();
        for line in lines {
            if let Err(error) = draft.take(line) {
                let line = line.number;
                faults.push(IcsFault { line, error });
            }
        }
        // What a broken property leaves over would only be reported again.
        if faults.len() > before {
            return None;
        }
        match draft.finish(end) {
            Ok(event) => Some(event),
            Err(fault) => {
                faults.push(fault);
                None
            }
        }
    }

    /// Whether the summary or a category has one of these words.
    pub(super) fn has_one_of(&self, words: &[String]) -> bool {
        let texts = self.summary.iter().chain(&self.categories);
        texts
            .into_iter()
            .any(|text| words.iter().any(|word| text.contains(word.as_str())))
    }

    /// Every day of every occurrence up to a last day.
    pub(super) fn dates(&self, last: Date) -> Vec<Date> {
        let mut starts = match &self.rule {
            Some(rule) => rule.dates(self.start, last),
            None => vec![self.start],
        };
        starts.extend(&self.also);
        starts.retain(|start| !self.except.contains(start));
        let one = jiff::Span::new().days(1);
        let days = usize::try_from(self.days).unwrap_or(1);
        let of = |start: Date| start.series(one).take(days);
        starts.into_iter().flat_map(of).collect()
    }
}

impl Draft {
    fn take(&mut self, line: &Line) -> Result<(), IcsError> {
        let twice = || IcsError::Twice {
            name: line.name.clone(),
        };
        match line.name.as_str() {
            "DTSTART" => {
                let start = (line.number, date(line, &line.value)?);
                self.start.replace(start).map_or(Ok(()), |_| Err(twice()))
            }
            "DTEND" => {
                let end = date(line, &line.value)?;
                self.end.replace(end).map_or(Ok(()), |_| Err(twice()))
            }
            "DURATION" => {
                let days = duration(&line.value)?;
                self.duration.replace(days).map_or(Ok(()), |_| Err(twice()))
            }
            "RRULE" => {
                let rule = Rule::parse(&line.value)?;
                self.rule.replace(rule).map_or(Ok(()), |_| Err(twice()))
            }
            "RDATE" => dates(line, &mut self.also),
            "EXDATE" => dates(line, &mut self.except),
            "EXRULE" => Err(IcsError::BadRule {
                problem: "EXRULE is not read".to_owned(),
            }),
            "SUMMARY" => {
                self.summary = Some(line.text()).filter(|text| !text.is_empty());
                Ok(())
            }
            "CATEGORIES" => {
                self.categories.push(line.text());
                Ok(())
            }
            "STATUS" => {
                self.cancelled = line.value.eq_ignore_ascii_case("CANCELLED");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn finish(self, end_line: usize) -> Result<Event, IcsFault> {
        let error = IcsError::NoStart;
        let line = end_line;
        let (line, start) = self.start.ok_or(IcsFault { line, error })?;
        let days = match (self.end, self.duration) {
            (Some(end), _) if end <= start => {
                let error = IcsError::Backward { start, end };
                return Err(IcsFault { line, error });
            }
            (Some(end), _) => (end - start).get_days(),
            (None, Some(days)) => days,
            (None, None) => 1,
        };
        if days > 366 {
            let error = IcsError::TooLong { days };
            return Err(IcsFault { line, error });
        }
        Ok(Event {
            line,
            summary: self.summary,
            cancelled: self.cancelled,
            categories: self.categories,
            start,
            days,
            rule: self.rule,
            also: self.also,
            except: self.except,
        })
    }
}

fn dates(line: &Line, into: &mut Vec<Date>) -> Result<(), IcsError> {
    for text in line.value.split(',') {
        into.push(date(line, text)?);
    }
    Ok(())
}

/// `20260501`. A date with a time of day is refused by name.
fn date(line: &Line, text: &str) -> Result<Date, IcsError> {
    let (name, text) = (line.name.clone(), text.trim().to_owned());
    let timed = line.parameter("VALUE").is_some_and(|value| value != "DATE");
    if timed || text.contains('T') {
        return Err(IcsError::Timed { name, text });
    }
    parse_date(&text).ok_or(IcsError::BadDate { name, text })
}

/// Eight digits.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `P3D` or `P1W` as days.
fn duration(text: &str) -> Result<i32, IcsError> {
    let days = || {
        let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
        let (number, each) = match text.strip_suffix('D') {
            Some(number) => (number, 1),
            None => (text.strip_suffix('W')?, 7),
        };
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        let days = digits
            .then(|| number.parse::<i32>().ok())
            .flatten()?
            .checked_mul(each)?;
        (days > 0).then_some(days)
    };
    days().ok_or_else(|| IcsError::BadDuration {
        text: text.to_owned(),
    })
}
