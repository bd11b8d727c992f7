//! Which requests were answered, so that the same one again gets the same answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::CommandKind;

/// Hashes of request ids: a case that is worked on much has some hundred of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    done: BTreeMap<u64, Answer>,
    refused: BTreeSet<u64>,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The version of its last fact.
    pub(crate) version: u64,
    /// What was asked, as its first fact tells.
    pub(crate) command: Option<CommandKind>,
}

impl Requests {
    /// What came of this request.
    pub(crate) fn answered(&self, request_id: &str) -> Option<Answer> {
        let id = hash(request_id)?;
        self.done.get(&id).copied()
    }

    /// Whether this request was refused and that was recorded.
    pub(crate) fn is_refused(&self, request_id: &str) -> bool {
        hash(request_id).is_some_and(|id| self.refused.contains(&id))
    }

    /// How many requests were refused and recorded.
    pub(crate) fn refusals(&self) -> usize {
        self.refused.len()
    }

    pub(crate) fn done(&mut self, request_id: &str, version: u64, command: Option<CommandKind>) {
        if let Some(id) = hash(request_id) {
            let answer = self.done.entry(id).or_insert(Answer { version, command });
            answer.version = version;
        }
    }

    pub(crate) fn refuse(&mut self, request_id: &str, version: u64) {
        // Without a request id, every attempt counts for itself.
        self.refused.insert(hash(request_id).unwrap_or(version));
    }
}

/// 64 bits keep the requests of one case apart; `None` without an id.
fn hash(request_id: &str) -> Option<u64> {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(request_id.as_bytes()).as_bytes()[..8]);
    (!request_id.is_empty()).then(|| u64::from_le_bytes(first))
}
