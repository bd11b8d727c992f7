//! The clocks of a case: a point fires once, not early, and never after the clock was stopped.

use std::collections::{BTreeMap, BTreeSet};

use redress_wire::{Payload, sla_monitor::ClocksStarted};

use super::{Checked, Promise};

#[derive(Debug, Default)]
pub(super) struct Clocks(BTreeMap<String, Clock>);

#[derive(Debug, Default)]
struct Clock {
    due_at_us: i64,
    is_over: bool,
    is_paused: bool,
    breached: bool,
    /// Which points fired, each with the time that it was to fire at.
    fired: BTreeSet<(String, i64)>,
}

impl Clock {
    fn fires(&mut self, point: &str, at_us: i64, due_us: i64) -> Checked {
        if self.is_over {
            return broken(format!("{point} fired after the clock was stopped"));
        }
        if at_us < due_us {
            return broken(format!("{point} fired {} us early", due_us - at_us));
        }
        if !self.fired.insert((point.to_owned(), due_us)) {
            return broken(format!("{point} fired twice"));
        }
        Ok(())
    }
}

impl Clocks {
    pub(super) fn ran(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn started(&mut self, started: &ClocksStarted) -> Checked {
        for clock in &started.clocks {
            let runs = |known: &Clock| !known.is_over;
            if self.0.get(&clock.clock).is_some_and(runs) {
                return broken(format!("{} started while it ran", clock.clock));
            }
            let fresh = Clock {
                due_at_us: clock.due_at_us,
                is_over: clock.met_at_us.is_some(),
                ..Clock::default()
            };
            self.0.insert(clock.clock.clone(), fresh);
        }
        Ok(())
    }

    pub(super) fn event(&mut self, at_us: i64, payload: &Payload) -> Checked {
        match payload {
            Payload::ClockStopped(e) => {
                let clock = self.known(&e.clock)?;
                if std::mem::replace(&mut clock.is_over, true) {
                    return broken(format!("{} stopped twice", e.clock));
                }
                Ok(())
            }
            Payload::ClockWarned(e) => {
                let point = format!("{} warning {}", e.clock, e.point);
                self.known(&e.clock)?.fires(&point, at_us, e.warn_at_us)
            }
            Payload::ClockBreached(e) => {
                let clock = self.known(&e.clock)?;
                clock.breached = true;
                clock.fires(&format!("{} breach", e.clock), at_us, clock.due_at_us)
            }
            Payload::ClockEscalated(e) => {
                let point = format!("{} step {} {}", e.clock, e.step, e.point);
                self.known(&e.clock)?.fires(&point, at_us, e.escalate_at_us)
            }
            Payload::ClockPaused(e) => {
                self.known(&e.clock)?.is_paused = true;
                Ok(())
            }
            Payload::ClockResumed(e) => {
                let clock = self.known(&e.clock)?;
                (clock.is_paused, clock.due_at_us) = (false, e.due_at_us);
                Ok(())
            }
            Payload::ClockMoved(e) => {
                self.known(&e.clock)?.due_at_us = e.due_at_us;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn known(&mut self, clock: &str) -> Result<&mut Clock, (Promise, String)> {
        let unknown = || (Promise::Clocks, format!("{clock} never started"));
        self.0.get_mut(clock).ok_or_else(unknown)
    }

    /// The clocks that ran past their end.
    pub(super) fn breached(&self) -> impl Iterator<Item = &str> {
        let breached = self.0.iter().filter(|(_, clock)| clock.breached);
        breached.map(|(name, _)| name.as_str())
    }

    /// Clocks that were due by `now_us` and did not fire.
    pub(super) fn at_rest(&self, now_us: i64) -> Vec<(Promise, String)> {
        let silent = self.0.iter().filter(|(_, clock)| {
            let runs = !clock.is_over && !clock.is_paused && !clock.breached;
            runs && clock.due_at_us <= now_us
        });
        silent
            .map(|(name, _)| (Promise::Clocks, format!("{name} was due and never fired")))
            .collect()
    }
}

fn broken(seen: String) -> Checked {
    Err((Promise::Clocks, seen))
}
