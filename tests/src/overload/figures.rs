//! What a run under overload found, as a table and as one line for programs.

use std::{fmt, time::Duration};

use serde_json::json;

use super::{
    memory::Peaks,
    phase::{Phase, WINDOW},
};
use crate::verdict::{Broken, Promise};

/// Answers are as before when they take at most so many times as long, and this on top, which is
/// what one busy moment of the machine adds.
const AS_BEFORE: u32 = 2;
const AND_THIS: Duration = Duration::from_millis(50);

/// What was found.
#[derive(Debug, Default)]
pub struct Figures {
    /// Complaints a second that were answered and worked through.
    pub rate: f64,
    /// How many times that was sent.
    pub factor: f64,
    /// A calm load before.
    pub before: Phase,
    /// Too much.
    pub flood: Phase,
    /// The same calm load, at once afterwards.
    pub after: Phase,
    /// From the end of it until everything was worked through.
    pub settled_after: Duration,
    /// MiB before the flood and at most, by process.
    pub memory: Peaks,
    /// Events in the log.
    pub events: usize,
    /// Promises that were broken.
    pub broken: Vec<Broken>,
    /// Stores that differ from a replay of the log.
    pub stores_differ: Vec<String>,
}

impl Figures {
    /// Whether every promise was kept and every caller was told what to do.
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.stores_differ.is_empty() && self.flood.not_told.is_empty()
    }

    /// After how many seconds answers were as fast as before; `None` if they were not.
    pub fn recovered_after(&self) -> Option<Duration> {
        let most = self.before.at(99) * AS_BEFORE + AND_THIS;
        let slow = |times: &Vec<Duration>| {
            let mut times = times.clone();
            times.sort_unstable();
            let at = (times.len() * 99 / 100).min(times.len().saturating_sub(1));
            times.get(at).is_none_or(|time| *time > most)
        };
        let windows = &self.after.windows;
        let last = *windows.last_key_value()?.0;
        let last_slow = windows.iter().rev().find(|(_, times)| slow(times));
        let from = last_slow.map_or(0, |(window, _)| window + 1);
        (from <= last).then(|| WINDOW * from as u32)
    }

    fn broken_of(&self, promise: Promise) -> usize {
        let broken = self.broken.iter();
        broken.filter(|broken| broken.promise == promise).count()
    }

    /// One JSON object.
    pub fn line(&self) -> String {
        let told: usize = self.flood.told.values().sum();
        json!({
            "sustainable_per_second": self.rate.round(),
            "factor": self.factor,
            "sent": self.flood.sent,
            "ok": self.flood.ok,
            "accepted": self.flood.accepted,
            "told_to_retry": told,
            "unanswered": self.flood.unanswered,
            "lost": self.broken_of(Promise::NothingLost),
            "doubled": self.broken_of(Promise::NothingDoubled),
            "broken": self.broken.len(),
            "stores_differ": self.stores_differ.len(),
            "p99_before_ms": self.before.at(99).as_millis() as u64,
            "p99_flood_ms": self.flood.at(99).as_millis() as u64,
            "recovered_after_s": self.recovered_after().map(|after| after.as_secs()),
            "settled_after_s": self.settled_after.as_secs(),
        })
        .to_string()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:.0} complaints/s are sustained; {} times that was sent.\n",
            self.rate, self.factor
        )?;
        writeln!(f, "| | before | flood | after |")?;
        writeln!(f, "| --- | ---: | ---: | ---: |")?;
        let phases = [&self.before, &self.flood, &self.after];
        let mut row = |what: &str, cell: &dyn Fn(&Phase) -> String| {
            let cells = phases.map(cell).join(" | ");
            writeln!(f, "| {what} | {cells} |")
        };
        row("sent", &|it| it.sent.to_string())?;
        row("answered with a number", &|it| it.ok.to_string())?;
        row("accepted, the number to follow", &|it| {
            it.accepted.to_string()
        })?;
        row("told to come again", &|it| format!("{:?}", it.told))?;
        row("refused otherwise", &|it| format!("{:?}", it.not_told))?;
        row("no answer in 5 s", &|it| it.unanswered.to_string())?;
        for share in [50, 99] {
            let name = format!("answered within, ms, p{share}");
            row(&name, &|it| it.at(share).as_millis().to_string())?;
        }
        let recovered = self.recovered_after().map_or_else(
            || "not while it was looked at".to_owned(),
            |after| format!("after {} s", after.as_secs()),
        );
        writeln!(f, "\nAs fast as before: {recovered}. ")?;
        writeln!(
            f,
            "All {} events worked through {:.1} s after the last request; {} promises broken, {} \
             stores differ from a replay.\n",
            self.events,
            self.settled_after.as_secs_f64(),
            self.broken.len(),
            self.stores_differ.len()
        )?;
        writeln!(
            f,
            "| process | MiB before | MiB at most |\n| --- | ---: | ---: |"
        )?;
        for (name, (before, most)) in &self.memory {
            writeln!(f, "| {name} | {before:.0} | {most:.0} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(windows: &[(u64, u64)]) -> Phase {
        let mut phase = Phase::default();
        for (window, ms) in windows {
            let time = Duration::from_millis(*ms);
            phase.times.push(time);
            phase.windows.entry(*window).or_default().push(time);
        }
        phase.times.sort_unstable();
        phase
    }

    #[test]
    fn recovery_is_when_no_later_second_is_slow() {
        let mut figures = Figures {
            before: phase(&[(0, 20)]),
            after: phase(&[(0, 15), (1, 400), (2, 90), (3, 80)]),
            ..Figures::default()
        };
        assert_eq!(figures.recovered_after(), Some(Duration::from_secs(2)));
        figures.after = phase(&[(0, 20), (1, 400)]);
        assert_eq!(figures.recovered_after(), None);
        figures.after = phase(&[(0, 20)]);
        assert_eq!(figures.recovered_after(), Some(Duration::ZERO));
    }
}
