use redress_host::{Metrics, metrics::CounterBy};
use redress_runtime::Refusal;

use super::answer::Outcome;

/// What came in and what became of it.
#[derive(Clone, Debug)]
pub struct Figures {
    submissions: CounterBy,
    answers: CounterBy,
    refusals: CounterBy,
}

impl Figures {
    /// Registers the figures; do it once per registry.
    pub fn register(metrics: &Metrics) -> Self {
        Self {
            submissions: metrics.counter_by("submissions", "door", "Submissions by door"),
            answers: metrics.counter_by(
                "submissions_answered",
                "outcome",
                "Submissions by what became of them",
            ),
            refusals: metrics.counter_by(
                "submissions_refused",
                "code",
                "Refused submissions by the code of the refusal, whatever the door",
            ),
        }
    }

    pub(crate) fn came(&self, door: &'static str) {
        self.submissions.of(door).inc();
    }

    pub(crate) fn answered(&self, outcome: &Result<Outcome, Refusal>) {
        match outcome {
            Ok(outcome) => drop(self.answers.of(outcome.name()).inc()),
            Err(refusal) => {
                self.answers.of("refused").inc();
                self.refusals.of(refusal.code_name()).inc();
            }
        }
    }
}
