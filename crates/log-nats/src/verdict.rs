//! What an answer of the broker to an append means: is it known that nothing was stored?
//!
//! Read in the server's source (`processJetStreamAtomicBatchMsg`): all checks of a batch run
//! under one lock before its first message is stored, so an error of a check is a clean refusal.
//! An error of the storing itself is not: a restarted server completes a half-written batch.

use std::fmt;

use async_nats::{RequestError, RequestErrorKind};
use redress_log::AppendError;
use serde::Deserialize;

/// An error in an answer of `JetStream`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fault {
    pub(crate) err_code: u64,
    #[serde(default)]
    pub(crate) description: String,
}

/// The expected last sequence of a subject is another one.
const WRONG_LAST_SEQUENCE: u64 = 10_071;
/// A message with an expectation on the same subject is on its way through the cluster.
const IN_FLIGHT: u64 = 10_164;
/// Storing failed: the stream is full (a check), or the disk is broken (not a check).
const STORE_FAILED: u64 = 10_077;

/// Refusals before anything is stored.
const REFUSALS: [u64; 18] = [
    10_002, // resource limits of the account
    10_008, // JetStream is temporarily unavailable
    10_009, // the leader is elsewhere
    10_023, // insufficient resources of the server
    10_039, // JetStream is not enabled for the account
    10_047, // insufficient storage
    10_053, // a message larger than the stream allows
    10_054, // a message larger than the stream allows
    10_060, // another stream stands behind the subject
    10_076, // JetStream is not enabled
    10_109, // the stream is sealed
    10_167, // too many requests
    10_174, // atomic batches are not enabled
    10_175, // a batch without sequences
    10_176, // the batch is incomplete: the server restarted, or dropped its first messages
    10_199, // more messages than a batch may have
    10_201, // a duplicate in the batch
    10_210, // too many batches at once
];

impl Fault {
    /// What it means for the entries of the append.
    pub(crate) fn verdict(&self) -> AppendError {
        let text = self.to_string();
        match self.err_code {
            // 10164 stands for the fence too: another batch that continues the chain is in
            // flight, and it may be our own one whose answer was lost. Nothing of this append
            // was stored; the last entry of the chain tells who was first.
            _ if self.is_fence() => AppendError::Fenced(text),
            STORE_FAILED if self.is_full() => AppendError::Refused(text),
            code if REFUSALS.contains(&code) => AppendError::Refused(text),
            _ => AppendError::InDoubt(text),
        }
    }

    /// True if an expected sequence was another one.
    pub(crate) fn is_fence(&self) -> bool {
        matches!(self.err_code, WRONG_LAST_SEQUENCE | IN_FLIGHT)
    }

    /// The limits of the stream are checked for the whole batch before it is stored.
    fn is_full(&self) -> bool {
        let full = ["maximum bytes exceeded", "maximum messages exceeded"];
        full.iter().any(|reason| self.description.contains(reason))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.description, self.err_code)
    }
}

/// What it means that no answer to the last message came.
pub(crate) fn no_answer(error: &RequestError) -> AppendError {
    match error.kind() {
        // Nobody took the message that commits: nothing is stored without it.
        RequestErrorKind::NoResponders => {
            AppendError::Refused("the log has no leader, or there is no log".to_owned())
        }
        // Neither left this process.
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            AppendError::Refused(error.to_string())
        }
        RequestErrorKind::TimedOut | RequestErrorKind::Other => {
            AppendError::InDoubt(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(err_code: u64, description: &str) -> AppendError {
        Fault {
            err_code,
            description: description.to_owned(),
        }
        .verdict()
    }

    #[test]
    fn a_moved_chain_is_the_fence() {
        for code in [10_071, 10_164] {
            assert!(matches!(
                verdict(code, "wrong last sequence"),
                AppendError::Fenced(_)
            ));
        }
    }

    #[test]
    fn a_full_stream_refuses_but_a_broken_disk_leaves_a_doubt() {
        let full = verdict(10_077, "maximum bytes exceeded");
        assert!(matches!(full, AppendError::Refused(_)));
        let broken = verdict(10_077, "write blocks: no space left on device");
        assert!(matches!(broken, AppendError::InDoubt(_)));
    }

    #[test]
    fn overload_and_a_batch_cut_in_two_store_nothing() {
        for code in REFUSALS {
            assert!(
                matches!(verdict(code, "no"), AppendError::Refused(_)),
                "{code}"
            );
        }
    }

    #[test]
    fn an_error_never_seen_before_leaves_a_doubt() {
        assert!(matches!(verdict(19_999, "new"), AppendError::InDoubt(_)));
    }

    #[test]
    fn a_lost_answer_leaves_a_doubt_but_a_missing_leader_does_not() {
        let lost = no_answer(&RequestError::new(RequestErrorKind::TimedOut));
        assert!(matches!(lost, AppendError::InDoubt(_)));
        let nobody = no_answer(&RequestError::new(RequestErrorKind::NoResponders));
        assert!(matches!(nobody, AppendError::Refused(_)));
    }
}
