//! The notifications of a case: planned once, tried in order, each with an end.

use std::collections::BTreeMap;

use redress_wire::Payload;

use super::{Checked, Promise};

#[derive(Debug, Default)]
pub(super) struct Notices(BTreeMap<String, Notice>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Planned,
    Delivered,
    GivenUp,
    /// There is no way to reach the receiver.
    Unreachable,
    /// It became needless while it waited.
    Dropped,
}

#[derive(Debug)]
struct Notice {
    cause: String,
    clock: String,
    state: State,
    attempts: u32,
}

impl Notices {
    pub(super) fn event(&mut self, payload: &Payload) -> Checked {
        match payload {
            Payload::NotificationPlanned(e) => {
                let state = if e.means == "none" {
                    State::Unreachable
                } else {
                    State::Planned
                };
                let notice = Notice {
                    cause: e.cause.clone(),
                    clock: e.clock.clone(),
                    state,
                    attempts: 0,
                };
                if self.0.insert(e.notification_id.clone(), notice).is_none() {
                    return Ok(());
                }
                let seen = format!("{} is planned twice", e.notification_id);
                Err((Promise::Once, seen))
            }
            Payload::NotificationAttempted(e) => {
                self.attempt(&e.notification_id, e.attempt, State::Planned)
            }
            Payload::NotificationDelivered(e) => {
                self.attempt(&e.notification_id, e.attempt, State::Delivered)
            }
            Payload::NotificationGivenUp(e) => {
                self.attempt(&e.notification_id, e.attempt, State::GivenUp)
            }
            Payload::NotificationDropped(e) => {
                let notice = self.known(&e.notification_id)?;
                let was = std::mem::replace(&mut notice.state, State::Dropped);
                if was == State::Planned {
                    return Ok(());
                }
                broken(format!("{} is dropped, it was {was:?}", e.notification_id))
            }
            Payload::NotificationRetried(e) => {
                let notice = self.known(&e.notification_id)?;
                let was = std::mem::replace(&mut notice.state, State::Planned);
                if was == State::GivenUp {
                    return Ok(());
                }
                broken(format!("{} is retried, it was {was:?}", e.notification_id))
            }
            _ => Ok(()),
        }
    }

    fn attempt(&mut self, id: &str, attempt: u32, next: State) -> Checked {
        let notice = self.known(id)?;
        let was = std::mem::replace(&mut notice.state, next);
        if was != State::Planned {
            return broken(format!("{id} is tried, it was {was:?}"));
        }
        notice.attempts += 1;
        if attempt == notice.attempts {
            return Ok(());
        }
        let before = notice.attempts - 1;
        broken(format!(
            "{id} is tried for the {attempt}th time after {before}"
        ))
    }

    fn known(&mut self, id: &str) -> Result<&mut Notice, (Promise, String)> {
        let unknown = || (Promise::Told, format!("{id} was never planned"));
        self.0.get_mut(id).ok_or_else(unknown)
    }

    /// Whether it is planned: only then may anything go out.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Those that the log says were delivered.
    pub(super) fn delivered(&self) -> impl Iterator<Item = &str> {
        let delivered = self.0.iter().filter(|(_, n)| n.state == State::Delivered);
        delivered.map(|(id, _)| id.as_str())
    }

    /// What the shipped policy wants told and is not, and what has no end.
    pub(super) fn at_rest<'a>(
        &self,
        breached: impl Iterator<Item = &'a str>,
    ) -> Vec<(Promise, String)> {
        let mut missing = Vec::new();
        for cause in ["acknowledgement", "assignment"] {
            if !self.0.values().any(|notice| notice.cause == cause) {
                missing.push((Promise::Told, format!("has no {cause}")));
            }
        }
        for clock in breached {
            let told = |notice: &Notice| notice.cause == "breach" && notice.clock == clock;
            if !self.0.values().any(told) {
                missing.push((
                    Promise::Told,
                    format!("has no notice of the breach of {clock}"),
                ));
            }
        }
        let open = self.0.iter().filter(|(_, n)| n.state == State::Planned);
        missing.extend(open.map(|(id, _)| (Promise::Rest, format!("waits for {id}"))));
        missing
    }
}

fn broken(seen: String) -> Checked {
    Err((Promise::Told, seen))
}
