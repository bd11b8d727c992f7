//! Named conditions that must hold before a process takes work.
//!
//! Whoever looks after a condition sets it; `/readyz`, the gRPC health service and anything that
//! waits for the start read it. Changes are logged here, once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use tokio::sync::watch;

/// The state of all conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `Err` holds the reason and what to do about it.
    states: BTreeMap<&'static str, Result<(), String>>,
    /// Remarks that do not stop work, such as refused policy files.
    notes: BTreeMap<&'static str, String>,
}

impl Conditions {
    /// Whether every condition holds.
    pub fn all_met(&self) -> bool {
        self.states.values().all(Result::is_ok)
    }

    /// The conditions that do not hold, with their reasons.
    pub fn unmet(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.states
            .iter()
            .filter_map(|(name, state)| state.as_ref().err().map(|reason| (*name, reason.as_str())))
    }

    /// The remarks, by the name of what they are about.
    pub fn notes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.notes.iter().map(|(name, note)| (*name, note.as_str()))
    }

    /// For people: one line per unmet condition and per remark.
    pub fn to_text(&self) -> String {
        let mut text = String::from(if self.all_met() {
            "ready\n"
        } else {
            "not ready\n"
        });
        for (name, reason) in self.unmet() {
            let _ = writeln!(text, "{name}: {reason}");
        }
        for (name, note) in self.notes() {
            let _ = writeln!(text, "note: {name}: {note}");
        }
        text
    }

    /// For programs: `{"ready": …, "unmet": [{"condition": …, "reason": …}], "notes": […]}`.
    pub fn to_json(&self) -> serde_json::Value {
        let listed = |key: &str, (name, text): (&str, &str)| serde_json::json!({ key: name, "reason": text });
        serde_json::json!({
            "ready": self.all_met(),
            "unmet": self.unmet().map(|c| listed("condition", c)).collect::<Vec<_>>(),
            "notes": self.notes().map(|c| listed("about", c)).collect::<Vec<_>>(),
        })
    }
}

/// A handle on the conditions; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    conditions: Arc<watch::Sender<Conditions>>,
}

impl Readiness {
    /// No conditions yet: ready.
    pub fn new() -> Self {
        Self::default()
    }

    /// Announces conditions that somebody will look after, so that none is missed at the start.
    pub fn expect(&self, names: &[&'static str]) {
        self.conditions.send_modify(|conditions| {
            for name in names {
                conditions
                    .states
                    .entry(name)
                    .or_insert_with(|| Err("not reached yet".into()));
            }
        });
    }

    /// Sets the condition `name`. The reason says what is wrong and what to do.
    pub fn set(&self, name: &'static str, state: Result<(), String>) {
        self.conditions.send_if_modified(|conditions| {
            let before = conditions.all_met();
            if conditions.states.get(name) == Some(&state) {
                return false;
            }
            match &state {
                Ok(()) => tracing::info!(condition = name, "condition {name} holds"),
                Err(why) => tracing::warn!(condition = name, "condition {name} is unmet: {why}"),
            }
            conditions.states.insert(name, state);
            if conditions.all_met() != before {
                tracing::info!(
                    ready = !before,
                    "{}",
                    if before { "not ready" } else { "ready" }
                );
            }
            true
        });
    }

    /// Takes the process out of service for good, because it stops on purpose: no cause for a
    /// warning.
    pub fn leave(&self) {
        let why = "the process is stopping; use another replica".to_owned();
        self.conditions.send_modify(|conditions| {
            conditions.states.insert("running", Err(why));
        });
    }

    /// Leaves a remark about `name` that does not stop work; `None` takes it away.
    pub fn note(&self, name: &'static str, note: Option<String>) {
        self.conditions.send_if_modified(|conditions| match note {
            Some(note) => conditions.notes.insert(name, note.clone()) != Some(note),
            None => conditions.notes.remove(name).is_some(),
        });
    }

    /// The conditions as they are now.
    pub fn now(&self) -> Conditions {
        self.conditions.borrow().clone()
    }

    /// Whether every condition holds now.
    pub fn is_ready(&self) -> bool {
        self.conditions.borrow().all_met()
    }

    /// Follows the conditions.
    pub fn subscribe(&self) -> watch::Receiver<Conditions> {
        self.conditions.subscribe()
    }

    /// Waits until every condition holds.
    pub async fn ready(&self) {
        let mut conditions = self.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = conditions.wait_for(Conditions::all_met).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_only_when_every_condition_holds() {
        let readiness = Readiness::new();
        readiness.expect(&["broker", "policy"]);
        readiness.set("policy", Ok(()));
        assert!(!readiness.is_ready());
        readiness.set("broker", Ok(()));
        assert!(readiness.is_ready());
    }

    #[test]
    fn an_unmet_condition_is_rendered_with_its_reason() {
        let readiness = Readiness::new();
        readiness.set(
            "broker",
            Err("sync_interval is not 'always'; set it in nats.conf".into()),
        );
        readiness.set("policy", Ok(()));
        readiness.note("policy", Some("running on version 1".into()));
        let now = readiness.now();
        assert_eq!(
            now.to_text(),
            "not ready\nbroker: sync_interval is not 'always'; set it in nats.conf\n\
             note: policy: running on version 1\n"
        );
        assert_eq!(now.to_json()["unmet"][0]["condition"], "broker");
        assert_eq!(now.to_json()["ready"], false);
    }

    #[test]
    fn announcing_a_condition_again_keeps_its_state() {
        let readiness = Readiness::new();
        readiness.set("broker", Ok(()));
        readiness.expect(&["broker"]);
        assert!(readiness.is_ready());
    }

    #[test]
    fn a_process_that_stops_is_not_ready_whatever_else_holds() {
        let readiness = Readiness::new();
        readiness.set("broker", Ok(()));
        readiness.leave();
        assert!(!readiness.is_ready());
    }

    #[tokio::test]
    async fn setting_the_same_state_twice_wakes_nobody() {
        let readiness = Readiness::new();
        readiness.set("broker", Ok(()));
        let mut follower = readiness.subscribe();
        follower.borrow_and_update();
        readiness.set("broker", Ok(()));
        assert!(!follower.has_changed().expect("the sender lives"));
    }
}
