//! What may be done next with a case, and what is missing for the rest.

use redress_case::{Actor, Case, Circumstances};
use redress_policy::Policy;
use redress_wire::router::{NextSteps, StepRow, Words};

use super::answer::words;

/// For every command, whether the actor may give it.
pub(crate) fn next_steps(
    case: &Case,
    actor: &Actor,
    now: jiff::Timestamp,
    policy: &Policy,
) -> NextSteps {
    let steps = redress_case::next_steps(case, actor, now, policy);
    NextSteps {
        state: case.state().to_owned(),
        version: case.version,
        steps: steps
            .iter()
            .map(|step| StepRow {
                command: step.command.to_string(),
                allowed: step.allowed,
                reason: step.reason.as_ref().map(words),
                missing: step.missing.iter().map(words).collect(),
            })
            .collect(),
    }
}

/// What the procedure still demands before the case can go on.
pub(super) fn missing(case: &Case, around: &Circumstances<'_>) -> Vec<Words> {
    let missing = redress_case::still_missing(case, around);
    missing.iter().map(words).collect()
}
