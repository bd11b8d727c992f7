//! What can be wrong with an iCalendar file.

/// A fault and its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {error}")]
pub struct IcsFault {
    /// Counted from 1; of a folded line the first.
    pub line: usize,
    /// What is wrong.
    #[source]
    pub error: IcsError,
}

/// What is wrong with a line or an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IcsError {
    /// Not `NAME;PARAMETER=VALUE:VALUE`.
    #[error("{text:?} is no line of iCalendar: expected NAME:VALUE; correct or remove it")]
    BrokenLine {
        /// The beginning of the line.
        text: String,
    },
    /// Something stands outside of `BEGIN:VCALENDAR` and `END:VCALENDAR`.
    #[error("this stands outside of BEGIN:VCALENDAR … END:VCALENDAR; is it an iCalendar file?")]
    NoCalendar,
    /// `END` of another component than the one that is open.
    #[error("END:{found} closes nothing: END:{expected} is expected")]
    WrongEnd {
        /// What is closed.
        found: String,
        /// What is open.
        expected: String,
    },
    /// The file ends within a component.
    #[error("the file ends within {name}, begun in line {from}: it is cut off; fetch it again")]
    Unclosed {
        /// The component.
        name: String,
        /// Its first line.
        from: usize,
    },
    /// The file has no event, or none that matters.
    #[error("the file names no day within the time it is said to speak of; is it the right one?")]
    NoDays,
    /// An event does not say when it is.
    #[error("the VEVENT that ends here has no DTSTART; add it")]
    NoStart,
    /// A property stands twice.
    #[error("{name} stands twice in this VEVENT; remove one")]
    Twice {
        /// Which.
        name: String,
    },
    /// Not a date.
    #[error("{name}: {text:?} is not a date such as 20260501; correct it")]
    BadDate {
        /// Of which property.
        name: String,
        /// The value found.
        text: String,
    },
    /// An event with a time of day.
    #[error(
        "{name}: {text:?} has a time of day; only whole days are read: write VALUE=DATE, and \
         half days into the calendar"
    )]
    Timed {
        /// Of which property.
        name: String,
        /// The value found.
        text: String,
    },
    /// An event that ends before or when it begins.
    #[error(
        "the event ends on {end}, which is not after its beginning {start} (DTEND is exclusive)"
    )]
    Backward {
        /// `DTSTART`.
        start: jiff::civil::Date,
        /// `DTEND`.
        end: jiff::civil::Date,
    },
    /// Longer than a year.
    #[error("the event has {days} days, more than a year; correct DTEND")]
    TooLong {
        /// How many.
        days: i32,
    },
    /// Not a number of days or weeks.
    #[error("DURATION: {text:?} is no number of days such as P1D; correct it")]
    BadDuration {
        /// The value found.
        text: String,
    },
    /// Not a rule of yearly repetition.
    #[error("RRULE: {problem}; only FREQ=YEARLY is read: write the days out, or as RDATE")]
    BadRule {
        /// What is wrong.
        problem: String,
    },
    /// More days than a calendar can be made of.
    #[error("the file names more than {limit} days; take a file of fewer years")]
    TooManyDays {
        /// The most.
        limit: usize,
    },
    /// A day is a holiday and a make-up day.
    #[error("{0}")]
    Conflict(String),
}
