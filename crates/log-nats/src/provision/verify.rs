//! Whether a stream that exists can be worked with.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, PersistenceMode};

use super::ProvisionError;

/// Checks what correctness rests on; sizes and copies may be others.
pub(super) fn stream(wanted: &Config, found: &Config) -> Result<(), ProvisionError> {
    match fault(wanted, found) {
        None => Ok(()),
        Some(reason) => Err(ProvisionError::Incompatible {
            name: wanted.name.clone(),
            reason,
        }),
    }
}

fn fault(wanted: &Config, found: &Config) -> Option<String> {
    let missing = wanted
        .subjects
        .iter()
        .find(|subject| !found.subjects.contains(subject));
    if let Some(subject) = missing {
        return Some(format!("it does not take {subject}"));
    }
    let faults = [
        (
            wanted.allow_atomic_publish && !found.allow_atomic_publish,
            "it takes no atomic batches",
        ),
        (
            wanted.allow_message_ttl && !found.allow_message_ttl,
            "its messages cannot expire",
        ),
        (
            wanted.allow_rollup && !found.allow_rollup,
            "its entries cannot be replaced",
        ),
        (
            wanted.deny_delete && !found.deny_delete,
            "messages in it can be deleted",
        ),
        (found.storage != wanted.storage, "it is not kept on disk"),
        (
            found.retention != wanted.retention,
            "it keeps messages by another rule",
        ),
        (
            found.discard != wanted.discard,
            "it forgets old messages when it is full",
        ),
        (
            found.max_age > Duration::ZERO && wanted.max_age == Duration::ZERO,
            "it forgets messages by their age",
        ),
        (found.max_messages > 0, "it limits the number of messages"),
        (
            found.max_messages_per_subject != wanted.max_messages_per_subject,
            "it keeps another number of messages of each subject",
        ),
        (
            found.persist_mode == Some(PersistenceMode::Async),
            "it answers before it writes",
        ),
        (
            found.mirror.is_some() || found.sources.is_some(),
            "it copies another stream",
        ),
        (found.subject_transform.is_some(), "it changes subjects"),
        (found.sealed, "it is sealed"),
        (found.no_ack, "it does not answer"),
    ];
    faults
        .into_iter()
        .find(|(holds, _)| *holds)
        .map(|(_, reason)| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use redress_wire::names;

    use super::{
        super::{Provisioning, Spread, plan},
        *,
    };

    fn reason(change: impl Fn(&mut Config)) -> String {
        let mut logs = plan::logs(&Provisioning::default(), Spread::NONE);
        let log = logs.remove(0).config;
        assert_eq!((log.name.as_str(), logs.len()), (names::LOG_STREAM, 0));
        let mut found = log.clone();
        change(&mut found);
        stream(&log, &found)
            .expect_err("it cannot be used")
            .to_string()
    }

    #[test]
    fn a_log_without_batches_or_with_a_memory_that_fades_is_refused() {
        assert!(reason(|log| log.allow_atomic_publish = false).contains("no atomic batches"));
        assert!(reason(|log| log.max_age = Duration::from_secs(1)).contains("by their age"));
        assert!(reason(|log| log.subjects.clear()).contains("redress.log.*.*"));
    }

    #[test]
    fn other_sizes_and_copies_are_fine() {
        let usual = Provisioning::default();
        let [members, installation] = plan::buckets(&usual);
        let [inbox, feed, snapshots] = plan::others(&usual);
        let mut all = plan::logs(&usual, Spread::NONE);
        all.extend([members, installation, inbox, feed, snapshots]);
        for wanted in all.into_iter().map(|wanted| wanted.config) {
            let found = Config {
                max_bytes: 1,
                num_replicas: 5,
                ..wanted.clone()
            };
            assert_eq!(stream(&wanted, &found), Ok(()));
        }
    }
}
