//! What happens to a case by itself: approvers who do not answer, and holds that end.

use jiff::Timestamp;
use redress_policy::Policy;

use crate::{Case, Change};

/// When something happens to the case by itself; `None`: never as it stands.
pub fn due(case: &Case) -> Option<Timestamp> {
    case.hold.as_ref().and_then(|hold| hold.until)
}

/// What has happened to the case by itself by now, to be recorded as done by the system.
pub fn expire(case: &Case, now: Timestamp, _policy: &Policy) -> Vec<Change> {
    let held = case
        .hold
        .iter()
        .filter(|hold| hold.until.is_some_and(|until| until <= now));
    held.map(|hold| Change::Resumed {
        pause: hold.pause.clone(),
    })
    .collect()
}
