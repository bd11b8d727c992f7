//! Whether an answer is the one that was expected.

use jiff::{SignedDuration, Timestamp};
use redress_calendar::Calendar;

use super::answer::{Answer, NoAnswer, answer};
use super::vector::Vector;

/// How an answer compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same.
    Same,
    /// Not further off than the vector allows.
    Within,
    /// The same point of working time: closing time here, the next opening there, with no working
    /// time in between.
    Boundary {
        /// Our answer and theirs.
        ours: String,
        theirs: String,
    },
    /// Another one.
    Differs {
        /// Our answer and theirs.
        ours: String,
        theirs: String,
    },
}

/// Seconds as vectors write them are doubles; closer than this is equal.
const ROUNDING: SignedDuration = SignedDuration::from_micros(1);

/// Answers a vector and compares.
pub(super) fn judge(vector: &Vector) -> Verdict {
    match answer(vector) {
        // Without a question there is nothing to refuse.
        Err(error @ NoAnswer::Field("working_seconds")) => differs(&error, "a question"),
        Err(_) if vector.kind == "error" => Verdict::Same,
        Ok((ours, _)) if vector.kind == "error" => differs(&show(ours), "a refusal"),
        Err(error) => differs(&error, &expected_text(vector)),
        Ok((ours, calendar)) => compare(vector, ours, &calendar),
    }
}

fn differs(ours: &impl ToString, theirs: &str) -> Verdict {
    let (ours, theirs) = (ours.to_string(), theirs.to_string());
    Verdict::Differs { ours, theirs }
}

fn expected_text(vector: &Vector) -> String {
    let seconds = vector.expected_working_seconds.map(|s| format!("{s} s"));
    let days = vector.expected_working_days.map(|d| format!("{d} days"));
    let truth = vector.expected_bool.map(|b| b.to_string());
    let due = vector.expected_due.clone();
    due.or(seconds)
        .or(days)
        .or(truth)
        .unwrap_or_else(|| "nothing".to_owned())
}

fn show(answer: Answer) -> String {
    match answer {
        Answer::At(at) => at.to_string(),
        Answer::On(date) => date.to_string(),
        Answer::Worked(worked) => format!("{} s", worked.as_secs_f64()),
        Answer::Days(days) => format!("{days} days"),
        Answer::Is(truth) => truth.to_string(),
    }
}

fn compare(vector: &Vector, ours: Answer, calendar: &Calendar) -> Verdict {
    let verdict = match ours {
        Answer::At(at) => compare_instants(vector, at, calendar),
        Answer::On(date) => {
            let theirs = due(vector).map(|due| calendar.date_of(due));
            (theirs == Some(date)).then_some(Verdict::Same)
        }
        Answer::Worked(worked) => vector.expected_working_seconds.and_then(|theirs| {
            let theirs = SignedDuration::from_nanos((theirs * 1e9).round() as i64);
            near(
                vector,
                worked.as_nanos(),
                convention(worked.as_nanos(), theirs.as_nanos()),
            )
        }),
        Answer::Days(days) => vector.expected_working_days.and_then(|theirs| {
            let theirs = convention(i128::from(days), i128::from(theirs));
            (i128::from(days) == theirs).then_some(Verdict::Same)
        }),
        Answer::Is(truth) => (vector.expected_bool == Some(truth)).then_some(Verdict::Same),
    };
    verdict.unwrap_or_else(|| differs(&show(ours), &expected_text(vector)))
}

/// From an end before its start our answer is negative. Systems that answer nothing there, or the
/// distance, say the same in another convention.
fn convention(ours: i128, theirs: i128) -> i128 {
    match theirs {
        0 if ours < 0 => ours,
        theirs if ours < 0 && theirs > 0 => -theirs,
        theirs => theirs,
    }
}

/// Both in nanoseconds.
fn near(vector: &Vector, ours: i128, theirs: i128) -> Option<Verdict> {
    let off = (ours - theirs).abs();
    let allowed = (vector.tolerance_seconds * 1e9).round() as i128;
    if off <= ROUNDING.as_nanos() {
        return Some(Verdict::Same);
    }
    (off <= allowed).then_some(Verdict::Within)
}

fn due(vector: &Vector) -> Option<Timestamp> {
    vector.expected_due.as_deref()?.parse().ok()
}

fn compare_instants(vector: &Vector, ours: Timestamp, calendar: &Calendar) -> Option<Verdict> {
    let theirs = due(vector)?;
    let close = near(vector, ours.as_nanosecond(), theirs.as_nanosecond());
    if close.is_some() {
        return close;
    }
    // For no work at all, where it rolls to is the question itself.
    let asked = vector.working_seconds.is_some_and(|seconds| seconds != 0.0);
    let other_end = match vector.kind.as_str() {
        "add" if asked => calendar.opening_from(ours).ok()?,
        "subtract" if asked => calendar.closing_until(ours).ok()?,
        _ => return None,
    };
    (other_end == theirs).then(|| Verdict::Boundary {
        ours: ours.to_string(),
        theirs: theirs.to_string(),
    })
}
