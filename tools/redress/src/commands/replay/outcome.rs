//! What a replay tells at its end.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    door::{Done, Outcome, Tally},
    output::{Output, cell},
    percentile::{Sorted, Times},
};

/// Reasons of refusals that are shown.
const REASONS: usize = 8;
/// The smallest time that a rate is computed over, in seconds.
const LEAST_SECONDS: f64 = 1e-3;

/// What came of the complaints.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    pub(super) tally: Tally,
    times: Times,
    /// Count and an example's place, by reason.
    reasons: BTreeMap<String, (u64, String)>,
}

impl Outcomes {
    pub(super) fn hear(&mut self, done: Done) {
        self.tally.add(&done.outcome);
        self.times.add(done.took);
        let reason = match &done.outcome {
            Outcome::Refused(refusal) => refusal.text(),
            Outcome::Unknown(reason) => format!("unknown: {reason}"),
            _ => return,
        };
        self.reasons
            .entry(reason)
            .or_insert_with(|| (0, done.place))
            .0 += 1;
    }

    /// The most frequent first.
    fn reasons(&self) -> Vec<(u64, &str, &str)> {
        let reasons = self.reasons.iter();
        let mut reasons: Vec<_> = reasons
            .map(|(why, (count, place))| (*count, why.as_str(), place.as_str()))
            .collect();
        reasons.sort_by(|a, b| b.cmp(a));
        reasons.truncate(REASONS);
        reasons
    }
}

/// All that is told.
pub(super) struct Report {
    pub(super) outcomes: Outcomes,
    pub(super) empty: u64,
    pub(super) broken: Vec<String>,
    pub(super) answered_in: Duration,
    pub(super) routed_in: Duration,
    pub(super) all_routed: bool,
    pub(super) went: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Report {
    pub(super) fn is_fine(&self) -> bool {
        self.outcomes.tally.all_taken() && self.all_routed && self.broken.is_empty()
    }

    fn rates(&self) -> (f64, f64) {
        let tally = &self.outcomes.tally;
        let new = (tally.registered + tally.accepted) as f64;
        (
            tally.total() as f64 / self.answered_in.as_secs_f64().max(LEAST_SECONDS),
            new / self.routed_in.as_secs_f64().max(LEAST_SECONDS),
        )
    }

    fn latency(&self) -> Sorted {
        self.outcomes.times.clone().sorted()
    }

    pub(super) fn json(&self) -> Value {
        let (submitted, routed) = self.rates();
        let latency: serde_json::Map<_, _> = self
            .latency()
            .summary()
            .iter()
            .map(|(name, ms)| ((*name).into(), json!(ms)))
            .collect();
        let reasons = self.outcomes.reasons();
        let reason = |(count, why, place): &(u64, &str, &str)| json!({"count": count, "reason": why, "example": place});
        json!({
            "complaints": self.outcomes.tally.total(), "outcomes": self.outcomes.tally.json(),
            "rowsWithoutWords": self.empty, "brokenRows": self.broken,
            "submittedPerSecond": submitted, "routedPerSecond": routed,
            "allRouted": self.all_routed, "answerMs": latency,
            "troubles": reasons.iter().map(reason).collect::<Vec<_>>(), "went": self.went,
        })
    }

    pub(super) fn page(&self, out: &Output) -> String {
        let tally = &self.outcomes.tally;
        let (submitted, routed) = self.rates();
        let mut lines = vec![
            format!(
                "{} {}: {}",
                tally.total(),
                out.pick("complaints", "件投诉"),
                tally.in_words(out)
            ),
            format!(
                "{submitted:.0}/s {}, {routed:.0}/s {}",
                out.pick("submitted and answered", "提交并答复"),
                out.pick("routed and counted", "分派并计入统计")
            ),
        ];
        let latency = self
            .latency()
            .summary()
            .map(|(name, ms)| format!("{name} {ms:.1} ms"));
        lines.push(format!(
            "{} {}",
            out.pick("answers:", "答复时延："),
            latency.join(", ")
        ));
        if self.empty > 0 {
            let text = out.pick("rows say nothing and were left out", "行无内容，已跳过");
            lines.push(format!("{} {text}", self.empty));
        }
        if !self.all_routed {
            lines.push(
                out.pick("NOT ALL ROUTED YET; see `redress doctor`", "尚未全部分派")
                    .to_owned(),
            );
        }
        lines.extend(self.broken.iter().take(REASONS).cloned());
        for (count, why, place) in self.outcomes.reasons() {
            lines.push(format!("{count} × {why} ({place})"));
        }
        for name in ["department", "category", "urgency"] {
            lines.push(self.table(name, out));
        }
        lines.join("\n")
    }

    /// Where they went by one dimension, most first.
    fn table(&self, name: &str, out: &Output) -> String {
        let zh = match name {
            "department" => "部门",
            "category" => "分类",
            _ => "紧急程度",
        };
        let mut counts: Vec<_> = self.went.get(name).into_iter().flatten().collect();
        counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let all: u64 = counts.iter().map(|(_, count)| **count).sum();
        let mut grid = out.grid(&[out.pick(name, zh), out.pick("cases", "件数"), "%"]);
        for (value, count) in counts {
            let share = *count as f64 * 100.0 / all.max(1) as f64;
            grid.row(vec![cell(value), cell(count), cell(format!("{share:.1}"))]);
        }
        format!("\n{grid}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{door::Refusal, lang::Lang};

    #[test]
    fn refusals_are_told_by_reason_with_an_example() {
        let mut outcomes = Outcomes::default();
        for line in 1..=3 {
            outcomes.hear(Done {
                request_id: "r".to_owned(),
                generated: false,
                channel: "web".to_owned(),
                place: format!("x.csv:{line}"),
                outcome: Outcome::Refused(Refusal {
                    code: "X".to_owned(),
                    ..Refusal::default()
                }),
                took: Duration::from_millis(2),
            });
        }
        let report = Report {
            outcomes,
            empty: 0,
            broken: vec![],
            answered_in: Duration::from_secs(1),
            routed_in: Duration::from_secs(1),
            all_routed: true,
            went: BTreeMap::from([(
                "department".to_owned(),
                BTreeMap::from([("q".to_owned(), 2)]),
            )]),
        };
        let page = report.page(&Output::plain(Lang::En));
        assert!(page.contains("3 × X: "), "{page}");
        assert!(page.contains("(x.csv:1)"), "{page}");
        assert!(!report.is_fine());
        assert_eq!(report.json()["went"]["department"]["q"], 2);
    }
}
